from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from monitor.config.feed_list import FEED_KEYS, Listed, read_list_text
from monitor.config.feed_list_schema import KEY_NOTES, feed_list_schema
from monitor.config.feed_list_write import list_text
from tests.unit.config.test_opml_write import feeds

SEEDS = Path(__file__).parents[3] / "seeds"
SCHEMA = jsonschema.Draft7Validator(feed_list_schema())


def is_refused(text: str) -> bool:
    return bool(list(SCHEMA.iter_errors(yaml.safe_load(text))))


def test_the_schema_is_one_and_explains_every_key() -> None:
    jsonschema.Draft7Validator.check_schema(feed_list_schema())
    assert tuple(KEY_NOTES) == ("url", "title", "source", "language", "tags", *FEED_KEYS[5:])


@pytest.mark.parametrize("file", sorted(SEEDS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_seeds_pass(file: Path) -> None:
    assert not is_refused(file.read_text(encoding="utf-8"))


@settings(deadline=None, max_examples=100)
@given(feeds())
def test_what_is_written_passes(written: list[Listed]) -> None:
    assert not is_refused(list_text(written))


@pytest.mark.parametrize(
    "text",
    [
        "feeds: [{title: x}]",
        "feeds: [{url: https://a.example/, intervall: 5m}]",
        "feeds: [{url: https://a.example/, enabled: maybe}]",
        "feeds: [{url: https://a.example/, full_text: fecth}]",
        "feed: [https://a.example/]",
        "defaults: {url: https://a.example/}",
        "feeds: https://a.example/",
        "feeds: [[https://a.example/]]",
    ],
)
def test_what_it_refuses_the_reader_refuses_too(text: str) -> None:
    assert is_refused(text)
    assert [found for found in read_list_text(text.encode(), file="f.yaml")[1] if found.severity == "error"]


@pytest.mark.parametrize(
    "document",
    [None, [], ["https://a.example/"], {"feeds": [{"url": "https://a.example/", "title": 2026, "tags": "one"}]}],
)
def test_what_the_reader_takes_passes(document: Any) -> None:
    assert not is_refused(yaml.safe_dump(document))
