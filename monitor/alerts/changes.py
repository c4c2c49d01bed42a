"""What a later version says otherwise, enough to tell people again. Pure: what was told before is for the store to say.

Deliberately no change: passages added or cut, new names, another headline alone. Such edits are made all day long.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from monitor.alerts.change_words import (
    AGENCY_REPEATS,
    AGENCY_RETRACTIONS,
    BRACKETED_CORRECTIONS,
    CORRECTED_PHRASES,
    CORRECTIONS,
    DENYING,
    NEGATING,
    RETRACTED_PHRASES,
    RETRACTIONS,
    UPDATES,
)
from monitor.model import Article, Assignment, Change
from monitor.remembered import Claim, Copy, ReplacedFigure, TextPrint

_HEAD = 240  # characters: about 30 words
_TITLE = 500  # characters: the longest that people write have half of it
_MOST_UPDATES = 20  # "UPDATE 20": who numbers further is not believed
_SAME_TITLE = 0.5  # of the smaller headline: below, it is another headline, not the same one with a denial
_VERSIONS = ("article", "address", "text", "copy")  # of one text: in other words, figures cannot be compared
_SAME_ARTICLE = ("article", "address")
MarkKind = Literal["correction", "retraction", "repeat", "update"]


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _is_part(word: str) -> bool:
    """Return whether a word is looked for within others: phrases, and scripts that do not part their words."""
    return (
        " " in word
        or "\u3040" <= word[0] <= "\u30ff"
        or "\u4e00" <= word[0] <= "\u9fff"
        or "\uac00" <= word[0] <= "\ud7a3"
    )


_AGENCY = f"(?-i:{_any_of((*AGENCY_RETRACTIONS, *AGENCY_REPEATS))})"
_MARK = rf"(?P<word>{_any_of((*CORRECTIONS, *RETRACTIONS))}|{_AGENCY})"
_SET_OFF = r"\s{0,3}(?:[-–—:：\])）】〕|/]|$)"
_AT_HEAD = re.compile(rf"[\s*(\[（【〔<«\"“]{{0,4}}{_MARK}(?:\s?\d{{1,2}})?{_SET_OFF}", re.IGNORECASE)
_NUMBERED = re.compile(
    rf"[\s*(\[（【〔]{{0,4}}(?P<word>{_any_of(UPDATES)})\s?(?P<number>\d{{1,2}}){_SET_OFF}", re.IGNORECASE
)
_AT_END = re.compile(rf"[(\[（【]\s?{_MARK}\s?[)\]）】]\s*$", re.IGNORECASE)
_IN_BRACKETS = re.compile(
    rf"[(\[（【]\s?(?:(?:{_any_of(word for word in BRACKETED_CORRECTIONS if not _is_part(word))})(?!\w)"
    rf"|{_any_of(word for word in BRACKETED_CORRECTIONS if _is_part(word))})",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u0dff])+(?:['’][^\W_]+)*")  # with the vowel signs of India
_DENYING_WORDS = frozenset(chain.from_iterable(DENYING.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A word at the head of an article that says that it corrects, withdraws or repeats an earlier one."""

    kind: MarkKind
    number: int = 0  # of an update

    @property
    def facts(self) -> tuple[str, ...]:
        """What an alert remembers of it, itself first; an update stands for all before it."""
        if self.kind != "update":
            return (self.kind,)
        return tuple(f"update {number}" for number in range(self.number, 0, -1))

    @property
    def words(self) -> str:
        """What people read."""
        return f"update {self.number}" if self.kind == "update" else self.kind


