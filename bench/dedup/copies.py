"""Copies: machine-made edits, real ones, syndication families and stories on templates, joined by us and by others."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha1
from itertools import combinations

from bench.dedup.copy_peers import OURS, WAYS, Way, are_candidates
from bench.dedup.templates import filled_templates, template_pairs
from bench.material import DATA, HAS_DATA, rows
from bench.table import cpu_seconds, figure, grid
from monitor.stories.same_story import copy_score

ROUND_UP = "in_roundup"
MOST_TIMED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article as it is compared."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts, what kind of pair they are, and whether thresholds were chosen on its half (0)."""

    kind: str
    one: Text
    other: Text
    half: int = 0


def half_of(document: str) -> int:
    """Return 0 for the topics that thresholds were chosen on, 1 for those that were kept for this report."""
    return sha1(document.split("_")[0].encode(), usedforsecurity=False).digest()[-1] % 2


def _edit_pairs(edits: Sequence[dict[str, str]]) -> Iterator[Pair]:
    sources = {row["family"]: _text(row) for row in edits if row["kind"] == "source"}
    for row in edits:
        if row["kind"] != "source":
            yield Pair(kind=row["kind"], one=sources[row["family"]], other=_text(row), half=half_of(row["family"]))


def _text(row: dict[str, str]) -> Text:
    return Text(title=row["title"], text=row["text"])


def _real_pairs(stories: dict[str, Text]) -> Iterator[Pair]:
    for row in rows("dedup/ecbplus_copy_pairs.jsonl.xz"):
        shared = row["containment_w4"]
        kind = "shares ≥ .50" if shared >= 0.5 else "shares .35–.50" if shared >= 0.35 else "shares .20–.35"
        yield Pair(kind=kind, one=stories[row["a"]], other=stories[row["b"]], half=half_of(row["a"]))


def _world_pairs() -> Iterator[Pair]:
    articles = {row["id"]: Text(title=row["title"] or "", text=row["body"]) for row in rows("world/articles.jsonl.xz")}
    gold = json.loads((DATA / "world" / "gold.json").read_text())
    half = {family: half_of(source) for family, source in gold["family_source"].items()}
    for family, members in gold["families"].items():
        for one, other in combinations(members, 2):
            yield Pair(kind="one family", one=articles[one], other=articles[other], half=half[family])
    for family, another in gold["must_not_merge"]:
        for one in gold["families"][family]:
            for other in gold["families"][another]:
                yield Pair(kind="must not merge", one=articles[one], other=articles[other], half=half[family])


def _template_pairs() -> Iterator[Pair]:
    for one, other in template_pairs(filled_templates()):
        texts = [Text(title=each.title, text=each.text) for each in (one, other)]
        yield Pair(kind="one template", one=texts[0], other=texts[1])
        yield Pair(
            kind="one template, no titles", one=Text(title="", text=one.text), other=Text(title="", text=other.text)
        )


