"""Wire stories written to a template, made up: the same sentences over other facts, which must stay apart."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import yaml

FILLINGS = 16  # of a template: half about different people and places, half about the same ones on other days


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A headline and a text with <slots>: <n 1 9> is a whole number, <d 1 9> and <c 1 9> have a decimal place."""

    name: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A story made from a template."""

    template: str
    number: int
    title: str
    text: str


_SLOT = re.compile(r"<(?P<kind>[a-z]+)(?P<which>\d?)(?: (?P<low>\d+) (?P<high>\d+))?>")
_ENTITIES = frozenset({"company", "person", "city", "team"})


def filled_templates() -> list[Filled]:
    """Return all templates with all their fillings, the same in every run."""
    read = yaml.safe_load((Path(__file__).parent / "templates.yaml").read_text(encoding="utf-8"))
    pools = {language: read["latin"] | pool for language, pool in read["pools"].items()}
    return [
        _fill(template, number, pools[template.language], entities=number if number < FILLINGS // 2 else FILLINGS)
        for template in (Template(**fields) for fields in read["templates"])
        for number in range(FILLINGS)
    ]


def template_pairs(stories: list[Filled]) -> Iterator[tuple[Filled, Filled]]:
    """Yield all pairs of stories from one template."""
    for one, other in combinations(stories, 2):
        if one.template == other.template:
            yield one, other


def _fill(template: Template, number: int, pools: dict[str, list[str]], *, entities: int) -> Filled:
    """Return a filling; those with the same number of `entities` name the same people and places."""
    of_entities = random.Random(f"{template.name} {entities}")
    of_facts = random.Random(f"{template.name} {number} facts")
    chosen: dict[str, str] = {}

    def filled(found: re.Match[str]) -> str:
        """Return what stands in a slot: a fact of its own at each place, but an entity is one all through."""
        kind = found["kind"]
        if kind == "n":
            return str(of_facts.randint(int(found["low"]), int(found["high"])))
        if kind == "d":
            return f"{of_facts.randint(int(found['low']), int(found['high']))}.{of_facts.randint(1, 9)}"
        if kind == "c":
            return f"{of_facts.randint(int(found['low']), int(found['high']))},{of_facts.randint(1, 9)}"
        name = kind + found["which"]
        if name not in chosen:
            taken = {value for slot, value in chosen.items() if slot.startswith(kind)}
            rng = of_entities if kind in _ENTITIES else of_facts
            chosen[name] = rng.choice([value for value in pools[kind] if value not in taken])
        return chosen[name]

    return Filled(
        template=template.name,
        number=number,
        title=_SLOT.sub(filled, template.title),
        text=_SLOT.sub(filled, template.text),
    )
