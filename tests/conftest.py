"""Fixtures that any test may use."""

from tests.support.valkey import valkey_url, workspace

__all__ = ["valkey_url", "workspace"]
