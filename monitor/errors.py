"""The taxonomy of what can go wrong. str(error) says what failed, on what, and what to do.

MonitorError
├─ ConfigError(problems)        user files: start ends with exit 2, a reload keeps the old set
├─ FetchError(url)              FetchTransient · FetchRefused (guard, too big, too many redirects)
├─ ParseError(subject)          FeedMalformed
├─ SandboxError(job)            TimedOut · OutOfMemory · Crashed
└─ StoreError                   StoreUnavailable · StoreFull
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Location(NamedTuple):
    """A place in a user's file; line and column count from 1, 0 means the file as a whole.

    A named tuple because each node of each file has one, and it is made twice as fast as a frozen dataclass.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding in a user's file: where, what, and the way out."""

    at: Location
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{self.at}: {self.severity}: {self.message}{hint}"


class MonitorError(Exception):
    """Root of all expected failures: catch this where a unit of work ends."""


class ConfigError(MonitorError):
    """User files that cannot be used; carries every problem found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FetchError(MonitorError):
    """A request without a usable answer; `url` is the redacted address, safe to log."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"{url}: {reason}")


class FetchTransient(FetchError):
    """DNS, connection or time-out: worth trying again later."""


class FetchRefused(FetchError):
    """We refused: address not allowed, scheme, size, redirects. Trying again will not help."""


class ParseError(MonitorError):
    """Bytes that could not be read as what they should be."""

    def __init__(self, subject: str, reason: str) -> None:
        self.subject = subject
        self.reason = reason
        super().__init__(f"{subject}: {reason}")


class FeedMalformed(ParseError):
    """The document is not a feed that any reader of ours understands."""


class SandboxError(MonitorError):
    """A child process did not answer a job; the job is set aside, the rest goes on."""

    def __init__(self, job: str, reason: str) -> None:
        self.job = job
        self.reason = reason
        super().__init__(f"{job}: {reason}")


class TimedOut(SandboxError):
    """Killed at its wall limit."""


class OutOfMemory(SandboxError):
    """Ended at its memory limit."""


class Crashed(SandboxError):
    """Ended by itself without an answer, or raised."""


class StoreError(MonitorError):
    """Redis/Valkey cannot do its work: back-pressure, polling pauses, nothing is dropped."""


class StoreUnavailable(StoreError):
    """Unreachable, starting, failing over, or owned by another daemon."""


class StoreFull(StoreError):
    """The server refuses writes: memory limit or disk."""
