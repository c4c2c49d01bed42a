"""The generated pages in docs/ are what `make docs` would write, and each command explains itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.generate import DOCS, PAGES
from tests.support.command_line import Verb, verbs


def name(verb: Verb) -> str:
    return verb.name


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_page_is_up_to_date(page: str) -> None:
    stale = "stale: run `make docs` and commit the result"
    assert (DOCS / page).read_text(encoding="utf-8") == PAGES[page](), stale


@pytest.mark.parametrize("verb", verbs(), ids=name)
def test_the_help_has_an_example_of_this_very_command(verb: Verb) -> None:
    assert verb.example.startswith(f"monitor {verb.name}")


@pytest.mark.parametrize("verb", verbs(), ids=name)
def test_the_help_names_the_keys_of_json_objects(verb: Verb) -> None:
    prints_json = any(parameter.name == "--json" for parameter in verb.parameters)
    assert bool(verb.keys) == prints_json


@pytest.mark.parametrize("verb", verbs(), ids=name)
def test_every_option_is_explained(verb: Verb) -> None:
    assert [parameter.name for parameter in verb.parameters if not parameter.help] == []


def test_the_commands_are_those_of_the_contract() -> None:
    # Other tools call them by these names.
    assert {verb.name for verb in verbs()} >= {
        "run",
        "check",
        "replay",
        "feeds list",
        "feeds check",
        "feeds parse",
        "articles extract",
        "rules check",
        "rules match",
        "rules new",
        "rules fmt",
        "rules schema",
        "alerts list",
        "alerts show",
        "channels list",
        "channels test",
        "deliveries list",
        "deliveries dead",
        "deliveries retry",
    }


def test_the_readme_names_only_commands_that_exist() -> None:
    import re

    known = {verb.name for verb in verbs()}
    for page in (DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))):
        for noun, verb in re.findall(r"`monitor ([a-z]+)(?: ([a-z-]+))?", page.read_text(encoding="utf-8")):
            assert noun in known or f"{noun} {verb}" in known or not verb, (Path(page).name, noun, verb)
