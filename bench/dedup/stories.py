"""Stories: labelled events of pairs of the same kind, and stories on templates, grouped by us and by other keys."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import mean

from bench.dedup.copies import half_of
from bench.dedup.copy_peers import MIN_SHARED_PROBES, SIMHASH_DISTANCE, simhash
from bench.dedup.templates import filled_templates, template_pairs
from bench.material import HAS_DATA, rows
from bench.table import figure, grid
from monitor.model import Article, ArticleId, Assignment, StoryId
from monitor.remembered import Copy, Look, Story
from monitor.stories.assign import Newcomer, assign_story, story_after
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import SEED, Frequencies, learned
from monitor.stories.story_match import heaviest, may_tell_same
from monitor.stories.terms import read_terms

START = datetime(2026, 3, 2, tzinfo=UTC)
ORDERS = 5
DAYS = 14  # over which events begin, where articles have times
USUAL_LAG, LONGEST_LAG = 18.0, 100.0  # hours from an event to an article about it; these are made up
LEARNT_AT_ONCE = 50  # texts; a daemon waits for more, which a set of hundreds does not have
# As the store finds stories and copies.
MIN_SHARED_TERMS, LEAST_MASS, MOST_CANDIDATES = 2, 0.05, 8
PLAIN_THRESHOLD = 0.38  # of the cosine alone, as it was chosen on such sets before
MANY = 2_000  # open stories
CHANGED = 0.5  # of the words of a text, so that it is another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article, the event that it tells, and the kind of event: two events of a kind must stay apart."""

    newcomer: Newcomer
    event: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How well articles were grouped; shares are 0..1."""

    precision: float
    recall: float
    second: float  # of pairs of articles on two events of a kind: in one story

    @property
    def f(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered of articles, found again as the store does it, but in memory."""

    frequencies: Frequencies = SEED
    copies: dict[str, Copy] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    _probes: dict[int, str] = field(default_factory=dict)  # the last copy that had it
    _heavy: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _waiting: list[Iterable[int]] = field(default_factory=list)

    def look(self, newcomer: Newcomer) -> Look:
        """Return the copies and stories that share most with an article."""
        probes = newcomer.fingerprint.probes
        shared = Counter(self._probes[probe] for probe in probes if probe in self._probes)
        mass: dict[str, list[float]] = defaultdict(list)
        for term, share in heaviest(newcomer.terms, self.frequencies):
            for story in self._heavy.get(term, ()):
                mass[story].append(share)
        alike = {
            story: sum(shares)
            for story, shares in mass.items()
            if len(shares) >= MIN_SHARED_TERMS and sum(shares) >= LEAST_MASS
        }
        return Look(
            copies=tuple(self.copies[copy] for copy in _most(shared) if shared[copy] >= MIN_SHARED_PROBES),
            stories=tuple(self.stories[story] for story in _most(alike)),
        )

    def read(self, newcomer: Newcomer, now: datetime) -> Assignment:
        """Assign an article and remember it."""
        look = self.look(newcomer)
        assignment = assign_story(newcomer, look, self.frequencies, now=now)
        self.remember(newcomer, assignment, look, now)
        return assignment

    def remember(self, newcomer: Newcomer, assignment: Assignment, look: Look, now: datetime) -> None:
        """Keep an article that was assigned."""
        story = story_after(newcomer, assignment, look, self.frequencies, now)
        if story is not None:
            self.stories[story.id] = story
            for term, _ in heaviest(newcomer.terms, self.frequencies):
                self._heavy[term].add(story.id)
        if assignment.copy_of is not None:
            return
        print_ = newcomer.fingerprint
        self.copies[print_.article] = Copy(id=print_.article, story=assignment.story, first=print_, longest=print_)
        for probe in print_.probes:
            self._probes[probe] = print_.article
        self._waiting.append(newcomer.terms.weights)
        if len(self._waiting) >= LEARNT_AT_ONCE:
            counts = learned(self.frequencies, map(frozenset, self._waiting), now)
            self.frequencies = Frequencies(
                version=counts.version, documents=counts.documents, counts=counts.counts, updated=counts.updated
            )
            self._waiting.clear()


def _most(counts: dict[str, float] | Counter[str]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CANDIDATES]


Grouping = Callable[[Sequence[Told], Sequence[datetime]], list[str]]
"""Articles in the order in which they come, with their times → the story of each."""


def ours(told: Sequence[Told], times: Sequence[datetime]) -> list[str]:
    """Return the stories that monitor makes."""
    memory = Memory()
    return [memory.read(each.newcomer, at).story for each, at in zip(told, times, strict=True)]


