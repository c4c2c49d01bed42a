"""Whether the engine finds exactly what the slow and plain evaluator of the tests finds, over a million pairs."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from bench.rules.corpus import Corpus
from bench.rules.random_rules import RandomRules
from monitor.errors import Location
from monitor.model import Article, ArticleId, Rule, RuleId
from monitor.rules.expression import AllOf, AnyOf, AtLeast, Condition, Count, Near, Same, Term, Within, walk
from monitor.rules.match import RuleSet, WrittenRule
from tests.unit.rules import naive

PAIRS = 1_000_000
OF_EACH = {"English": 240, "Chinese": 100, "Cyrillic": 80, "Bengali": 40, "Arabic": 80}  # articles
MOST_CHARACTERS = 900  # of an article: the plain evaluator takes milliseconds for a term
# Arabic for what news is about, to make up texts of: the data has few.
_ARABIC = """
وقف إطلاق النار هدنة غزة الوزير وزير الخارجية المفاوضات الأسرى الرئيس الحكومة قال أعلن بعد قبل مع في من على إلى عن
المساعدات القافلة الحدود الأمم المتحدة مجلس الأمن قرار اتفاق لبنان سوريا مصر قطر الدوحة القاهرة بيروت الجيش قصف مدينة
"""
_ARABIC_PARTICLES = ("", "", "", "و", "ف", "ب", "ك", "ل", "وال", "بال", "لل", "مُ")
_ARABIC_GAPS = (" ", " ", " ", " ", " ", "، ", ". ", "؟ ", "\n\n", " \u200f", "ـ ", " «", "» ")


@dataclass(slots=True)
class Compared:
    """What came of it."""

    articles: Counter[str] = field(default_factory=Counter)  # by script
    rules: int = 0
    pairs: int = 0
    holding: int = 0
    operators: Counter[str] = field(default_factory=Counter)  # rules with it that hold for something
    differences: list[str] = field(default_factory=list)


def run(corpus: Corpus, pairs: int = PAIRS) -> Compared:
    """Compare."""
    # It folds a field anew for each term; the fold is not what is compared.
    naive.folded_field = cache(naive.folded_field)
    naive._words_before = cache(naive._words_before)
    rng = random.Random(7)
    found = Compared()
    articles: list[Article] = []
    for script, count in OF_EACH.items():
        texts = corpus.english if script == "English" else corpus.others.get(script, ())
        known = list(_articles(texts[:count], script, rng))
        made_up = count - len(known) if script == "Arabic" else 0
        known += _articles([_arabic(rng) for _ in range(made_up)], script, rng)
        found.articles[script] = len(known)
        articles += known
    rng.shuffle(articles)
    maker = RandomRules(articles, rng)
    conditions = [maker.rule() for _ in range(-(-pairs // len(articles)))]
    found.rules, found.pairs = len(conditions), len(conditions) * len(articles)
    _compare(conditions, articles, found)
    return found


def _compare(conditions: Sequence[Condition], articles: Sequence[Article], found: Compared) -> None:
    ruleset = RuleSet(
        WrittenRule(rule=Rule(id=RuleId(str(number))), condition=condition, at=Location("bench"))
        for number, condition in enumerate(conditions)
    )
    held: set[int] = set()
    for article in articles:
        ours = {int(match.rule.id) for match in ruleset.match(article)}
        fields: dict[str, str] = {name: naive.folded_field(article.field(name))[0] for name in naive.BODY}
        plainly = {
            number
            for number, condition in enumerate(conditions)
            if _may_hold(condition, fields) and naive.holds(condition, article)
        }
        found.holding += len(plainly)
        held |= plainly
        for number in sorted(ours ^ plainly):
            who = "only the engine" if number in ours else "only the plain evaluator"
            found.differences.append(f"{who}: {conditions[number]} in {article}")
    for number in held:
        found.operators.update({type(each).__name__ for each in walk(conditions[number])})


def _may_hold(condition: Condition, fields: Mapping[str, str]) -> bool:
    """Return whether the words are there at all, within other words or not: a fast look before the plain one."""
    match condition:
        case Term():
            return condition.stem or any(form in text for form in _forms(condition) for text in fields.values())
        case AllOf() | Near() | Same():
            return all(_may_hold(each, fields) for each in condition.conditions)
        case AnyOf():
            return any(_may_hold(each, fields) for each in condition.conditions)
        case AtLeast():
            return sum(_may_hold(each, fields) for each in condition.conditions) >= condition.count
        case Within() | Count():
            return _may_hold(condition.condition, fields)
        case _:
            return True


@cache
def _forms(term: Term) -> tuple[str, ...]:
    return tuple(form for form, _ in naive._forms(term))


def _articles(texts: Sequence[str], script: str, rng: random.Random) -> Iterator[Article]:
    """Yield articles with a title and a summary, cut out of texts."""
    for number, text in enumerate(texts):
        start = rng.randrange(max(1, len(text) - MOST_CHARACTERS))
        words = re.split(r"(\s+)", text[start : start + MOST_CHARACTERS])
        title, summary = ("".join(words[:each]) for each in (14, 40))
        yield Article(
            id=ArticleId(f"{script} {number}"),
            title=title[:80].strip(),
            summary=summary[len(title[:80]) :][:200].strip(),
            text="".join(words)[len(title[:80]) :].strip(),
            language="en" if script == "English" else "",  # the plain evaluator takes stems by the script
        )


def _arabic(rng: random.Random) -> str:
    words = _ARABIC.split()
    return "".join(rng.choice(_ARABIC_PARTICLES) + rng.choice(words) + rng.choice(_ARABIC_GAPS) for _ in range(90))
