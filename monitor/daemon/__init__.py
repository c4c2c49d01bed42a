"""The only place where things are joined."""
