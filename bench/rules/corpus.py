"""The texts that rules are measured on: English articles, and news in other scripts; made-up ones without the data."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from bench.material import HAS_DATA, members, rows
from monitor.articles.language import detect_language
from monitor.articles.markup import plain_text
from monitor.errors import FeedMalformed
from monitor.feeds.formats.format import Document
from monitor.feeds.parse import parse_document

ENOUGH_ENGLISH = 1_400
LARGEST_FEED_BYTES = 300_000
MOST_OF_ONE_SITE = 8  # texts; a site repeats its words more than the news does
SHORTEST_ARTICLE = 1_200  # characters; less is a teaser
NEWS_IN_BRIEF = 600  # characters: feeds in other scripts have teasers, joined until there are so many, and long texts
ENOUGH_OF_A_SCRIPT = 300
SCRIPTS = {
    "Chinese": re.compile("[\u4e00-\u9fff]"),
    "Cyrillic": re.compile("[\u0400-\u04ff]"),
    "Bengali": re.compile("[\u0980-\u09ff]"),
    "Arabic": re.compile("[\u0600-\u06ff]"),
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts by what they are; English ones in an order that mixes sources, no two of them copies of one another."""

    english: tuple[str, ...]
    others: dict[str, tuple[str, ...]]  # by script
    sources: str  # for people


def read_corpus() -> Corpus:
    """Return all texts, always the same."""
    if not HAS_DATA:
        return Corpus(tuple(_made_up(400)), {}, "400 made-up texts")
    stories = [row["text"] for row in rows("dedup/ecbplus_stories.jsonl.xz")]
    pages = [row["body"] for row in rows("world/articles.jsonl.xz") if row["set"] != "syn" and row["lang"] == "en"]
    items = list(_feed_texts())
    english = list(dict.fromkeys([*stories, *pages]))
    of_feeds = list(dict.fromkeys(_mixed(items)))[: ENOUGH_ENGLISH - len(english)]
    sources = f"{len(stories)} news articles, {len(pages)} pages of news sites, {len(of_feeds)} articles out of feeds"
    english += of_feeds
    random.Random(1).shuffle(english)
    others = {script: tuple(_some(_in_brief(items, pattern))) for script, pattern in SCRIPTS.items()}
    return Corpus(tuple(english), others, sources)


def _made_up(count: int) -> Iterator[str]:
    """Yield texts of words that come as often as words do: each by its rank (Zipf 1935)."""
    rng = random.Random(2)
    words = list(dict.fromkeys("".join(rng.choices("aeioubcdfglmnprst", k=rng.randint(4, 9))) for _ in range(30_000)))
    weights = list(accumulate(1 / (rank + 10) for rank in range(len(words))))
    for _ in range(count):
        yield " ".join(rng.choices(words, cum_weights=weights, k=480)) + "."


def _feed_texts() -> Iterator[tuple[str, str]]:
    """Yield (site, text) of the entries of all feeds that have articles whole, or are in another script."""
    index = {row["file"]: row for row in rows("feeds/index.jsonl.xz")}
    for name, body in members("feeds/feeds.tar.xz"):
        feed = index[name]
        is_latin = feed["script"] in ("lat", None)
        if feed["micro"] or (is_latin and (len(body) > LARGEST_FEED_BYTES or not _has_articles(feed))):
            continue
        try:
            entries = parse_document(Document(body=body)).entries
        except FeedMalformed:
            continue
        for entry in entries:
            yield feed["site"] or name, f"{entry.title}\n\n{plain_text(max(entry.content, entry.summary, key=len))}"


def _has_articles(feed: dict[str, list[dict[str, int]]]) -> bool:
    longest = (max(entry.get("content_len") or 0, entry.get("summary_len") or 0) for entry in feed["entries"])
    return max(longest, default=0) >= SHORTEST_ARTICLE


def _mixed(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the English articles among the texts of feeds, not many of any site."""
    seen: Counter[str] = Counter()
    for site, text in items:
        if seen[site] < MOST_OF_ONE_SITE and len(text) >= SHORTEST_ARTICLE and detect_language("", text) == "en":
            seen[site] += 1
            yield text


def _some(texts: Iterable[str]) -> list[str]:
    found = list(texts)
    return random.Random(1).sample(found, min(len(found), ENOUGH_OF_A_SCRIPT))


def _in_brief(items: Iterable[tuple[str, str]], script: re.Pattern[str]) -> Iterator[str]:
    """Yield texts in a script, all of a length: paragraphs of one site's items, one after the other."""
    joined: dict[str, str] = {}
    paragraphs = ((site, each) for site, text in dict.fromkeys(items) for each in text.split("\n"))
    for site, text in paragraphs:
        if _is_mostly(script, text):
            joined[site] = f"{joined.get(site, '')}\n\n{text}".strip()
            if len(joined[site]) >= NEWS_IN_BRIEF:
                yield joined.pop(site)
    yield from joined.values()


def _is_mostly(script: re.Pattern[str], text: str) -> bool:
    return 2 * len(script.findall(text)) > sum(map(str.isalpha, text))
