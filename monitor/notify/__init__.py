"""An alert on a channel, to the outside."""
