"""Fixtures that any test may use."""

from tests.support.valkey import clock, store, valkey_url, workspace

__all__ = ["clock", "store", "valkey_url", "workspace"]
