"""A polite limit on CPU time inside a job, for a part that can be left out; the real limits stay above it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 0.1


class DeadlinePassed(Exception):
    """The part took more CPU time than it was given."""


class _Stop(BaseException):
    """Raised in the middle of the part; no Exception, for libraries catch those."""


@contextmanager
def cpu_deadline(seconds: float) -> Iterator[None]:
    """Stop what is done in the block once it has used so much CPU time.

    It works between two steps of Python code: one long call into C runs to its end first. Main thread only, not nested.

    Raises:
        DeadlinePassed: instead of what the block would have done.
    """
    is_over = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        """Interrupt the block, not what follows it."""
        if not is_over:
            raise _Stop

    before = signal.signal(signal.SIGPROF, stop)
    try:
        # Again and again: what is raised in a finaliser or a bare except is lost.
        signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
        try:
            yield
        finally:
            is_over = True
    except _Stop:
        raise DeadlinePassed(f"took more than {seconds:g} s of CPU time") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
