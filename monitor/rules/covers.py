"""Which terms find all that another term finds: truce finds each truce talks, sanction* each of sanctions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import ahocorasick_rs

from monitor.rules.expression import Term
from monitor.rules.terms import as_written, plurals, spellings, word_end, word_start

_MOST = 100  # terms that are looked at because they have letters in common; words of many letters have fewer
_FEW = 40  # terms among which one is found sooner by looking at each than by an automaton


def search_key(term: Term) -> tuple[object, ...]:
    """Return what terms have in common that find the same: Łódź and lodz, but not =Lodz."""
    written = as_written(term.text) if term.exact else term.text if term.stem else ""
    return spellings(term.text), written, term.stem, term.open_start, term.open_end


def covers(wide: Term, narrow: Term) -> bool:
    """Return whether `wide` is found wherever `narrow` is found, in each of its spellings."""
    if wide.stem or narrow.stem:
        return search_key(wide) == search_key(narrow)
    if wide.exact:
        return narrow.exact and _is_within(wide, as_written(wide.text), narrow, as_written(narrow.text))
    forms = _forms(wide)
    return all(any(_is_within(wide, form, narrow, whole) for form in forms) for whole in spellings(narrow.text))


def _forms(term: Term) -> tuple[str, ...]:
    forms = spellings(term.text)
    if term.open_end or not any(form[-1] == "y" for form in forms):
        return forms
    return (*forms, *(other for form in forms for other in plurals(form)))


def _is_within(wide: Term, form: str, narrow: Term, whole: str) -> bool:
    """Return whether a form of `wide` stands as words in a form of `narrow`, whatever an open end of that one holds."""
    plural = not (wide.exact or wide.open_end)
    start = whole.find(form)
    while start >= 0:
        begin = word_start(whole, start, is_open=wide.open_start)
        stop = -1 if begin < 0 else word_end(whole, start + len(form), is_open=wide.open_end, plural=plural)
        if (
            stop >= 0
            and (begin > 0 or wide.open_start or not narrow.open_start)
            and (stop < len(whole) or wide.open_end or not narrow.open_end)
        ):
            return True
        start = whole.find(form, start + 1)
    return False


def may_overlap(terms: Sequence[Term]) -> bool:
    """Return whether one of some terms may find another one; soon told of a few, as most do not."""
    if len(terms) > _FEW:
        return True
    forms = [form for term in terms for form in spellings(term.text)]
    beginnings = [form if form[-1] != "y" else form[:-1] for form in forms]  # party finds parties
    return max(map("\n".join(forms).count, beginnings)) > 1


class Cover:
    """Some terms, asked which of them covers another one. Of thousands it takes no longer than of a few."""

    def __init__(self, terms: Sequence[Term]) -> None:
        if len(terms) > _FEW:
            terms = tuple({search_key(term): term for term in reversed(terms)}.values())
        self.terms = terms
        self._forms: list[str] = []
        self._owners: list[int] = []
        for number, term in enumerate(terms):
            for form in _forms(term):
                self._forms.append(form)
                self._owners.append(number)
        self._automaton = (
            ahocorasick_rs.AhoCorasick(
                self._forms, store_patterns=False, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA
            )
            if len(self._forms) > _FEW
            else None
        )

    def find(self, term: Term) -> Term | None:
        """Return a term that covers `term`."""
        return next(self.all(term), None)

    def all(self, term: Term) -> Iterator[Term]:
        """Yield each term that covers `term`, in no order; `term` itself, too, if it is among them."""
        whole = spellings(term.text)[0]
        if self._automaton is None:
            found = [owner for form, owner in zip(self._forms, self._owners, strict=True) if form in whole]
        else:
            hits = self._automaton.find_matches_as_indexes(whole, overlapping=True)
            found = [self._owners[form] for form, _, end in hits if self._may_end(self._owners[form], whole, end)]
        for owner in islice(dict.fromkeys(found), _MOST):
            if self.terms[owner] is term or covers(self.terms[owner], term):
                yield self.terms[owner]

    def _may_end(self, owner: int, whole: str, end: int) -> bool:
        """Return whether a hit may be the end of a word; soon told of most that are not."""
        after = whole[end : end + 1]
        return self.terms[owner].open_end or after in "se" or not (after.isascii() and after.isalnum())
