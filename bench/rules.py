"""Matching a text against all rules, beside one regular expression for each group of each rule."""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.material import texts
from bench.table import Row, compared, cpu_seconds
from monitor.model import Article, ArticleId
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules

Groups = list[list[str]]  # all of these must be there, each by one of its terms


def run() -> list[Row]:
    """Return the costs for few and for many rules."""
    bodies = texts()
    articles = [Article(id=ArticleId(str(number)), title="", text=body) for number, body in enumerate(bodies)]
    return [_row(count, bodies, articles) for count in (10, 100, 1000)]


def _row(count: int, bodies: Sequence[str], articles: Sequence[Article]) -> Row:
    written = _rules(count, bodies)
    ours = _compiled(written)
    plain = [[re.compile(rf"\b(?:{'|'.join(group)})s?\b", re.IGNORECASE) for group in groups] for groups in written]
    found = sum(len(ours.match(article)) for article in articles)
    found_plainly = sum(_holding(plain, body) for body in bodies)
    costs = cpu_seconds(ours.match, articles), cpu_seconds(lambda body: _holding(plain, body), bodies[:40])
    note = f"{len(articles)} texts; {found} matches, plainly {found_plainly}"
    return compared(f"match, {count} rules", costs[0] * 1e6, costs[1] * 1e6, unit="µs/text", note=note)


def _holding(rules: Sequence[Sequence[re.Pattern[str]]], body: str) -> int:
    return sum(all(group.search(body) for group in rule) for rule in rules)


def _rules(count: int, bodies: Sequence[str]) -> list[Groups]:
    """Return rules of two or three groups of three to eight words, all of them from the texts, most of them rare."""
    rng = random.Random(1)
    seen = Counter(word for body in bodies for word in set(re.findall(r"\b[a-z]{5,12}\b", body.lower())))
    words = sorted(word for word, texts_with in seen.items() if texts_with <= len(bodies) // 20 and word[-1] != "s")
    return [[rng.sample(words, rng.randint(3, 8)) for _ in range(rng.randint(2, 3))] for _ in range(count)]


def _compiled(written: Sequence[Groups]) -> RuleSet:
    conditions = [{"all": [{"any": group} for group in groups]} for groups in written]
    rules = [{"id": f"r{number}", "when": condition} for number, condition in enumerate(conditions)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(json.dumps({"rules": rules}))
        read, _ = read_rules([path], channels=None)
    assert read is not None
    return read
