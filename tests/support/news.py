"""A news site for tests: publish articles, and its RSS feed and pages follow. Text is made of given words, so that any
two articles differ unless a test wants copies."""

from __future__ import annotations

import html
import random
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.support.publisher import Publisher

# fmt: off
_WORDS = [
    "council", "bridge", "harbour", "repairs", "traders", "spring", "weather", "engineers", "pillar",
    "lorries", "river", "iron", "winter", "people", "lamps", "bread", "music", "boats", "flags", "letters",
    "opened", "waited", "measured", "allowed", "carried", "painted", "counted", "mended", "borrowed",
    "followed", "quiet", "heavy", "narrow", "yellow", "patient", "distant", "early", "wooden", "careful",
    "cheerful",
]
# fmt: on


def filler(seed: int, words: int = 120) -> str:
    """Return paragraphs of harmless prose, the same for the same seed, unlike those of another."""
    rng = random.Random(seed)
    text = [f"{rng.choice(_WORDS)}" for _ in range(words)]
    sentences = [" ".join(text[at : at + 12]).capitalize() + f" {rng.randrange(10_000)}." for at in range(0, words, 12)]
    return "\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article of a test's news world."""

    slug: str
    title: str
    body: str
    published: datetime


class NewsSite:
    """Serves /feed.xml and /SLUG.html of what was published, on a Publisher."""

    def __init__(self, publisher: Publisher, *, title: str = "Test News", prefix: str = "") -> None:
        self.publisher = publisher
        self._title = title
        self._prefix = prefix
        self._stories: list[Story] = []
        publisher.serve(f"{prefix}/feed.xml", lambda _: self.feed(), content_type="application/rss+xml")

    @property
    def feed_url(self) -> str:
        """The feed's address."""
        return self.publisher.url(f"{self._prefix}/feed.xml")

    def publish(
        self, slug: str, title: str, body: str = "", *, age: timedelta = timedelta(minutes=1), page: bool = True
    ) -> None:
        """Publish an article; without a page its link answers 404."""
        story = Story(slug=slug, title=title, body=body or filler(hash_of(slug)), published=datetime.now(UTC) - age)
        self._stories.insert(0, story)
        if page:
            self.publisher.serve(f"{self._prefix}/{slug}.html", self.page(story))

    def feed(self) -> str:
        """Return the RSS document."""
        items = "".join(
            f"<item><title>{html.escape(story.title)}</title>"
            f"<link>{self.publisher.url(f'{self._prefix}/{story.slug}.html')}</link>"
            f"<guid isPermaLink='false'>{self._prefix}/{story.slug}</guid>"
            f"<pubDate>{format_datetime(story.published)}</pubDate>"
            f"<description>{html.escape(story.body[:80])}</description></item>"
            for story in self._stories
        )
        head = f"<title>{html.escape(self._title)}</title><link>{self.publisher.url('/')}</link>"
        return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{items}</channel></rss>"

    def page(self, story: Story) -> str:
        """Return the article's page."""
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in story.body.splitlines())
        head = f"<head><meta charset='utf-8'><title>{html.escape(story.title)}</title></head>"
        article = f"<article><h1>{html.escape(story.title)}</h1>{paragraphs}</article>"
        return f"<!doctype html><html lang='en'>{head}<body><nav><a href='/'>Home</a></nav>{article}</body></html>"


def hash_of(text: str) -> int:
    """Return a number for a text that is the same in every run."""
    return zlib.crc32(text.encode())