def changes(
    article: Article,
    assignment: Assignment,
    fingerprint: TextPrint,
    *,
    earlier: Copy | None,
    replaced: Sequence[ReplacedFigure],
) -> tuple[Claim, ...]:
    """Return what the article says otherwise than the text it joined; whether an alert has told it before is open.

    Args:
        article: the newcomer.
        assignment: how it joined its story.
        fingerprint: its print.
        earlier: the text that it joined.
        replaced: figures of that text that it replaces.
    """
    if assignment.joined == "opened":
        return ()
    claims = [_figure(each) for each in replaced if assignment.joined in _VERSIONS]
    claims += [
        Claim(facts=mark.facts, change=Change(kind="correction", after=(mark.words,))) for mark in marks(article)
    ]
    # Under another headline "not" belongs to another sentence; an outlet's own one may also leave a denial out.
    is_same_title = assignment.joined in _VERSIONS and earlier is not None and _is_same_title(fingerprint, earlier)
    if is_same_title or (assignment.joined in _SAME_ARTICLE and denial(article) in _DENYING_WORDS):
        claims.append(_denial(article))
    return tuple(claims)


def facts(article: Article) -> tuple[str, ...]:
    """Return what an alert knows to be told once it is made of the article."""
    told = [fact for mark in marks(article) for fact in mark.facts]
    return (*told, _denial_fact(denial(article)))


def marks(article: Article) -> tuple[Mark, ...]:
    """Return the marks at the head of headline and text, each kind once."""
    text = article.text or article.summary
    found = [*_marks_of(article.title), *_marks_of(text[:_HEAD]), *_phrases(text[:_HEAD])]
    if at_end := _AT_END.search(article.title[-_HEAD:]):
        found.append(Mark(kind=_kind(at_end["word"])))
    return tuple(dict.fromkeys(found))


def denial(article: Article) -> str:
    """Return the word by which the headline denies, "" if it does not. Unknown languages only deny by their verbs."""
    title = article.title[:_TITLE].casefold()
    language = article.language.partition("-")[0].casefold()
    words: list[str] = [word.replace("'", "").replace("’", "") for word in _WORD.findall(title)]
    denying: Collection[str] = (*DENYING[language], *NEGATING[language]) if language in DENYING else _DENYING_WORDS
    for word, following in pairwise([*words, ""]):
        # "No 10" is an address, and "not only" says yes.
        if word in denying and not (word == "no" and following[:1].isdecimal()) and following != "only":
            return word
    return next((word for word in denying if _is_part(word) and word in title), "")


def _figure(replaced: ReplacedFigure) -> Claim:
    return Claim(
        facts=(f"{replaced.place}={replaced.after}", f"{replaced.place}={replaced.before}"),
        change=Change(kind="figures", before=(replaced.before,), after=(replaced.after,)),
    )


def _denial(article: Article) -> Claim:
    word = denial(article)
    return Claim(facts=(_denial_fact(word),), change=Change(kind="denial", after=(word,) if word else ()))


def _denial_fact(word: str) -> str:
    return "denies" if word else "affirms"


def _is_same_title(fingerprint: TextPrint, earlier: Copy) -> bool:
    for version in (earlier.first, earlier.longest):
        smaller = min(len(fingerprint.title_words), len(version.title_words))
        if smaller and len(fingerprint.title_words & version.title_words) >= _SAME_TITLE * smaller:
            return True
    return False


def _marks_of(head: str) -> Iterable[Mark]:
    if found := _AT_HEAD.match(head):
        yield Mark(kind=_kind(found["word"]))
    if found := _NUMBERED.match(head):
        number = int(found["number"])
        if 0 < number <= _MOST_UPDATES:
            yield Mark(kind="update", number=number)


def _phrases(head: str) -> Iterable[Mark]:
    folded = head.casefold()
    if _IN_BRACKETS.search(head) or any(phrase in folded for phrase in CORRECTED_PHRASES):
        yield Mark(kind="correction")
    if any(phrase in folded for phrase in RETRACTED_PHRASES):
        yield Mark(kind="retraction")


def _kind(word: str) -> MarkKind:
    if word in AGENCY_RETRACTIONS or word.casefold() in RETRACTIONS:
        return "retraction"
    return "repeat" if word in AGENCY_REPEATS else "correction"
