"""What processes cost, as Linux tells it: CPU seconds and the most memory they ever held."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def descendants(of: int | None = None) -> list[int]:
    """Return the process ids of all children and their children, of our own process if none is named."""
    found, waiting = [], [os.getpid() if of is None else of]
    while waiting:
        for thread in _PROC.glob(f"{waiting.pop()}/task/*/children"):
            try:
                children = [int(pid) for pid in thread.read_text().split()]
            except OSError:  # it has ended meanwhile
                continue
            found += children
            waiting += children
    return found


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of its children that have ended and were waited for; 0 if it is gone."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process ever held; 0 if it is gone."""
    return _status(pid, "VmHWM")


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds now; 0 if it is gone."""
    return _status(pid, "VmRSS")


def forget_peak(pid: int) -> None:
    """Let the peak of a process count from now on."""
    (_PROC / str(pid) / "clear_refs").write_text("5")


def _status(pid: int, name: str) -> int:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)