def by_cosine(told: Sequence[Told], _: Sequence[datetime]) -> list[str]:
    """Return the stories that the cosine of the same terms makes, without copies, gates and fading."""
    stories: list[tuple[str, dict[int, float]]] = []
    found = []
    for each in told:
        weights = SEED.weigh(each.newcomer.terms.weights)
        length = SEED.length(each.newcomer.terms.weights) or 1.0
        unit = {term: weight / length for term, weight in weights.items()}
        scored = [(_dot(unit, centroid) / _dot(centroid, centroid) ** 0.5, name) for name, centroid in stories]
        score, name = max(scored, default=(0.0, ""))
        if score < PLAIN_THRESHOLD:
            name = each.newcomer.article.id
            stories.append((name, unit))
        else:
            centroid = next(centroid for other, centroid in stories if other == name)
            for term, weight in unit.items():
                centroid[term] = centroid.get(term, 0.0) + weight
        found.append(name)
    return found


def _dot(one: dict[int, float], other: dict[int, float]) -> float:
    return sum(one[term] * other[term] for term in one.keys() & other.keys()) or 1e-12


def by_title(told: Sequence[Told], _: Sequence[datetime]) -> list[str]:
    """Return equal headlines as stories; where there is none, the first sentence stands for it."""
    return [each.newcomer.article.title or each.newcomer.article.text.split(". ")[0].lower() for each in told]


def by_simhash(told: Sequence[Told], _: Sequence[datetime]) -> list[str]:
    """Return the first text whose SimHash is near enough as the story."""
    known: list[tuple[int, str]] = []
    found = []
    for each in told:
        kept = simhash("", each.newcomer.article.text)
        near = [name for other, name in known if (kept ^ other).bit_count() <= SIMHASH_DISTANCE]
        found.append(near[0] if near else each.newcomer.article.id)
        known.append((kept, found[-1]))
    return found


WAYS: dict[str, Grouping] = {
    "monitor": ours,
    f"cosine of the same terms ≥ {PLAIN_THRESHOLD}": by_cosine,
    "equal headlines": by_title,
    f"SimHash 64, distance ≤ {SIMHASH_DISTANCE}": by_simhash,
}


def newcomer_of(name: str, text: str, title: str = "") -> Newcomer:
    """Return an article as it is compared."""
    article = Article(id=ArticleId(name), title=title, text=text)
    return Newcomer(article=article, fingerprint=text_print(article), terms=read_terms(article))


def labelled(half: int) -> list[Told]:
    """Return the labelled articles of one half."""
    return [
        Told(newcomer=newcomer_of(row["id"], row["text"]), event=row["story"], kind=row["topic"])
        for row in rows("dedup/ecbplus_stories.jsonl.xz")
        if half_of(row["topic"]) == half
    ]


def arrival(told: Sequence[Told], seed: int, *, timed: bool) -> tuple[list[Told], list[datetime]]:
    """Return articles in a random order, or at random times about their events."""
    chance = random.Random(seed)
    if not timed:
        shuffled = list(told)
        chance.shuffle(shuffled)
        return shuffled, [START] * len(shuffled)
    begins = {event: chance.uniform(0, DAYS * 24) for event in sorted({each.event for each in told})}
    hours = [begins[each.event] + min(LONGEST_LAG, chance.expovariate(1 / USUAL_LAG)) for each in told]
    ordered = sorted(range(len(told)), key=hours.__getitem__)
    return [told[at] for at in ordered], [START + timedelta(hours=hours[at]) for at in ordered]


def scores(told: Sequence[Told], stories: Sequence[str]) -> Scores:
    """Return B-cubed precision and recall, and how often two events of a kind are in one story."""
    together: dict[str, list[int]] = defaultdict(list)
    events: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(told):
        together[stories[at]].append(at)
        events[each.event].append(at)
    precision, recall = [], []
    for at, each in enumerate(told):
        right = len(set(together[stories[at]]).intersection(events[each.event]))
        precision.append(right / len(together[stories[at]]))
        recall.append(right / len(events[each.event]))
    pairs = [
        stories[one] == stories[other]
        for one, other in combinations(range(len(told)), 2)
        if told[one].kind == told[other].kind and told[one].event != told[other].event
    ]
    return Scores(precision=mean(precision), recall=mean(recall), second=mean(pairs))


def _row(name: str, told: Sequence[Told], way: Grouping, *, timed: bool) -> tuple[str, ...]:
    found = []
    for seed in range(ORDERS):
        ordered, times = arrival(told, seed, timed=timed)
        found.append(scores(ordered, way(ordered, times)))
    shown = [mean(getattr(each, part) for each in found) for part in ("precision", "recall", "f")]
    lowest, highest = min(each.f for each in found), max(each.f for each in found)
    second = mean(each.second for each in found)
    return (name, *(f"{share:.3f}" for share in shown), f"{lowest:.3f}–{highest:.3f}", f"{second:.1%}")


def _half_table(half: int, told: Sequence[Told]) -> list[tuple[str, ...]]:
    found = [_row(f"half {half}: {name}", told, way, timed=False) for name, way in WAYS.items()]
    return [*found, _row(f"half {half}: monitor, with times", told, ours, timed=True)]


