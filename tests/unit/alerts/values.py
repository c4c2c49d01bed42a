"""An article and a match on it, for the tests of alerts."""

from __future__ import annotations

from monitor.model import Article, ArticleField, ArticleId, Evidence, FeedKey, Match, Rule, RuleId, Severity

TITLE = "Marku urges ceasefire in Velna"
TEXT = (
    "Foreign Minister Elena Marku spoke on Tuesday. She called for a ceasefire. Ships wait in the harbour of Velna.\n"
    "The weather was fine."
)

ARTICLE = Article(
    id=ArticleId("a1"),
    title=TITLE,
    url="https://www.news.example/world/a1",
    summary="A ceasefire is needed, she said.",
    text=TEXT,
    authors=("Ann Lee", "Bo Chen"),
    language="zh-Hant",
    feed=FeedKey("news-1"),
    feed_title="News World",
    source="The News",
    tags=("world", "harbours"),
)

RULE = Rule(id=RuleId("minister-ceasefire"), title="Minister on ceasefire", severity=Severity.HIGH, version="v1")


def found(field: ArticleField, content: str, word: str, *, term: str) -> Evidence:
    """Return the evidence of the first `word` in a field's content."""
    start = content.index(word)
    return Evidence(field=field, start=start, end=start + len(word), text=word, term=term)


def match_of(*evidence: Evidence, rule: Rule = RULE) -> Match:
    """Return a match with that evidence."""
    return Match(rule=rule, article=ArticleId("a1"), evidence=evidence)
