"""The keys of feed lists explained, and the JSON Schema from which editors complete and underline them (draft-07).

It says what stands where; whether an address or a time span is right is said by `monitor check`. Nothing that the
reader accepts may be refused here.
"""

from __future__ import annotations

from typing import Any

from monitor.config.feed_list import FEED_KEYS, FULL_TEXT, OPTION_KEYS

Schema = dict[str, Any]

KEY_NOTES = {
    "url": "Address of the feed: http or https.",
    "title": "Name to show; without it, as the feed calls itself.",
    "source": "Publisher's name in alerts and routes; without it, the site of the article.",
    "language": "Language of the feed, such as `en` or `pt-BR`.",
    "tags": "Words for routes and rules.",
    "interval": "Time between two polls, instead of the one that follows from how much the feed publishes.",
    "full_text": "Where the text comes from: `auto` (the page, unless the feed carries all of it), `fetch` (the page), "
    "`feed` (never a page).",
    "enabled": "`false`: the feed stands in the list and is not polled. `true` where `defaults` say `false`.",
    "folder": "Where feed readers file it, from the outermost folder: `[News, Asia]`. The names are tags as well.",
    "homepage": "The site's page, for people.",
    "description": "What the feed is about, for people.",
    "opml": "Attributes that other programs wrote in OPML, kept for the way back.",
}

# What YAML reads as a number or as true is a name all the same: we take it as it is written.
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_FORMS: dict[str, Schema] = {
    "enabled": {"type": "boolean"},
    "full_text": {"enum": list(FULL_TEXT)},
    "tags": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
    "folder": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
    "opml": {"type": "object", "additionalProperties": _SCALAR},
}


def feed_list_schema() -> Schema:
    """Return the JSON Schema of feed lists in YAML."""
    feed = {**_mapping(FEED_KEYS), "required": ["url"]}
    feeds = {
        "description": "Addresses, or mappings with an address and options.",
        "type": "array",
        "items": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/feed"}]},
    }
    defaults = {
        **_mapping(OPTION_KEYS),
        "description": "What holds for each feed of the list unless it says otherwise.",
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Feeds of monitor",
        "anyOf": [
            {"type": "object", "additionalProperties": False, "properties": {"defaults": defaults, "feeds": feeds}},
            feeds,
            {"type": "null"},
        ],
        "definitions": {"feed": feed},
    }


def _mapping(keys: tuple[str, ...]) -> Schema:
    properties = {key: {"description": KEY_NOTES[key], **_FORMS.get(key, _SCALAR)} for key in keys}
    return {"type": "object", "additionalProperties": False, "properties": properties}
