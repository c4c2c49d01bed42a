"""The shape of a rule file: which keys there are, and what each of a rule's fields must be."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from monitor.config.expect import (
    Problems,
    check_keys,
    describe,
    expect_bool,
    expect_mapping,
    expect_scalars,
    expect_str,
    note,
    require_keys,
    warn,
)
from monitor.config.spelling import did_you_mean, quoted
from monitor.config.units import format_duration, parse_duration
from monitor.config.yaml_marks import Mapping, Node, Scalar, Sequence
from monitor.errors import Location
from monitor.model import Article, ArticleId, ChannelName, DedupUnit, FeedKey, Rule, RuleId, Severity
from monitor.rules.match import RuleTest
from monitor.rules.volume import read_expires, read_volume

FILE_KEYS = ("lists", "regions", "defaults", "rules")
RULE_KEYS = (
    *(
        "id",
        "title",
        "description",
        "severity",
        "labels",
        "when",
        "query",
        "volume",
        "channels",
        "repeat_after",
        "dedup",
        "group_window",
        "realert_after_edit",
        "enabled",
    ),
    *("expires", "tests"),
)
DEFAULT_KEYS = ("severity", "channels", "language")
REGION_KEYS = ("title", "countries", "regions", "names", "weak", "stops")
TEST_KEYS = ("match", "no_match", "evidence")
ARTICLE_KEYS = ("title", "summary", "text", "url", "language", "source", "feed", "authors", "author", "tags")
MAX_ID = 80  # characters
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
DEDUP_UNITS: tuple[DedupUnit, ...] = get_args(DedupUnit)
SHORTEST_REST = timedelta(hours=6)  # of a story, in which it is not over: the news of one evening
LONGEST_REST = timedelta(days=7)  # as long as texts are remembered
SEVERITIES = tuple(severity.value for severity in Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a file's rules have if they do not say otherwise."""

    severity: Severity = Severity.LOW
    channels: tuple[ChannelName, ...] = ()
    language: Node | None = None


def read_defaults(node: Node | None, problems: Problems, *, channels: Collection[str] | None) -> Defaults:
    """Return the defaults of a file."""
    if node is None or (mapping := expect_mapping(node, problems, what="defaults")) is None:
        return Defaults()
    mapping = check_keys(mapping, DEFAULT_KEYS, problems, what="defaults")
    return Defaults(
        severity=_severity(mapping.get("severity"), problems) or Severity.LOW,
        channels=_channels(mapping.get("channels"), problems, known=channels) or (),
        language=mapping.get("language"),
    )


def read_rule(
    mapping: Mapping,
    defaults: Defaults,
    problems: Problems,
    *,
    channels: Collection[str] | None,
    today: date | None,
) -> Rule | None:
    """Return a rule without its condition and version, or None if it has no usable id; other errors are noted too."""
    has_all = require_keys(mapping, ("id",) if "query" in mapping else ("id", "when"), problems, what="rule")
    name = _id(mapping.get("id"), problems)
    rule = Rule(
        id=RuleId(name),
        title=_text(mapping, "title", problems) or name,
        severity=_severity(mapping.get("severity"), problems) or defaults.severity,
        labels=_labels(mapping.get("labels"), problems),
        channels=_channels(mapping.get("channels"), problems, known=channels) or defaults.channels,
        repeat_after=_duration(mapping, "repeat_after", problems),
        dedup=_dedup(mapping, problems),
        group_window=_group_window(mapping, problems),
        realert_after_edit=_flag(mapping, "realert_after_edit", problems),
        volume=read_volume(mapping.get("volume"), problems),
        expires=read_expires(mapping.get("expires"), problems, today=today),
    )
    _text(mapping, "description", problems)
    if rule.volume is not None:
        for name in ("dedup", "group_window", "realert_after_edit"):
            if (key := mapping.key(name)) is not None:
                warn(problems, key.at, f"{name} says nothing about a surge", f"delete {name}, or volume")
    return rule if has_all and name else None


def is_enabled(mapping: Mapping, problems: Problems) -> bool:
    """Return whether a rule is switched on."""
    node = mapping.get("enabled")
    return True if node is None else expect_bool(node, problems, what="enabled") is not False


def read_tests(node: Node | None, rule: RuleId, at: Location, problems: Problems) -> tuple[RuleTest, ...]:
    """Return the examples of a rule."""
    if node is None:
        warn(problems, at, f"the rule {quoted(rule)} has no tests", "add tests: with a match and a no_match")
        return ()
    if not isinstance(node, Sequence):
        note(problems, node.at, f"tests must be a list, found {describe(node)}", 'write "- match: …" lines below it')
        return ()
    read = (_read_test(each, rule, problems) for each in node)
    return tuple(test for test in read if test)


def _read_test(node: Node, rule: RuleId, problems: Problems) -> RuleTest | None:
    mapping = expect_mapping(node, problems, what="a test")
    if mapping is None:
        return None
    mapping = check_keys(mapping, TEST_KEYS, problems, what="test")
    match_node, no_match_node = mapping.get("match"), mapping.get("no_match")
    article_node = match_node or no_match_node
    if article_node is None or (match_node and no_match_node):
        second = max((key.at for key, _ in mapping.items() if key.text in ("match", "no_match")), default=mapping.at)
        hint = 'write "- " before each of them' if article_node is not None else 'write "match: some text"'
        note(problems, second, "a test has either match or no_match", hint)
        return None
    evidence_node = mapping.get("evidence")
    evidence = expect_scalars(evidence_node, problems, what="evidence") if evidence_node else ()
    article = _read_article(article_node, problems)
    if article is None:
        return None
    return RuleTest(
        rule=rule,
        article=article,
        should_match=match_node is not None,
        evidence=tuple(scalar.text.strip() for scalar in evidence),
        at=mapping.at,
    )