def templates_together(way: Grouping) -> float:
    """Return the share of pairs of stories on one template that are in one story."""
    filled = filled_templates()
    names = [f"{each.template} {each.number}" for each in filled]
    told = [
        Told(newcomer=newcomer_of(name, each.text, each.title), event=name, kind=each.template)
        for name, each in zip(names, filled, strict=True)
    ]
    story = dict(zip(names, way(told, [START] * len(told)), strict=True))
    pairs = list(template_pairs(filled))
    merged = [
        story[f"{one.template} {one.number}"] == story[f"{other.template} {other.number}"] for one, other in pairs
    ]
    return mean(merged)


def candidates_found(told: Sequence[Told]) -> tuple[int, int]:
    """Return how many articles would join a story if all were compared, and of how many the look holds that story."""
    memory, wanted, found = Memory(), 0, 0
    for each in told:
        look = memory.look(each.newcomer)
        every = may_tell_same(each.newcomer.terms, memory.stories.values(), memory.frequencies, now=START)
        whole = Look(copies=look.copies, stories=tuple(every))
        assignment = assign_story(each.newcomer, whole, memory.frequencies, now=START)
        if assignment.joined == "story":
            wanted += 1
            found += assignment.story in {story.id for story in look.stories}
        memory.remember(each.newcomer, assignment, whole, START)
    return wanted, found


def copies_together(told: Sequence[Told]) -> tuple[int, int]:
    """Return how many real copies there are that share half of the shorter text, and how many are in one story."""
    story = dict(zip((each.newcomer.article.id for each in told), ours(told, [START] * len(told)), strict=True))
    pairs = [row for row in rows("dedup/ecbplus_copy_pairs.jsonl.xz") if row["containment_w4"] >= 0.5]
    pairs = [row for row in pairs if row["a"] in story]
    return len(pairs), sum(story[row["a"]] == story[row["b"]] for row in pairs)


def cost(told: Sequence[Told], others: Sequence[Told], stories: int) -> tuple[float, float, float]:
    """Return the CPU seconds of an article for its terms and its assignment, and the stories that it is compared with.

    The stories are of other texts; where there are too few, half of their words are replaced by others.
    """
    memory, chance = Memory(), random.Random(stories)
    for number in range(stories):
        words = others[number % len(others)].newcomer.article.text.split()
        changed = [f"{word}{number}" if number >= len(others) and chance.random() < CHANGED else word for word in words]
        newcomer = newcomer_of(f"n{number}", " ".join(changed))
        opens = Assignment(story=StoryId(newcomer.article.id), joined="opened")
        memory.remember(newcomer, opens, Look(), START)
    looks = [memory.look(each.newcomer) for each in told]
    started = time.process_time()
    for each in told:
        read_terms(each.newcomer.article)
    terms = time.process_time() - started
    started = time.process_time()
    for each, look in zip(told, looks, strict=True):
        assign_story(each.newcomer, Look(stories=look.stories), memory.frequencies, now=START)
    return terms / len(told), (time.process_time() - started) / len(told), mean(len(look.stories) for look in looks)


def run() -> str:
    """Return the tables."""
    if not HAS_DATA:
        return "### Stories\n\nThe development data is not here."
    halves = [labelled(half) for half in (0, 1)]
    groups = [row for half, told in enumerate(halves) for row in _half_table(half, told)]
    merged = [(name, f"{templates_together(way):.1%}") for name, way in WAYS.items()]
    copies = [copies_together(told) for told in halves]
    found = [candidates_found(told) for told in halves]
    costs = [_cost_row(count, cost(halves[1], halves[0], count)) for count in (20, MANY)]
    about = (
        f"{len(halves[0])} and {len(halves[1])} labelled articles without headlines, two events of a kind in each "
        f"topic; {ORDERS} random orders. Thresholds were chosen on half 0. “With times”: made up, events begin over "
        f"{DAYS} days. “Second events”: pairs of articles on two events of a kind that are in one story."
    )
    beside = (
        f"Real copies (half of the shorter text) in one story: {_of(copies)}. Of the articles that join a story by its "
        f"words, the store's {MOST_CANDIDATES} candidates hold that story for {_of(found)}."
    )
    grouped = grid(("", "B³ P", "R", "F", "F from–to", "second events"), groups)
    templates = grid(("pairs of stories on one template", "in one story"), merged)
    costs_table = grid(("open stories", "µs CPU for terms", "µs CPU to assign", "stories compared"), costs)
    return "\n".join(("### Stories", "", about, "", grouped, "", templates, "", beside, "", costs_table))


def _cost_row(stories: int, costs: tuple[float, float, float]) -> tuple[str, ...]:
    terms, assigning, compared = costs
    return (f"{stories:,}", figure(terms * 1e6), figure(assigning * 1e6), f"{compared:.1f}")


def _of(counts: Sequence[tuple[int, int]]) -> str:
    return " and ".join(f"{found} of {all_}" if all_ else "–" for all_, found in counts)
