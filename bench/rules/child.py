"""Measuring in a process of its own, so that memory is only what is measured."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST_ROUNDS = 3  # the best of them counts: the others had the machine's noise


def in_child(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `work` returns, run in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def megabytes() -> float:
    """Return the resident memory of this process, without what was freed and could be given back."""
    gc.collect()
    with suppress(AttributeError, OSError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def microseconds(work: Callable[[str], object], texts: Sequence[str], *, budget: float) -> tuple[float, int]:
    """Return the CPU time of `work` for a text, and for how many texts it was taken.

    The slow get fewer texts and rounds: those that fit in `budget` seconds. Texts come mixed, so that the first of them
    are as good as all.
    """
    started = time.process_time()
    measured = 0
    for text in texts:
        work(text)
        measured += 1
        if time.process_time() - started > budget:
            break
    best = time.process_time() - started
    rounds = min(MOST_ROUNDS, int(budget // best)) - 1
    for _ in range(rounds):
        started = time.process_time()
        for text in texts[:measured]:
            work(text)
        best = min(best, time.process_time() - started)
    return best / measured * 1e6, measured


def yardstick(text: str) -> int:
    """Do what any engine must do at least: split a text and sort out its words. The unit to compare machines by."""
    return len(set(text.split()))