def _read_article(node: Node, problems: Problems) -> Article | None:
    """Return the article of a test: a text alone, or fields."""
    if isinstance(node, Scalar):
        text = expect_str(node, problems, what="the text of a test")
        return Article(id=ArticleId("test"), title="", text=text) if text else None
    mapping = expect_mapping(node, problems, what="the article of a test")
    if mapping is None:
        return None
    mapping = check_keys(mapping, ARTICLE_KEYS, problems, what="the article of a test")
    authors_node, tags_node = mapping.get("authors") or mapping.get("author"), mapping.get("tags")
    feed = _text(mapping, "feed", problems)
    return Article(
        id=ArticleId("test"),
        title=_text(mapping, "title", problems),
        summary=_text(mapping, "summary", problems),
        text=_text(mapping, "text", problems),
        url=_text(mapping, "url", problems),
        language=_text(mapping, "language", problems),
        source=_text(mapping, "source", problems),
        feed=FeedKey(feed) if feed else None,
        feed_title=feed,
        authors=tuple(each.text for each in expect_scalars(authors_node, problems, what="authors"))
        if authors_node
        else (),
        tags=tuple(each.text for each in expect_scalars(tags_node, problems, what="tags")) if tags_node else (),
    )


def _text(mapping: Mapping, name: str, problems: Problems) -> str:
    node = mapping.get(name)
    return (expect_str(node, problems, what=name) or "") if node is not None else ""


def _id(node: Node | None, problems: Problems) -> str:
    text = expect_str(node, problems, what="id") if node is not None else None
    if text and node and len(text) > MAX_ID:
        note(problems, node.at, f"an id of {len(text)} characters", f"{MAX_ID} are allowed")
        return ""
    if text and node and not _ID.fullmatch(text):
        note(
            problems,
            node.at,
            f"the id {quoted(text)} has characters that an id cannot have",
            "letters, digits, - _ . only",
        )
        return ""
    return text or ""


def _severity(node: Node | None, problems: Problems) -> Severity | None:
    text = expect_str(node, problems, what="severity") if node is not None else None
    if text is None or node is None:
        return None
    if text in SEVERITIES:
        return Severity(text)
    hint = did_you_mean(text, SEVERITIES)
    note(
        problems,
        node.at,
        f"unknown severity {quoted(text)}",
        hint if "known" in hint else f"{hint} known: {', '.join(SEVERITIES)}",
    )
    return None


def _labels(node: Node | None, problems: Problems) -> dict[str, str]:
    mapping = expect_mapping(node, problems, what="labels") if node is not None else None
    if mapping is None:
        return {}
    values = (
        (key.text, expect_str(value, problems, what=f"the label {quoted(key.text)}")) for key, value in mapping.items()
    )
    return {key: value for key, value in values if value is not None}


def _channels(
    node: Node | None, problems: Problems, *, known: Collection[str] | None
) -> tuple[ChannelName, ...] | None:
    if node is None:
        return None
    names = []
    for scalar in expect_scalars(node, problems, what="channels"):
        if known is not None and scalar.text not in known:
            hint = did_you_mean(scalar.text, known) or "monitor.yaml has no channels: yet"
            note(problems, scalar.at, f"unknown channel {quoted(scalar.text)}", hint)
        else:
            names.append(ChannelName(scalar.text))
    return tuple(names)


def _duration(mapping: Mapping, name: str, problems: Problems) -> timedelta | None:
    node = mapping.get(name)
    text = expect_str(node, problems, what=name) if node is not None else None
    if text is None or node is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        note(problems, node.at, f"{name} cannot be {quoted(text)}", str(error))
        return None


def _dedup(mapping: Mapping, problems: Problems) -> DedupUnit:
    node = mapping.get("dedup")
    text = expect_str(node, problems, what="dedup") if node is not None else None
    for unit in DEDUP_UNITS:
        if text == unit:
            return unit
    if text is not None and node is not None:
        hint = did_you_mean(text, DEDUP_UNITS)
        known = f"known: {', '.join(DEDUP_UNITS)}"
        note(problems, node.at, f"unknown dedup {quoted(text)}", hint if "known" in hint else f"{hint} {known}".strip())
    return "story"


def _group_window(mapping: Mapping, problems: Problems) -> timedelta | None:
    span = _duration(mapping, "group_window", problems)
    node = mapping.get("group_window")
    if span is None or node is None:
        return None
    if not SHORTEST_REST <= span <= LONGEST_REST:
        bounds = f"from {format_duration(SHORTEST_REST)} to {format_duration(LONGEST_REST)}"
        hint = "a story that has no news for so long alerts anew"
        note(problems, node.at, f"group_window must be {bounds}, found {format_duration(span)}", hint)
        return None
    return span


def _flag(mapping: Mapping, name: str, problems: Problems) -> bool:
    node = mapping.get(name)
    return node is not None and expect_bool(node, problems, what=name) is True
