"""Updates: which edits of an article make one, on machine-made edits and on real copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.dedup.copies import half_of
from bench.material import HAS_DATA, rows
from bench.table import cpu_seconds, grid
from monitor.alerts.changes import changes, facts
from monitor.model import Article, ArticleId, Assignment, StoryId
from monitor.remembered import Copy
from monitor.stories.figures import replaced_figures
from monitor.stories.fingerprint import text_print
from monitor.stories.same_story import copy_score

# The headlines of these say that they correct something, or are numbered: with them all of these would be updates.
_MARKED = ("corrected_figures", "headline_only")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    kind: str
    first: Article
    later: Article
    half: int


def run() -> str:
    """Return the share of each kind of edit that makes an update, by half of the data."""
    if not HAS_DATA:
        return "### Updates\n\nNo data."
    pairs = [*_edits(), *_real_copies()]
    shares: defaultdict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        shares[pair.kind].append(pair)
    lines = [(kind, *(_cell(shares[kind], half) for half in (0, 1))) for kind in sorted(shares)]
    cost = cpu_seconds(_kinds, pairs[:200]) * 1000
    table = grid(("edit", "half 0: updates (by figures alone)", "half 1: updates (by figures alone)"), lines)
    return f"### Updates\n\n{table}\n\nOne comparison takes {cost:.1f} ms of CPU, the prints of both texts included."


def _cell(pairs: Sequence[_Pair], half: int) -> str:
    found = [_kinds(pair) for pair in pairs if pair.half == half]
    if not found:
        return "–"
    return f"{sum(map(bool, found))} ({sum('figures' in kinds for kinds in found)}) of {len(found)}"


def _kinds(pair: _Pair) -> set[str]:
    """Return what an alert of the first article would tell of the later one."""
    first, later = text_print(pair.first), text_print(pair.later)
    copy = Copy(id=pair.first.id, story=StoryId("s"), first=first, longest=first)
    replaced = replaced_figures(pair.later, later, copy, is_same_article=False)
    assignment = Assignment(story=copy.story, joined="copy", copy_of=copy.id)
    told = facts(pair.first)
    claims = changes(pair.later, assignment, later, earlier=copy, replaced=replaced)
    return {claim.change.kind for claim in claims if claim.facts[0] not in told}


def _edits() -> Iterator[_Pair]:
    edits = list(rows("dedup/neardup_edits.jsonl.xz"))
    articles = {row["id"]: _article(row["id"], row["title"], row["text"]) for row in edits}
    sources = {row["family"]: articles[row["id"]] for row in edits if row["kind"] == "source"}
    for row in edits:
        if row["kind"] != "source":
            first, later = sources[row["family"]], articles[row["id"]]
            kind = f"{row['kind']}, its headline marked" if row["kind"] in _MARKED else row["kind"]
            if row["kind"] == "corrected_figures" and text_print(first).sequence == text_print(later).sequence:
                kind += ", no figure in the text"
            yield _Pair(kind=kind, first=first, later=later, half=half_of(row["family"]))


def _real_copies() -> Iterator[_Pair]:
    texts = {row["id"]: row["text"] for row in rows("dedup/ecbplus_stories.jsonl.xz")}
    for row in rows("dedup/ecbplus_copy_pairs.jsonl.xz"):
        one, other = (_article(name, "", texts[name]) for name in (row["a"], row["b"]))
        if copy_score(text_print(one), text_print(other)).is_copy:
            yield _Pair(kind="real copies, without headlines", first=one, later=other, half=half_of(row["a"]))


def _article(name: str, title: str, text: str) -> Article:
    return Article(id=ArticleId(name), title=title, text=text, language="en")
