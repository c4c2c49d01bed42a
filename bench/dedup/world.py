"""A news world and labelled events through the whole replay: what becomes one alert, and what an article costs."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import structlog

from bench.dedup.copies import half_of
from bench.material import DATA, HAS_DATA, rows
from bench.table import grid
from monitor.daemon.replaying import open_replay
from monitor.model import Article, ArticleId
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules
from monitor.urls import canonical_url, site
from tests.support.processes import cpu_seconds, descendants

START = datetime(2026, 3, 2, tzinfo=UTC)
RULES = r"rules: [{id: all, when: {regex: '(?s)\S.*'}}]"
ORDERS = 5  # in which the labelled events are read
DAYS = 14  # over which they happen
TOLD_FOR = timedelta(hours=48)  # so long an event is told
MANY = 5_000  # articles whose cost is measured
KINDS = ("new", "update", "repeat")
CHANGED = 0.8  # of the words of a text, so that it is another one


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay said of its articles."""

    stories: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    client: float = 0.0  # CPU seconds
    server: float = 0.0


def run() -> str:
    """Return the tables as Markdown."""
    if not HAS_DATA:
        return f"{DATA} is not there: neither a world nor labelled events can be read"
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # stdout has the tables
    return "\n\n".join([_world_table(), _events_table(), _cost_table()])


def _replays(*rounds: Sequence[Article]) -> list[Replayed]:
    """Read articles over one store, round after round."""

    async def read() -> list[Replayed]:
        """Read all rounds on one store."""
        with tempfile.TemporaryDirectory(prefix="bench-replay-") as folder:
            rules = _rules(Path(folder, "rules"))
            async with open_replay(rules, Path(folder, "store")) as judge:
                found = []
                for articles in rounds:
                    (server,) = descendants()
                    replayed = Replayed(client=-time.process_time(), server=-cpu_seconds(server))
                    for article in articles:
                        answer: dict[str, Any] = await judge(article)
                        replayed.stories[article.id] = answer["story"]
                        replayed.kinds.update(alert["kind"] for alert in answer["alerts"])
                    replayed.client += time.process_time()
                    replayed.server += cpu_seconds(server)
                    found.append(replayed)
                return found

    return asyncio.run(read())


def _rules(folder: Path) -> RuleSet:
    folder.mkdir()
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    rules, problems = read_rules([folder])
    assert rules is not None, problems
    return rules


def _world() -> list[Article]:
    read = []
    for row in rows("world/articles.jsonl.xz"):
        url = f"https://{row['host']}{row['path']}"
        read.append(
            Article(
                id=ArticleId(row["id"]),
                title=row["title"] or "",
                url=url,
                canonical_url=canonical_url(url),
                text=row["body"],
                language=row["lang"],
                # Its own date lies years ago, or in another zone: the world has one clock.
                published=START + timedelta(seconds=row["sim_seconds"]),
                seen=START + timedelta(seconds=row["sim_seconds"]),
                source=site(url),
            )
        )
    return sorted(read, key=lambda article: (article.seen or START, article.id))


def _world_table() -> str:
    articles = _world()
    first, again = _replays(articles, articles)
    gold = json.loads((DATA / "world" / "gold.json").read_text())
    families: dict[str, list[str]] = gold["families"]
    near = {frozenset(pair[:2]) for pair in gold["real_near_copies"]}
    family_of = {member: family for family, members in families.items() for member in members}
    split = [name for name, members in families.items() if len({first.stories[member] for member in members}) > 1]
    extra = sum(len({first.stories[member] for member in members}) - 1 for members in families.values())
    told: dict[str, set[str]] = defaultdict(set)
    for article, story in first.stories.items():
        told[story].add(family_of.get(article, article))
    merged = sorted(
        pair for parts in told.values() for pair in combinations(sorted(parts), 2) if frozenset(pair) not in near
    )
    apart = [
        pair
        for pair in gold["must_not_merge"]
        if not {first.stories[one] for one in families[pair[0]]} & {first.stories[one] for one in families[pair[1]]}
    ]
    reports = len(families) + len(articles) - len(family_of)
    real = [pair for pair in merged if not all(part in families for part in pair)]
    table = [
        ("articles, reports", f"{len(articles)}, {reports}"),
        ("families in one story", f"{len(families) - len(split)} of {len(families)}"),
        ("stories too many", f"{extra} {_named(split)}"),
        ("pairs of reports merged", f"{len(merged)} {_named('+'.join(pair) for pair in merged)}"),
        ("of these with a real page", str(len(real))),
        ("pairs that must not merge, apart", f"{len(apart)} of {len(gold['must_not_merge'])}"),
        ("alerts new, updates", f"{first.kinds['new']}, {first.kinds['update']}"),
        (
            "read again: new, updates, repeats",
            ", ".join(str(again.kinds[kind]) for kind in ("new", "update", "repeat")),
        ),
        ("same stories when read again", "yes" if again.stories == first.stories else "no"),
    ]
    return f"A world of {len(articles)} articles, its own week, one rule that matches all:\n\n{grid(('', ''), table)}"


