"""How commands write the user's files: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: the daemon, which looks for edits, never reads half of it."""
    target = path.resolve()
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".tmp", delete=False) as temporary:
        unfinished = Path(temporary.name)
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            _take_over(target, temporary.fileno())
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def _take_over(old: Path, new: int) -> None:
    """Give a new file the mode and the owner of the old one; without an old one, the usual mode."""
    if not old.exists():
        umask = os.umask(0)
        os.umask(umask)
        os.fchmod(new, 0o666 & ~umask)
        return
    status = old.stat()
    os.fchmod(new, status.st_mode & 0o7777)
    with contextlib.suppress(PermissionError):
        os.fchown(new, status.st_uid, status.st_gid)
