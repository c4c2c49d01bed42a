"""When to ask a feed, and bytes to entries."""
