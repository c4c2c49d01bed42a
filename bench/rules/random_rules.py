"""Random rules of the whole language, of words as they stand in texts; most are made to hold for some text."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from monitor.model import Article
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Count,
    FieldName,
    Near,
    NoneOf,
    Regex,
    Same,
    Score,
    Term,
    Within,
    make_term,
)

_EDGES = "\"'“”‘’«».,:;!?()[]…。、，！？（）「」『』؟،؛।—–-*=~"
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_FIELDS: tuple[FieldName, ...] = ("title", "summary", "text", "lead")
_TOO_COMMON = 0.2  # of the articles: the naive evaluator tries every combination of places


class RandomRules:
    """Makes conditions out of articles' words."""

    def __init__(self, articles: Sequence[Article], rng: random.Random) -> None:
        self._rng = rng
        self._chunks = [f"{each.title} {each.summary} {each.text}".split() for each in articles]
        seen: dict[str, int] = {}
        for chunks in self._chunks:
            for word in {self._bare(chunk) for chunk in chunks}:
                seen[word] = seen.get(word, 0) + 1
        self._common = {word for word, times in seen.items() if times > _TOO_COMMON * len(articles) or len(word) < 2}
        self._home = self._chunks[0]

    def rule(self) -> Condition:
        """Return a condition that something must be there for."""
        rng = self._rng
        self._home = rng.choice(self._chunks)
        condition = self._one()
        if rng.random() < 0.1:
            condition = AllOf(conditions=(condition, NoneOf(conditions=(self._group(),))))
        return condition

    def _one(self) -> Condition:
        rng = self._rng
        match rng.choices(range(10), (30, 20, 8, 7, 5, 6, 8, 3, 4, 9))[0]:
            case 0:
                return AllOf(conditions=self._groups(2, 3))
            case 1:
                within, ordered = rng.choice((0, 1, 3, 10, 25)), rng.random() < 0.3
                return Near(within=within, ordered=ordered, conditions=self._groups(2, 3))
            case 2:
                return Same(unit=rng.choice(("sentence", "paragraph")), conditions=self._groups(2, 2))
            case 3:
                return AtLeast(count=2, conditions=self._groups(2, 4))
            case 4:
                return Count(count=rng.randint(2, 3), condition=self._group())
            case 5:
                weights = tuple(float(rng.choice((-4, 2, 3, 5))) for _ in range(3))
                factor = rng.choice((1, 3))
                return Score(at_least=5, conditions=self._groups(3, 3), weights=weights, title_factor=factor)
            case 6:
                return AllOf(conditions=(Within(field=rng.choice(_FIELDS), condition=self._group()), self._group()))
            case 7:
                pattern = "(?i)" + re.escape(self._word()[:6]) + r"[^.]{0,20}\b"
                return AllOf(conditions=(Regex(pattern=pattern), self._group()))
            case 8:
                return AllOf(conditions=(About(aspect="language", values=("en",)), *self._groups(1, 2)))
            case _:
                return AnyOf(
                    conditions=(AllOf(conditions=self._groups(2, 2)), Near(within=5, conditions=self._groups(2, 2)))
                )

    def _groups(self, fewest: int, most: int) -> tuple[Condition, ...]:
        return tuple(self._group() for _ in range(self._rng.randint(fewest, most)))

    def _group(self) -> Condition:
        terms = tuple(self._term() for _ in range(self._rng.choice((1, 1, 2, 3))))
        return terms[0] if len(terms) == 1 else AnyOf(conditions=terms)

    def _term(self) -> Term:
        """Return a word of an article, or some in a row, in one of the ways to write a term."""
        word = self._word()
        match self._rng.choices(range(6), (70, 6, 6, 6, 4, 8))[0]:
            case 1 if len(word) > 4:
                return make_term(f"{word[: len(word) // 2 + 1]}*")
            case 2 if len(word) > 5:
                return make_term(f"*{word[len(word) // 2 - 1 :]}")
            case 3:
                return make_term(f"={word}")
            case 4 if word.isascii() and word.isalpha():
                return make_term(f"~{word}")
            case 5:
                return make_term(word.replace(" ", "-"))
            case _:
                return make_term(word)

    def _word(self) -> str:
        rng = self._rng
        for _ in range(50):
            chunks = self._home if rng.random() < 0.9 else rng.choice(self._chunks)
            at = rng.randrange(len(chunks))
            words = [self._bare(chunk) for chunk in chunks[at : at + rng.choices((1, 2, 3), (80, 15, 5))[0]]]
            if _UNSPACED.search(words[0]):
                start = rng.randrange(len(words[0]))
                words = [self._bare(words[0][start : start + rng.randint(2, 4)])]
            word = " ".join(words)
            if all(words) and word not in self._common and any(map(str.isalnum, words[0])):
                return word
        return "Gaza"

    @staticmethod
    def _bare(chunk: str) -> str:
        return chunk.strip(_EDGES)
