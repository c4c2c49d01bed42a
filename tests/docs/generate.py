"""Writes docs/cli.md, docs/configuration.md and docs/schema/*.json from the program itself: `make docs`."""

from __future__ import annotations

from pathlib import Path

from monitor.config.feed_list_schema import feed_list_schema
from monitor.rules.json_schema import rules_schema, schema_text
from tests.docs.cli_page import cli_page
from tests.docs.configuration_page import configuration_page


def rules_schema_page() -> str:
    """Return the schema of rule files without the names of any project."""
    return schema_text(rules_schema())


def feed_list_schema_page() -> str:
    """Return the schema of feed lists."""
    return schema_text(feed_list_schema())


DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "cli.md": cli_page,
    "configuration.md": configuration_page,
    "schema/feeds.json": feed_list_schema_page,
    "schema/rules.json": rules_schema_page,
}


def main() -> None:
    """Write the pages."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
