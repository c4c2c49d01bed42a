"""Speed beside the plain way to do the same, in one run on one machine. `python -m bench` prints a table."""