def _named(names: Iterable[str]) -> str:
    listed = sorted(names)
    return f"({', '.join(listed[:6])}{' …' if len(listed) > 6 else ''})" if listed else ""


def _events_table() -> str:
    labelled = list(rows("dedup/ecbplus_stories.jsonl.xz"))
    found = []
    for what, spread in (("told within two days", TOLD_FOR), ("all on one day", None)):
        for half in (0, 1):
            chosen = [row for row in labelled if half_of(row["topic"]) == half]
            scores = [_scored(chosen, spread=spread, seed=seed) for seed in range(ORDERS)]
            cells = [sum(column) / len(scores) for column in zip(*scores, strict=True)]
            number = len({row["story"] for row in chosen})
            found.append((f"{what}, half {half}", f"{len(chosen)} / {number}", *(f"{cell:.3f}" for cell in cells)))
    columns = ("labelled events", "articles / stories", "B³ P", "B³ R", "B³ F", "second-event pairs merged")
    return (
        f"Means of {ORDERS} orders; events happen at random within {DAYS} days, no headlines:\n\n{grid(columns, found)}"
    )


def _scored(labelled: Sequence[Mapping[str, str]], *, spread: timedelta | None, seed: int) -> tuple[float, ...]:
    rng = random.Random(seed)
    events = {
        story: START + rng.random() * timedelta(days=DAYS) for story in sorted({row["story"] for row in labelled})
    }
    articles = []
    for row in labelled:
        moment = events[row["story"]] if spread else START
        moment += rng.random() * (spread or timedelta(days=1))
        name = ArticleId(row["id"])
        articles.append(Article(id=name, title="", text=row["text"], language="en", published=moment, seen=moment))
    articles.sort(key=lambda article: article.seen or START)
    (replayed,) = _replays(articles)
    gold = {row["id"]: row["story"] for row in labelled}
    precision, recall = _b_cubed(replayed.stories, gold)
    second = [
        replayed.stories[one["id"]] == replayed.stories[other["id"]]
        for one, other in combinations(labelled, 2)
        if one["topic"] == other["topic"] and one["story"] != other["story"]
    ]
    return precision, recall, 2 * precision * recall / (precision + recall), sum(second) / len(second)


def _b_cubed(found: Mapping[str, str], gold: Mapping[str, str]) -> tuple[float, float]:
    """Return precision and recall, each article's own share averaged."""
    both = Counter((found[article], gold[article]) for article in gold)
    stories, events = Counter(found[article] for article in gold), Counter(gold.values())
    shared = [(article, both[found[article], gold[article]]) for article in gold]
    precision = sum(count / stories[found[article]] for article, count in shared) / len(gold)
    recall = sum(count / events[gold[article]] for article, count in shared) / len(gold)
    return precision, recall


def _cost_table() -> str:
    world = _world()
    many = _perturbed(world, MANY)
    found = []
    for what, articles in (("the world", world), (f"{MANY:,} texts, four of five words others", many)):
        (replayed,) = _replays(articles)
        words = sum(len(article.text.split()) for article in articles) / len(articles)
        each = [f"{seconds / len(articles) * 1000:.2f} ms" for seconds in (replayed.client, replayed.server)]
        found.append((what, f"{len(articles):,}", f"{words:.0f}", *each, str(replayed.kinds["new"])))
    columns = ("replay", "articles", "words each", "CPU of ours an article", "CPU of the server", "alerts")
    return grid(columns, found)


def _perturbed(articles: Sequence[Article], count: int) -> list[Article]:
    """Return articles of as many words, four of five of which are others': like news, and no copies of one another."""
    rng = random.Random(5)
    pool = [word for article in articles for word in article.text.split()]
    found = []
    for number in range(count):
        base = articles[number % len(articles)]
        words = [rng.choice(pool) if rng.random() < CHANGED else word for word in base.text.split()]
        moment = START + number * timedelta(days=7) / count
        found.append(
            replace(
                base,
                id=ArticleId(f"{number}"),
                title=" ".join(rng.choices(pool, k=9)),
                text=" ".join(words),
                url=f"https://{number}.example/",
                canonical_url="",
                published=moment,
                seen=moment,
            )
        )
    return found
