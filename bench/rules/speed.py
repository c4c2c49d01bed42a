"""What a text costs with few and with many rules, by our engine and by others; each in a process of its own."""

from __future__ import annotations

import pickle
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import monitor.rules.fold
import monitor.rules.lexicon
import monitor.rules.reading
from bench.rules import peers
from bench.rules.child import MOST_ROUNDS, in_child, megabytes, microseconds, yardstick
from bench.rules.corpus import Corpus
from bench.rules.hard_set import HardRule, hard_rules, texts_with
from bench.rules.peers import Peer
from monitor.model import Article, ArticleId
from monitor.rules.match import RuleSet

COUNTS = (100, 1_000, 10_000, 100_000)
OTHER_SCRIPTS = 1_000  # rules
FEWEST_TEXTS = 100  # of a script
LONGEST_SECONDS = 20.0  # of CPU for one figure of a peer; the slow get fewer texts
SLOW = 1_000  # rules: more of them one by one take too long to wait for

Task: TypeAlias = "tuple[tuple[str, ...], list[HardRule], Counter[str]]"


@dataclass(slots=True)
class Pass:
    """CPU time of all texts together, in microseconds a text."""

    read: float = 0.0  # fold, split, look up
    holding: float = 0.0  # which rules hold
    evidence: float = 0.0  # the words that say so
    matches: int = 0

    @property
    def decided(self) -> float:
        """As far as the other engines go."""
        return self.read + self.holding

    @property
    def whole(self) -> float:
        """What `RuleSet.match` costs."""
        return self.decided + self.evidence


@dataclass(slots=True)
class Ours:
    """What was measured of our engine."""

    terms: int
    texts: int
    build_seconds: float
    trees_megabytes: float  # of the conditions, as the reader of rules makes them
    megabytes: float  # of the program; with nothing remembered
    remembering_megabytes: float  # more, after all texts
    candidates: float  # rules looked into, a text
    first: Pass  # half of the texts, with nothing remembered before
    unseen: Pass  # the other half, once each
    new_chunks: float  # in a text of that half
    warm: Pass  # all of them again
    forgetful: Pass  # nothing remembered from text to text
    yardstick: float


@dataclass(slots=True)
class Theirs:
    """What was measured of a peer."""

    build_seconds: float
    megabytes: float
    scan: float
    whole: float
    texts: int
    matches: float  # a text
    yardstick: float


@dataclass(slots=True)
class Results:
    """All figures of a run."""

    sizes: dict[int, Ours] = field(default_factory=dict)
    peers: dict[tuple[str, int], Theirs] = field(default_factory=dict)
    scripts: dict[str, tuple[int, Ours, Theirs]] = field(default_factory=dict)


def run(corpus: Corpus, counts: Sequence[int] = COUNTS) -> Results:
    """Measure."""
    results = Results()
    seen = texts_with(corpus.english, "English")
    rules = hard_rules(max(counts), seen, len(corpus.english))
    for count in counts:
        with _task(corpus.english, rules[:count], seen) as task:
            results.sizes[count] = in_child(measure_ours, task)
            for name in _peers(count):
                results.peers[name, count] = in_child(measure_peer, name, task)
    for script, texts in corpus.others.items():
        if len(texts) < FEWEST_TEXTS:
            continue
        seen = texts_with(texts, script)
        with _task(texts, hard_rules(OTHER_SCRIPTS, seen, len(texts)), seen) as task:
            ours = in_child(measure_ours, task)
            results.scripts[script] = len(texts), ours, in_child(measure_peer, _naive_for(script), task)
    return results


def _peers(count: int) -> list[str]:
    names = ["naive", "re2"]
    if count <= SLOW:
        names.append("re")
    if peers.HAS_HYPERSCAN:
        names.append("hyperscan")
    return names


def _naive_for(script: str) -> str:
    return "naive, unspaced" if script == "Chinese" else "naive"


