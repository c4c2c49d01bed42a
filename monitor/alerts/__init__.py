"""Who is told what, when; pure."""
