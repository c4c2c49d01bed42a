"""`monitor rules` on the files themselves: write new ones, put them in order, tell editors what may stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from monitor.cli.context import read_settings
from monitor.cli.output import write_text

if TYPE_CHECKING:
    from monitor.rules.json_schema import KnownNames


def schema(context: typer.Context) -> None:
    """Print the JSON Schema of rule files, with this project's lists, regions and channels for editors to complete.

    Example: monitor rules schema > rules/rules.schema.json
    """
    from monitor.rules.json_schema import rules_schema, schema_text

    write_text(schema_text(rules_schema(_known_names(context))))


def _known_names(context: typer.Context) -> KnownNames:
    """Return the names in use here; what is wrong in the files is the business of `rules check`."""
    from monitor.config.yaml_marks import read_yaml
    from monitor.rules.json_schema import names_in
    from monitor.rules.read import rule_files

    settings, _ = read_settings(context)
    nodes = [read_yaml(file)[0] for file in rule_files(settings.rules, [])]
    return names_in([node for node in nodes if node is not None], channels=[spec.name for spec in settings.channels])
