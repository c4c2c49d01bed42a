"""Prose of made-up words by the number: any two numbers share no name and no rare word; one number can be retold."""

from __future__ import annotations

import random

from tests.support.events import Event

_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
_COMMON = ["the", "of", "and", "in", "for", "with", "on", "after", "that", "was", "will", "at", "said", "a", "by"]
_SENTENCES = 9


def invented(number: int, *, retelling: int = 0) -> Event:
    """Return a report of about 170 words; a retelling has the same words and figures in other sentences."""
    rng = random.Random(number)
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(48)]
    names = ["".join(rng.choices(_SYLLABLES, k=3)).capitalize() for _ in range(8)]
    figures = [str(rng.randrange(100, 100_000)) for _ in range(6)]
    order = random.Random(f"{number}/{retelling}")
    sentences = []
    for _ in range(_SENTENCES):
        picked = [*order.choices(words, k=7), *order.choices(names, k=2), order.choice(figures)]
        order.shuffle(picked)
        woven = [word for pair in zip(picked, order.choices(_COMMON, k=len(picked)), strict=True) for word in pair]
        sentences.append(" ".join(woven)[:1].upper() + " ".join(woven)[1:] + ".")
    title = f"Report {number}: {' '.join(order.sample(words, 3))} in {names[0]}"
    return Event(title=title, text="\n".join(sentences))
