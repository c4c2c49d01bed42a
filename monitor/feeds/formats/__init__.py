"""One reader for each feed format."""
