"""Fixtures that any test may use, and how many tests run at a time."""

from __future__ import annotations

import os

from tests.support.valkey import clock, store, valkey_url, workspace

__all__ = ["clock", "store", "valkey_url", "workspace"]


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `-n auto` means: two for each core, since half of the time tests wait for daemons."""
    return 2 * (os.cpu_count() or 1)
