"""User files in, checked values out."""
