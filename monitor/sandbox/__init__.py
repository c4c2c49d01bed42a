"""Killable child processes for everything that computes on hostile bytes."""
