"""The JSON Schema of rule files, from which editors complete, explain and underline: draft-07, which they all take.

It says what stands where. What needs more than one place (an unknown list, a rule that can never match) is said by
`monitor rules check`, so nothing that it accepts may be refused here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from monitor.config import yaml_marks
from monitor.config.units import DURATION_FORM
from monitor.config.yaml_marks import Node, Scalar
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.languages import LANGUAGES
from monitor.rules.leaves import FIELDS
from monitor.rules.schema import DEDUP_UNITS, SEVERITIES
from monitor.text import shorten

Schema: TypeAlias = dict[str, Any]

WIDTH = 120  # of a line of the written schema

ID_FORM = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"
_DURATION_FORM = r"^\s*([0-9]+(\.[0-9]+)?\s*[A-Za-z]+\s*)+$"
_LANGUAGE_FORM = r"^\s*[A-Za-z]{2,3}(-[A-Za-z0-9-]+)?\s*$"
_COUNTRY_HINT = "the code of a country, of two letters: IL, TR, US"
# What YAML reads as a number or as true is a term, an id, a name all the same: we take it as it is written.
_SCALAR = ["string", "number", "boolean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """Names that editors offer, each with its meaning. They only offer: other names are no error to them."""

    lists: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()


def names_in(roots: Iterable[Node], *, channels: Iterable[str]) -> KnownNames:
    """Return the names that the rule files of a project define, with `channels`; what is wrong in them is skipped."""
    lists: dict[str, str] = {}
    regions: dict[str, str] = {}
    for root in roots:
        for name, entries in _section(root, "lists"):
            lists[name] = shorten(", ".join(_entry_names(entries)), 80)
        for name, region in _section(root, "regions"):
            title = region.get("title") if isinstance(region, yaml_marks.Mapping) else None
            regions[name] = title.text if isinstance(title, Scalar) else ""
    return KnownNames(lists=lists, regions=regions, channels=tuple(channels))


def _section(root: Node, name: str) -> Iterator[tuple[str, Node]]:
    section = root.get(name) if isinstance(root, yaml_marks.Mapping) else None
    for key, value in section.items() if isinstance(section, yaml_marks.Mapping) else ():
        yield key.text, value


def _entry_names(entries: Node) -> Iterator[str]:
    for each in entries if isinstance(entries, yaml_marks.Sequence) else ():
        name = each.get("name") if isinstance(each, yaml_marks.Mapping) else each
        if isinstance(name, Scalar):
            yield name.text


def rules_schema(names: KnownNames | None = None) -> Schema:
    """Return the schema of rule files; with the names of a project in it, editors complete these as well."""
    names = names or KnownNames()
    gazetteer = Gazetteer()
    regions = {name: gazetteer.regions[name].title for name in gazetteer.region_names} | dict(names.regions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A rule file of monitor",
        "description": "Rules, and the lists and regions that they share. Reference: docs/rules.md",
        "type": "object",
        "additionalProperties": False,
        "properties": FILE,
        "definitions": {
            **_DEFINITIONS,
            "list-name": _offer(names.lists),
            "region-name": _offer(regions),
            "country-code": _offer(gazetteer.countries, pattern=r"^\s*[A-Za-z]{2}\s*$", hint=_COUNTRY_HINT),
            "language-code": _offer(LANGUAGES, pattern=_LANGUAGE_FORM, hint="the code of a language: en, ar, zh"),
            "channel": _offer(dict.fromkeys(names.channels, "channel of monitor.yaml")),
            "included-list": _offer(_prefixed("list", names.lists)),
            "term": _offer(
                _prefixed("list", names.lists)
                | _prefixed("region", regions)
                | _prefixed("country", gazetteer.countries)
            ),
        },
    }


def _prefixed(prefix: str, names: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}:{name}": meaning for name, meaning in names.items()}


def _offer(names: Mapping[str, str], *, pattern: str = r"\S", hint: str = "") -> Schema:
    """Return what any name of the pattern satisfies, and of which an editor proposes the known ones."""
    free: Schema = {"type": _SCALAR, "pattern": pattern}
    if hint:
        free["patternErrorMessage"] = hint
    if not names:
        return free
    # Of choices that all fail editors complain of the first: that is not to be a list of hundreds of names.
    return {"anyOf": [free, {"enum": list(names), "enumDescriptions": list(names.values())}]}


def _ref(name: str, description: str = "", *examples: object) -> Schema:
    # An editor of draft-07 ignores what stands beside $ref, hence allOf.
    schema: Schema = {"allOf": [{"$ref": f"#/definitions/{name}"}]}
    return _described(schema, description, *examples) if description else {"$ref": f"#/definitions/{name}"}


def _described(schema: Schema, description: str, *examples: object) -> Schema:
    return {"description": description, **schema, **({"examples": list(examples)} if examples else {})}


def _text(description: str, *examples: object, **more: Any) -> Schema:
    return _described({"type": _SCALAR, "pattern": r"\S", **more}, description, *examples)


def _number(kind: str, description: str, *examples: object, minimum: int | None = None) -> Schema:
    bound = {} if minimum is None else {"minimum": minimum}
    return _described({"type": kind, **bound}, description, *examples)


def _keys(properties: Mapping[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties), **more}


def _one_or_more(name: str) -> Schema:
    return {"anyOf": [_ref(name), {"type": "array", "minItems": 1, "items": _ref(name)}]}


def _any_of_keys(*names: str) -> list[Schema]:
    return [{"required": [name]} for name in names]


def _conditions(description: str, *examples: object) -> Schema:
    return _ref("conditions", description, *examples)


_DURATION = {"type": "string", "pattern": _DURATION_FORM, "patternErrorMessage": DURATION_FORM}
_FIELD_MEANINGS = {
    "title": "The condition holds within the headline.",
    "summary": "The condition holds within the summary.",
    "text": "The condition holds within the text.",
    "lead": "The condition holds within the title, the summary and the first 80 words of the text.",
    "author": "The condition holds within the authors' names.",
    "url": "The condition holds within the address.",
    "feed": "The condition holds within the feed's title, or it is the feed's key as `monitor feeds list` shows it.",
}

_QUERY = _text(
    "A condition in one line, beside others or instead of them: AND OR NOT ( ) NEAR/n ONEAR/n, phrases in quotes.",
    '(envoy OR title:mediator) NEAR/15 (talks OR negotiat*) AND country:QA NOT "job talks"',
)

CONDITION: dict[str, Schema] = {
    "all": _conditions("Every one of the conditions holds.", ["ceasefire", "region:middle-east"]),
    "any": _conditions("At least one of the conditions holds.", ["talks", "negotiat*"]),
    "none": _conditions("None of the conditions holds. A rule cannot consist of this alone.", ["title:football"]),
    "at_least": _number("integer", "So many different conditions of `of:` hold.", 2, minimum=1),
    "same": _described(
        {"enum": ["sentence", "paragraph"]}, "The conditions of `of:` hold in one sentence or paragraph.", "sentence"
    ),
    "of": _conditions("The conditions that `at_least:` or `same:` is about.", ["hostages", "aid convoy"]),
    "near": _described(
        _keys(
            {
                "within": _number("integer", "At most so many words in between; neighbours have 0.", 12, minimum=0),
                "of": _conditions("What must stand near one another, in one field.", ["sanction*", "oil tanker"]),
                "ordered": _described({"type": "boolean"}, "true: in the order in which they are written here."),
            },
            required=["within", "of"],
        ),
        "An occurrence of each, with few words in between.",
        {"within": 12, "of": ["sanction*", "oil tanker"]},
    ),
    "count": _described(
        _keys(
            {
                "at_least": _number("integer", "So many occurrences, over all fields.", 3, minimum=1),
                "of": _ref("condition", "What is counted.", "list:ceasefire"),
            },
            required=["at_least", "of"],
        ),
        "So many occurrences, over all fields.",
        {"at_least": 3, "of": "earthquake"},
    ),
    "score": _described(
        _keys(
            {
                "at_least": _number("number", "The sum that is needed.", 10),
                "terms": _described(
                    {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number"}},
                    "Terms with their weights, which may be negative.",
                    {"ceasefire": 5, "hostage*": 3, "football": -20},
                ),
                "title_factor": _number("number", "What a weight is multiplied by if the term is in the title.", 3),
            },
            required=["at_least", "terms"],
        ),
        "The weights of the different terms found add up to enough.",
        {"at_least": 10, "terms": {"ceasefire": 5, "hostage*": 3}},
    ),
    "query": _QUERY,
    "regex": _text("A regular expression (RE2), in any field, on the text as it was published.", r"\bF-?16s?\b"),
    **{name: _conditions(_FIELD_MEANINGS[name]) for name in FIELDS},
    "list": _described(_one_or_more("list-name"), "One of the list's terms stands there."),
    "region": _described(_one_or_more("region-name"), "A name of a place in the region stands there.", "middle-east"),
    "country": _described(_one_or_more("country-code"), "A name of the country, its people or its cities.", "IL"),
    "language": _described(_one_or_more("language-code"), "The article is in one of the languages.", ["en", "fr"]),
    "source": _described(_one_or_more("name"), "It is from one of the sites or publishers.", ["reuters.com"]),
    "tags": _described(_one_or_more("name"), "Its feed has one of the tags.", ["world"]),
}

RULE: dict[str, Schema] = {
    "id": _text("Alerts of an edited rule stay with it as long as its id stays.", "port-strikes", pattern=ID_FORM),
    "title": _text("Headline of the alert's rule; default: the id.", "Strikes in the port of Rotterdam"),
    "description": _text("For those who read the file."),
    "severity": _ref("severity", "How urgent; default: low.", "high"),
    "labels": _described(
        {"type": "object", "additionalProperties": {"type": _SCALAR}},
        "Names and values of your choice, for routes.",
        {"desk": "world"},
    ),
    "when": _ref("condition", "What must stand in an article.", "ceasefire"),
    "query": _QUERY,
    "volume": _described(
        _keys(
            {
                "stories": _number("integer", "So many stories at least within the time.", 3, minimum=1),
                "sources": _number("integer", "From so many sources at least.", 3, minimum=1),
                "within": _described(_DURATION, "The time in which stories are counted.", "30m"),
                "factor": _number("number", "So many times as many as usual.", 4, minimum=1),
                "baseline": _described(_DURATION, "The time before, which says what is usual.", "14d"),
            },
            required=["within"],
            anyOf=_any_of_keys("stories", "sources"),
            dependencies={"baseline": ["factor"], "factor": ["baseline", "stories"]},
        ),
        "Fires when so many stories match within a time, or more than usual, instead of at each.",
        {"stories": 3, "sources": 3, "within": "30m"},
        {"factor": 4, "within": "6h", "baseline": "14d", "stories": 5},
    ),
    "channels": _described(
        _one_or_more("channel"), "Channels of monitor.yaml that get the alerts; default: the routes decide."
    ),
    "repeat_after": _described(_DURATION, "Same story: its next article after this time alerts anew.", "12h"),
    "dedup": _described({"enum": list(DEDUP_UNITS)}, "What alerts once; default: a story. off: each version.", "copy"),
    "group_window": _described(_DURATION, "A story that rests so long alerts anew: 6h to 7d.", "72h"),
    "realert_after_edit": _described({"type": "boolean"}, "true: an edited rule tells its stories anew."),
    "enabled": _described({"type": "boolean"}, "false switches the rule off."),
    "expires": _described(
        {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"},
        "The last day on which the rule is asked.",
        "2027-01-31",
    ),
    "tests": _described(
        {"type": "array", "items": _ref("test")},
        "Examples, run by `monitor rules check`.",
        [{"match": "Dock workers voted for a strike."}, {"no_match": "Dock workers went home."}],
    ),
}

ARTICLE: dict[str, Schema] = {
    "title": _text("The headline."),
    "summary": _text("The feed's summary."),
    "text": _text("The text."),
    "url": _text("The address.", "https://www.example.com/world/1"),
    "language": _ref("language-code", "The code of its language.", "en"),
    "source": _text("The publisher's name.", "Example Wire"),
    "feed": _text("The feed's key or title."),
    "authors": _described(_one_or_more("name"), "The authors' names."),
    "author": _described(_one_or_more("name"), "The author's name."),
    "tags": _described(_one_or_more("name"), "The feed's tags.", ["world"]),
}

TEST: dict[str, Schema] = {
    "match": _ref("article", "The rule must match this text or article.", "Dock workers voted for a strike."),
    "no_match": _ref("article", "The rule must not match this text or article.", "Dock workers went home."),
    "evidence": _described(_one_or_more("name"), "Words that must be among those found.", ["dock workers", "strike"]),
}

DEFAULTS: dict[str, Schema] = {
    "severity": RULE["severity"],
    "channels": RULE["channels"],
    "language": _described(
        _one_or_more("language-code"), "Asked of every rule of the file that asks for none itself.", ["en"]
    ),
}

REGION: dict[str, Schema] = {
    "title": _text("The name as people write it.", "Red Sea"),
    "countries": _described(_one_or_more("country-code"), "Codes of countries.", ["DJ", "ER", "SA"]),
    "regions": _described(_one_or_more("region-name"), "Other regions that belong to it.", ["horn-of-africa"]),
    "names": _described(_one_or_more("name"), "Names of the region itself.", ["Red Sea", "Bab el-Mandeb"]),
    "weak": _described(_one_or_more("name"), "Its names that are also something else: they need a hint.", ["Quad"]),
    "stops": _described(_one_or_more("name"), "Longer words in which a name is something else.", ["Red Sea Hotel"]),
}

FILE: dict[str, Schema] = {
    "lists": _described(
        {"type": "object", "additionalProperties": _ref("list")},
        "Lists of terms, for the rules of all files: list:NAME.",
        {"ceasefire": ["cease-fire", "truce", {"name": "Waffenruhe", "aliases": ["Waffenstillstand*"]}]},
    ),
    "regions": _described(
        {"type": "object", "additionalProperties": _keys(REGION)},
        "Regions of your own, for the rules of all files; one of a known name adds to it.",
        {"red-sea": {"countries": ["DJ", "ER", "SA", "SD", "YE"], "names": ["Red Sea"]}},
    ),
    "defaults": _described(_keys(DEFAULTS), "What the rules of this file have if they do not say otherwise."),
    "rules": _described({"type": "array", "items": _ref("rule")}, "The rules of this file."),
}

_DEFINITIONS: dict[str, Schema] = {
    "rule": _keys(RULE, required=["id"], anyOf=_any_of_keys("when", "query")),
    "condition": {"anyOf": [_ref("operators"), _ref("term")]},
    "conditions": _one_or_more("condition"),
    "operators": _keys(
        CONDITION,
        minProperties=1,
        dependencies={"at_least": ["of"], "same": ["of"], "of": {"anyOf": _any_of_keys("at_least", "same")}},
    ),
    "severity": {"enum": list(SEVERITIES)},
    "name": {"type": _SCALAR, "pattern": r"\S"},
    "list": {"type": "array", "minItems": 1, "items": {"anyOf": [_ref("entry"), _ref("included-list"), _ref("name")]}},
    "entry": _keys(
        {
            "name": _text("What evidence calls it, and a term itself.", "Wang Yi"),
            "aliases": _described(_one_or_more("name"), "Other spellings of the name.", ["王毅", "Ван И"]),
        },
        required=["name"],
    ),
    "test": _keys(TEST, oneOf=_any_of_keys("match", "no_match")),
    "article": {"anyOf": [_keys(ARTICLE, minProperties=1), _ref("name")]},
}


def schema_text(schema: Schema) -> str:
    """Return the schema as a file: indented JSON, with lists of plain values filling their lines."""
    indented = json.dumps(schema, ensure_ascii=False, indent=2)
    return re.sub(r"^( *)(.*)\[\n([^][{}]+)\n *\]", _fill, indented, flags=re.MULTILINE) + "\n"


def _fill(found: re.Match[str]) -> str:
    indent, before, inside = found.groups()
    values = [line.strip() for line in inside.split("\n")]
    if len(indent + before + " ".join(values)) <= WIDTH - 3:
        return f"{indent}{before}[{' '.join(values)}]"
    lines = [indent + " "]
    for value in values:
        if len(lines[-1]) + 1 + len(value) > WIDTH:
            lines.append(indent + " ")
        lines[-1] += f" {value}"
    return "\n".join([f"{indent}{before}[", *lines, f"{indent}]"])
