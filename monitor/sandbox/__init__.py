"""Killable child processes for work on hostile bytes."""