@contextmanager
def _task(texts: tuple[str, ...], rules: list[HardRule], seen: Counter[str]) -> Iterator[Path]:
    """Write what a child needs to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task"
        wanted = {term for rule in rules for term in rule.terms()}
        path.write_bytes(pickle.dumps((texts, rules, Counter({term: seen[term] for term in wanted}))))
        yield path


def _read(task: Path) -> Task:
    found: Task = pickle.loads(task.read_bytes())
    return found


def measure_ours(task: Path) -> Ours:
    """Return what our engine costs."""
    texts, rules, seen = _read(task)
    articles = [Article(id=ArticleId(str(number)), title="", text=text) for number, text in enumerate(texts)]
    before = megabytes()
    written = [rule.written(number) for number, rule in enumerate(rules)]
    with_trees = megabytes()
    started = time.process_time()
    ruleset = RuleSet(written)
    ruleset.match(Article(id=ArticleId(""), title=""))  # automata are made for the first article
    build_seconds = time.process_time() - started
    with_program = megabytes()
    half = len(articles) // 2
    first = _pass(ruleset, articles[:half])
    known = _remembered(ruleset)
    unseen = _pass(ruleset, articles[half:])
    new_chunks = (_remembered(ruleset) - known) / len(articles[half:])
    with_words = megabytes()
    warm = min((_pass(ruleset, articles) for _ in range(MOST_ROUNDS)), key=lambda each: each.whole)
    candidates = sum(_candidates(ruleset, article) for article in articles) / len(articles)
    unit = microseconds(yardstick, texts, budget=1)[0]
    return Ours(
        terms=len(seen),
        texts=len(texts),
        build_seconds=build_seconds,
        trees_megabytes=with_trees - before,
        megabytes=with_program - with_trees,
        remembering_megabytes=with_words - with_program,
        candidates=candidates,
        first=first,
        unseen=unseen,
        new_chunks=new_chunks,
        warm=warm,
        forgetful=_forgetful(ruleset, articles),
        yardstick=unit,
    )


def _pass(ruleset: RuleSet, articles: Sequence[Article]) -> Pass:
    """Return what `ruleset.match` costs, by its parts."""
    clock, program, found = time.process_time, ruleset._program, Pass()
    for article in articles:
        start = clock()
        reading = program.read(article)
        is_read = clock()
        holding = program.holding(reading)
        is_decided = clock()
        matches = [ruleset._match(number, reading) for number in holding]
        is_done = clock()
        found.read += (is_read - start) * 1e6 / len(articles)
        found.holding += (is_decided - is_read) * 1e6 / len(articles)
        found.evidence += (is_done - is_decided) * 1e6 / len(articles)
        found.matches += len(matches)
    return found


def _remembered(ruleset: RuleSet) -> int:
    return sum(len(each.boring) + len(each._entries) for each in ruleset._program._lexicons.values())


def _candidates(ruleset: RuleSet, article: Article) -> int:
    """Return how many rules are looked into."""
    program = ruleset._program
    terms = program.read(article).terms & program._by_term.keys()
    return len(set(program._always).union(*(program._by_term[term] for term in terms)))


def _forgetful(ruleset: RuleSet, articles: Sequence[Article]) -> Pass:
    """Return what texts cost if nothing is remembered from one to the next; the engine is of no use after it."""
    for module in (monitor.rules.fold, monitor.rules.lexicon, monitor.rules.reading):
        setattr(module, "MAX_REMEMBERED", 1)  # noqa: B010 - mypy knows these as constants of other modules
    return _pass(ruleset, articles[: len(articles) // 4])


def measure_peer(name: str, task: Path) -> Theirs:
    """Return what a peer costs."""
    texts, rules, seen = _read(task)
    build: dict[str, Callable[[], Peer]] = {
        "naive": lambda: peers.naive(rules),
        "naive, unspaced": lambda: peers.naive(rules, spaced=False),
        "re": lambda: peers.rule_by_rule(rules),
        "re2": lambda: peers.re2_set(rules, seen),
        "hyperscan": lambda: peers.hyperscan(rules, seen),
    }
    before = megabytes()
    started = time.process_time()
    peer = build[name]()
    build_seconds = time.process_time() - started
    scan, _ = microseconds(peer.scan, texts, budget=LONGEST_SECONDS)
    after = megabytes()
    whole, measured = microseconds(peer.holding, texts, budget=LONGEST_SECONDS)
    matches = sum(len(peer.holding(text)) for text in texts[: min(measured, 100)]) / min(measured, 100)
    unit = microseconds(yardstick, texts, budget=1)[0]
    return Theirs(build_seconds, after - before, scan, whole, measured, matches, unit)
