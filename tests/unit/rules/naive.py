"""The rule language evaluated in the slowest and plainest way, to hold the compiled engine against.

Nothing is indexed or remembered: each spelling of a term is searched in the whole folded field, each combination of
occurrences is looked at. Only folding and stemming are shared with the engine; they have tests of their own.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import re2

from monitor.model import Article, ArticleField
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
    Place,
    Regex,
    Same,
    Score,
    Term,
    Within,
)
from monitor.rules.fold import fold_chunk, fold_term, map_chunk
from monitor.rules.lexicon import stem, stems_in
from monitor.sentences import paragraph_ends, sentence_ends

BODY: tuple[ArticleField, ...] = ("title", "summary", "text")
UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff]"
)
ARABIC_PARTICLES = {"".join(each) for each in itertools.product(("", "و", "ف"), ("", "ب", "ك", "ل"), ("", "ال"))} | {
    *("لل", "ولل", "فلل"),
}


class Spot(NamedTuple):
    """An occurrence: the field, start and end in the folded field, start in the original one."""

    field: str
    start: int
    end: int
    original: int
    last: int


def holds(condition: Condition, article: Article, fields: tuple[FieldName, ...] = BODY) -> bool:
    """Whether a condition holds for an article."""
    match condition:
        case Term() | Regex():
            return bool(occurrences(condition, article, fields))
        case Within():
            return holds(condition.condition, article, (condition.field,))
        case AllOf():
            return all(holds(each, article, fields) for each in condition.conditions)
        case AnyOf():
            return any(holds(each, article, fields) for each in condition.conditions)
        case NoneOf():
            return not any(holds(each, article, fields) for each in condition.conditions)
        case AtLeast():
            return sum(holds(each, article, fields) for each in condition.conditions) >= condition.count
        case Near():
            several = [occurrences(each, article, fields) for each in condition.conditions]
            return any(_is_near(chosen, condition, article) for chosen in itertools.product(*several))
        case Same():
            several = [occurrences(each, article, fields) for each in condition.conditions]
            return any(_is_same(chosen, condition, article) for chosen in itertools.product(*several))
        case Count():
            spans = sorted(
                (each.field, each.original, each.last) for each in occurrences(condition.condition, article, fields)
            )
            count, reached = 0, ("", 0)
            for name, start, end in spans:
                if name != reached[0] or start >= reached[1]:
                    count, reached = count + 1, (name, end)
            return count >= condition.count
        case Score():
            total = 0.0
            for each, weight in zip(condition.conditions, condition.weights, strict=True):
                if holds(each, article, fields):
                    total += weight * (condition.title_factor if holds(each, article, ("title",)) else 1)
            return total >= condition.at_least
        case About():
            assert condition.aspect == "language"
            return article.language in condition.values
        case Place():
            raise NotImplementedError("places have tests of their own")


def occurrences(condition: Condition, article: Article, fields: tuple[FieldName, ...]) -> list[Spot]:
    """All places of the terms of a condition."""
    match condition:
        case Term():
            return [place for name in fields for place in _in_field(condition, article, name)]
        case Regex():
            found: list[Spot] = []
            for name in fields:
                assert name != "lead"
                matches = re2.finditer(condition.pattern, article.field(name))
                found += [Spot(name, 0, 0, each.start(), each.end()) for each in matches]
            return found
        case Within():
            return occurrences(condition.condition, article, (condition.field,))
        case AnyOf():
            return [place for each in condition.conditions for place in occurrences(each, article, fields)]
        case _:
            raise NotImplementedError(type(condition))


def folded_field(text: str) -> tuple[str, list[int], list[int]]:
    """The folded field as one string, and where each of its characters began and ended in the original."""
    starts: list[int] = []
    ends: list[int] = []
    folded, at = "", 0
    for part in re.split(r"(\n[^\S\n]*\n)", text):
        if re.fullmatch(r"\n[^\S\n]*\n", part):
            folded, starts, ends = folded + " \x00", [*starts, at, at], [*ends, at, at]
        for chunk in re.finditer(r"\S+", part):
            mapped = map_chunk(chunk[0])
            assert mapped.text == fold_chunk(chunk[0])
            if mapped.text:
                folded += " " + mapped.text
                starts += [at, *(at + chunk.start() + each for each in mapped.starts)]
                ends += [at, *(at + chunk.start() + each for each in mapped.ends)]
        at += len(part)
    return folded, starts, ends


def _in_field(term: Term, article: Article, name: FieldName) -> list[Spot]:
    names: tuple[ArticleField, ...] = BODY if name == "lead" else (name,)
    found = []
    for each in names:
        text = article.field(each)
        folded, starts, ends = folded_field(text)
        for start, end in sorted(set(_found(term, folded))):
            first, last = starts[start], ends[end - 1]
            if term.exact and _plain(text[first:last]) != term.text:
                continue
            if name == "lead" and each == "text" and _words_before(folded, start) >= 80:
                continue
            found.append(Spot(each, start, end, first, last))
    return found


def _found(term: Term, text: str) -> list[tuple[int, int]]:
    """Where a term stands in a folded text."""
    if term.stem:
        words = re.finditer(r"(?:[^\W\d_]|[\u0900-\u0963\u0970-\u0dff])+", text)
        return [each.span() for each in words if stem(term.text, "") in stems_in(each[0], "")]
    return [span for form, plural in _forms(term) for span in _of_form(term, form, text, plural=plural)]


def _forms(term: Term) -> Iterator[tuple[str, bool]]:
    """Each way to write a term, and whether a plural may follow."""
    parts = re.split(r"(?<=\w)[-\u2010-\u2013·・](?=\w)", term.text)
    for glue in itertools.product(("", " "), repeat=len(parts) - 1):
        form = fold_term("".join(part + joint for part, joint in zip(parts, (*glue, ""), strict=True)))
        plural = not (term.exact or term.open_end)
        if plural and re.search("[a-z]{2}[bcdfghjklmnpqrstvwxz]y$", form):
            yield f"{form[:-1]}ies", False
        yield form, plural
        if "\u0620" <= form[:1] <= "\u06ff":
            if re.match("ال...", form):
                yield re.sub("^الل?", "لل", form), plural
            if form.count(" ") == 1:
                yield form.replace(" ", ""), plural
        elif " " in form or "." in form:
            abbreviation = r"\b(mr|mrs|ms|dr|st|ste|sen|gen|gov|rep|prof|lt|col|capt|sgt|jr|sr|[a-z])\.? "
            yield from ((re.sub(abbreviation, rf"\1{stop} ", form), plural) for stop in (".", ""))
            yield form.removesuffix(".") if len(form) > 2 else form, plural


def _of_form(term: Term, form: str, text: str, *, plural: bool) -> Iterator[tuple[int, int]]:
    for each in re.finditer(f"(?={re.escape(form)})", text):
        begin, end = _begin(term, text, each.start()), _end(term, text, each.start() + len(form), plural=plural)
        if begin >= 0 and end:
            yield begin, end


def _begin(term: Term, text: str, start: int) -> int:
    if _splits(text[max(0, start - 1) : start], text[start]):
        return -1 if _is_number(text[max(0, start - 2) : start + 1]) and not term.open_start else start
    begin = start
    while begin and not _splits(text[begin - 1], text[begin]):
        begin -= 1
    if term.open_start:
        return begin
    return start if text[begin:start] in ARABIC_PARTICLES else -1


def _end(term: Term, text: str, end: int, *, plural: bool) -> int:
    rest = itertools.takewhile(lambda pair: not _splits(*pair), itertools.pairwise(text[end - 1 :]))
    tail = "".join(pair[1] for pair in rest)
    if term.open_end or not (tail or _is_number(text[end - 1 : end + 2])):
        return end + len(tail)
    endings = set()
    if plural and re.search("[a-z]{3}$", text[:end]):
        endings = {"es"} if text[end - 1] == "s" else {"s", "es"} if re.search("(x|z|ch|sh|o)$", text[:end]) else {"s"}
    return (
        end + len(tail)
        if tail in endings and not re.search(r"\b(aids|hamas|hans|news)$", text[: end + len(tail)])
        else 0
    )


def _is_number(text: str) -> bool:
    return re.fullmatch("[0-9][.,][0-9]", text) is not None


def _splits(left: str, right: str) -> bool:
    """Whether a word may end between two characters."""
    if not left or not right or not (_in_word(left) and _in_word(right)):
        return True
    return bool(UNSPACED.match(left) or UNSPACED.match(right))


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _plain(text: str) -> str:
    for typographic, typed in (
        ("[\u2010-\u2013]", "-"),
        ("[‘’ʼ]", "'"),
        ("[“”]", '"'),
        ("[\u00ad\u200b-\u200f\u2060\ufeff]", ""),
    ):
        text = re.sub(typographic, typed, text)
    return " ".join(text.split())


def _words_before(folded: str, position: int) -> float:
    """How many words begin before a position; a Chinese character is half of one."""
    total = 0.0
    for word in re.finditer(
        r"(?:[^\W_]|[\u0900-\u0963\u0970-\u0dff])+(?:[.,'][^\W_]+)*", re.sub(UNSPACED, " ", folded)
    ):
        total += word.start() < position
    return total + sum(each.start() < position for each in re.finditer(UNSPACED, folded)) / 2


def _is_near(chosen: tuple[Spot, ...], near: Near, article: Article) -> bool:
    if len({place.field for place in chosen}) != 1:
        return False
    ordered = sorted(chosen, key=lambda place: place.start)
    if near.ordered and list(chosen) != ordered:
        return False
    folded, _, _ = folded_field(article.field(chosen[0].field))  # type: ignore[arg-type]
    between = 0.0
    for left, right in itertools.pairwise(ordered):
        if left.end > right.start:
            return False
        between += _words_before(folded, right.start) - _words_before(folded, left.end)
    return between <= near.within


def _is_same(chosen: tuple[Spot, ...], same: Same, article: Article) -> bool:
    if len({place.field for place in chosen}) != 1:
        return False
    text = article.field(chosen[0].field)  # type: ignore[arg-type]
    ends = sentence_ends(text) if same.unit == "sentence" else paragraph_ends(text)
    return len({sum(end <= place.original for end in ends) for place in chosen}) == 1
