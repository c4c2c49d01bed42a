"""Is it the same story? Pure."""