class _Kept:
    """What each way keeps of the texts, made once."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._kept: dict[Text, object] = {}

    def of(self, text: Text) -> object:
        """Return what is kept of a text."""
        if text not in self._kept:
            self._kept[text] = self._way.keep(text.title, text.text)
        return self._kept[text]

    def joins(self, pair: Pair) -> bool:
        """Return whether the way takes a pair for one."""
        return self._way.same(self.of(pair.one), self.of(pair.other))


def run() -> str:
    """Measure all ways on the same pairs."""
    templates = list(_template_pairs())
    kept = {way.name: _Kept(way) for way in WAYS}
    heading = "### Copies\n\n"
    if not HAS_DATA:
        return f"{heading}{DATA} is not there: only stories on templates are compared.\n\n" + _counts(templates, kept)
    edits = list(rows("dedup/neardup_edits.jsonl.xz"))
    stories = {row["id"]: row for row in rows("dedup/ecbplus_stories.jsonl.xz")}
    texts = {name: Text(title="", text=row["text"]) for name, row in stories.items()}
    edited = list(_edit_pairs(edits))
    others = [*_real_pairs(texts), *_world_pairs(), *templates]
    return heading + "\n\n".join(
        (
            _said(edited, others),
            "Edits joined with their source; in_roundup must not be:",
            _shares(edited, kept),
            _precision(edited, kept),
            "Pairs joined:",
            _counts(others, kept),
            f"Pairs of different stories, wrongly joined: {_crossing(edits, stories, kept)}",
            _candidates([*edited, *others], kept[OURS.name]),
            _cost(list(texts.values()), edited),
        )
    )


def _said(edited: Sequence[Pair], others: Sequence[Pair]) -> str:
    sources = len({pair.one for pair in edited})
    return (
        f"{len(edited)} edits of {sources} articles, {len(others)} other pairs. Thresholds were chosen on half of the "
        "topics (seen); the other was only counted (unseen)."
    )


def _shares(pairs: Sequence[Pair], kept: dict[str, _Kept]) -> str:
    by_kind: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_kind[pair.kind].append(pair)
    lines = []
    for kind, group in by_kind.items():
        ours = [_joined(kept[OURS.name], [pair for pair in group if pair.half == half]) for half in (0, 1)]
        shares = [f"{_joined(one, group)[0] / len(group):.2f}" for one in kept.values()]
        lines.append((kind, *shares, *(f"{yes} of {total}" for yes, total in ours)))
    return grid(("", *kept, "monitor, seen", "monitor, unseen"), lines)


def _joined(one: _Kept, pairs: Sequence[Pair]) -> tuple[int, int]:
    return sum(map(one.joins, pairs)), len(pairs)


def _precision(pairs: Sequence[Pair], kept: dict[str, _Kept]) -> str:
    lines = []
    for name, one in kept.items():
        cells = []
        for halves in ((0,), (1,), (0, 1)):
            mine = [pair for pair in pairs if pair.half in halves]
            right = [one.joins(pair) for pair in mine if pair.kind != ROUND_UP]
            wrong = sum(one.joins(pair) for pair in mine if pair.kind == ROUND_UP)
            precision = sum(right) / ((sum(right) + wrong) or 1)
            cells.append(f"{precision:.3f} / {sum(right) / len(right):.3f}")
        lines.append((name, *cells))
    return grid(("precision / recall of the edits", "seen half", "unseen half", "both"), lines)


def _counts(pairs: Sequence[Pair], kept: dict[str, _Kept]) -> str:
    by_kind: defaultdict[tuple[str, int], list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_kind[pair.kind, pair.half].append(pair)
    lines = []
    for (kind, half), group in sorted(by_kind.items(), key=lambda item: item[0]):
        where = "" if kind.startswith("one template") else (", unseen half" if half else ", seen half")
        lines.append((f"{kind}{where} ({len(group)})", *(str(_joined(one, group)[0]) for one in kept.values())))
    return grid(("", *kept), lines)


def _crossing(edits: Sequence[dict[str, str]], stories: dict[str, dict[str, str]], kept: dict[str, _Kept]) -> str:
    """Return how many pairs of different stories each way joins, of all there are among edits and sources."""
    pool = [(row["family"], row["kind"], _text(row)) for row in edits]
    pool += [(name, "source", Text(title="", text=row["text"])) for name, row in stories.items()]
    told = [stories[family]["story"] for family, _, _ in pool]
    total = sum(1 for one, other in combinations(told, 2) if one != other)
    results = []
    for way in WAYS:
        held = [kept[way.name].of(text) for _, _, text in pool]
        pairs = _brought_up(held) if way is OURS else combinations(range(len(pool)), 2)
        wrong: Counter[bool] = Counter()
        for one, other in pairs:
            if told[one] != told[other] and way.same(held[one], held[other]):
                wrong[ROUND_UP in (pool[one][1], pool[other][1])] += 1
        of_those = f" ({wrong[True]} with a round-up)" if wrong[True] else ""
        results.append(f"{way.name} {wrong[True] + wrong[False]}{of_those}")
    return f"of {total:,}: {', '.join(results)}."


def _brought_up(prints: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Yield all pairs that share enough probes."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    shared: Counter[tuple[int, int]] = Counter()
    for place, kept in enumerate(prints):
        for probe in kept.probes:  # type: ignore[attr-defined]  # what each way keeps is its own; these are prints
            shared.update((before, place) for before in holders[probe])
            holders[probe].append(place)
    return (pair for pair in shared if are_candidates(prints[pair[0]], prints[pair[1]]))


def _candidates(pairs: Iterable[Pair], ours: _Kept) -> str:
    """Return how many pairs that the comparison would join are brought up by their probes."""
    found: Counter[bool] = Counter()
    for pair in pairs:
        one, other = ours.of(pair.one), ours.of(pair.other)
        if copy_score(one, other).is_copy:  # type: ignore[arg-type]  # as above
            found[are_candidates(one, other)] += 1
    return f"Of {found.total()} pairs that compare as copies, {found[True]} are brought up by their probes."


def _cost(texts: Sequence[Text], pairs: Sequence[Pair]) -> str:
    texts, pairs = texts[:MOST_TIMED], pairs[:MOST_TIMED]
    lines = []
    for way in WAYS:
        held = [
            (way.keep(pair.one.title, pair.one.text), way.keep(pair.other.title, pair.other.text)) for pair in pairs
        ]
        keep = cpu_seconds(lambda text, way=way: way.keep(text.title, text.text), texts)
        same = cpu_seconds(lambda both, way=way: way.same(*both), held)
        lines.append((way.name, figure(keep * 1e6), figure(same * 1e6)))
    words = sum(len(text.text.split()) for text in texts) / len(texts)
    return grid((f"CPU, texts of {words:.0f} words", "µs an article", "µs a comparison"), lines)
