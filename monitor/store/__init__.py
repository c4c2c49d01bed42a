"""Everything Redis."""
