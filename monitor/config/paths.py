"""Paths as users write them in their files."""

from __future__ import annotations

from pathlib import Path


def user_path(text: str, *, base: Path) -> Path:
    """Return the path that `text` means in a file that lies in `base`; ~ is the user's home. Never raises."""
    written = Path(text)
    try:
        return base / written.expanduser()
    except RuntimeError:  # no such user, no home
        return base / written


def is_existing_file(path: Path) -> bool:
    """Whether there is a file that we may look at; no answer from the system counts as no. Never raises."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
