"""Writes docs/cli.md and docs/configuration.md from the program itself: `make docs`."""

from __future__ import annotations

from pathlib import Path

from tests.docs.cli_page import cli_page
from tests.docs.configuration_page import configuration_page

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"cli.md": cli_page, "configuration.md": configuration_page}


def main() -> None:
    """Write the pages."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
