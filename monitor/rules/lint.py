"""What an author hardly meant: terms that find nearly everything or nothing of their own, conditions that cannot hold.

Looks at conditions that were read without an error. A false alarm costs more than a miss: who is warned of what was
meant stops reading warnings. So nothing is said of terms in near and same, which have other words around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import re2

from monitor.config.expect import Problems, warn
from monitor.config.spelling import quoted
from monitor.errors import Location
from monitor.rules.contradictions import check_denied, check_languages, countries_of
from monitor.rules.covers import Cover, covers, may_overlap, search_key
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    FieldName,
    Near,
    NoneOf,
    Place,
    Regex,
    Same,
    Score,
    Term,
    Within,
    children,
    conjuncts,
)
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.languages import LANGUAGES, SCRIPTS
from monitor.rules.lexicon import stem_language
from monitor.rules.reading import BODY
from monitor.rules.stopwords import ABBREVIATIONS, WEAK_PLACES, all_stop_words, is_stop_words
from monitor.rules.terms import spellings

_Scoped: TypeAlias = tuple[FieldName | None, Term]
# Headlines in a few languages with hardly a word in common. What matches each of them matches nearly every text.
_SAMPLES = (
    "Leaders gathered quietly before Tuesday's vote in Geneva.",
    "Ouragan: la préfecture du Gard évacue huit villages",
    "Zwölf Bergleute nach Grubenunglück lebend geborgen.",
    "El buque zarpó hacia Cádiz cargado de trigo",
)

_MANY = 20  # conditions side by side
_PHRASE = 3  # words of every text that together are not in every text: to be or not to be
_BOUND_BESIDE_LETTER = re.compile(r"\\b[^\x00-\x7f]|[^\x00-\x7f]\\b")


class _Context(NamedTuple):
    """What is around a condition. A named tuple, for one is made at each any and none of each rule."""

    languages: tuple[str, ...] = ()  # of the articles that come here; empty: any
    required: bool = True  # must hold for the rule to match
    denied: bool = False  # inside none
    placed: bool = False  # inside near, same: other words stand around it
    field: FieldName | None = None


class Linter:
    """Checks rules that share some lists; what it finds out about a list it remembers."""

    def __init__(self, gazetteer: Gazetteer, lists: Mapping[str, AnyOf]) -> None:
        self._gazetteer = gazetteer
        self._nodes = {each.label: each for each in lists.values()}
        self._covers = _Covers(self._nodes)
        self._stop_words: dict[str, tuple[Term, ...]] = {}

    def check(self, condition: Condition, at: Location, problems: Problems) -> None:
        """Note in `problems` what is odd about the condition of a rule, or cannot be; `at` is where the rule is."""
        before = len(problems)
        self._look(condition, _Context(), problems)
        if len(problems) == before and _is_broad(condition):
            languages = next((each.values for each in conjuncts(condition) if isinstance(each, About)), ())
            what = f"every article in {' or '.join(languages)}" if languages else "nearly every article"
            warn(problems, condition.at or at, f"this rule matches {what}", "add the words that you look for")

    def _look(self, node: Condition, around: _Context, problems: Problems) -> None:
        match node:
            case Term():
                check_term(node, problems, around)
            case AnyOf() if node.label:
                self._look_at_list(node, around, problems)
            case AnyOf() | NoneOf():
                self._look_at_any(node, around, problems)
            case AllOf():
                self._look_at_all(node, around, problems)
            case Regex():
                _check_regex(node, around, problems)
            case _:
                self._look_below(node, around, problems)

    def _look_below(self, node: Condition, around: _Context, problems: Problems) -> None:
        match node:
            case AtLeast() | Score():
                _check_twice(node.conditions, problems)
                around = around._replace(required=False)
            case Near() | Same():
                around = around._replace(placed=True)
            case Within():
                _check_field(node, around, problems)
                around = around._replace(field=node.field)
        for each in children(node):
            self._look(each, around, problems)

    def _look_at_all(self, node: AllOf, around: _Context, problems: Problems) -> None:
        _check_twice(node.conditions, problems)
        asked = [each for each in node.conditions if isinstance(each, About) and each.aspect == "language"]
        if asked:
            languages = check_languages(asked, around.languages, required=around.required, problems=problems)
            around = around._replace(languages=languages)
        check_denied(node, required=around.required, covers=self._covers, gazetteer=self._gazetteer, problems=problems)
        for each in node.conditions:
            if around.languages:
                self._check_script(each, around, problems)
            self._look(each, around, problems)

    def _look_at_any(self, node: AnyOf | NoneOf, around: _Context, problems: Problems) -> None:
        conditions = node.conditions
        terms = [each for each in conditions if isinstance(each, Term)]
        if len(terms) < len(conditions):
            _check_twice(conditions, problems)
            self._check_covered(conditions, problems)
        elif len(terms) > 1 and may_overlap(terms):
            _check_terms_twice(terms, problems)
            _check_terms([(None, term) for term in terms], problems)
        inner = _Context(
            languages=around.languages,
            required=False,
            denied=around.denied or isinstance(node, NoneOf),
            placed=around.placed,
            field=around.field,
        )
        for each in conditions:
            self._look(each, inner, problems)

    def _look_at_list(self, node: AnyOf, around: _Context, problems: Problems) -> None:
        if around.placed or around.denied:
            return
        if node.label not in self._stop_words:
            terms = (term for term in node.conditions if isinstance(term, Term))
            self._stop_words[node.label] = tuple(term for term in terms if _is_stop_word(term))
        for term in self._stop_words[node.label]:
            message = f"{quoted(term.text)} of {node.label}, written at {term.at}, stands in nearly every text"
            warn(problems, _place(node), message, "take it out, or use the list in near or same")

    def _check_covered(self, conditions: Sequence[Condition], problems: Problems) -> None:
        """Note terms and places of which one is enough that another one of them finds anyway."""
        terms: list[_Scoped] = []
        places: list[Place] = []
        lists: list[str] = []
        for each in conditions:
            match each:
                case Term():
                    terms.append((None, each))
                case Within(condition=Term() as term):
                    terms.append((each.field, term))
                case Place():
                    places.append(each)
                case AnyOf() if each.label:
                    lists.append(each.label)
        if terms:
            _check_terms(terms, problems)
        for label in lists:
            for field, term in terms:
                found = self._covers[label].find(term) if field in (None, *BODY, "lead") else None
                if found is not None and found is not term:
                    message = f"{quoted(term.label)} is found by {quoted(found.text)} of {label} already"
                    warn(problems, _place(term), message, "delete it")
        if len(places) > 1:
            self._check_places(places, problems)

    def _check_places(self, places: Sequence[Place], problems: Problems) -> None:
        for region in places:
            inside = countries_of(region, self._gazetteer)
            for place in places:
                if place.label in inside:
                    message = f"{place.label} is in {region.label} already"
                    warn(problems, _place(place), message, "delete it")

    def _check_script(self, node: Condition, around: _Context, problems: Problems) -> None:
        """Note a group of which no term can stand in a text of the languages asked for."""
        match node:
            case Term():
                terms: Iterable[Condition] = (node,)
            case AnyOf():
                terms = node.conditions
            case _:
                return
        if all(isinstance(term, Term) and not _may_stand(term, around.languages) for term in terms):
            names = " or ".join(LANGUAGES.get(code.partition("-")[0], code) for code in around.languages)
            what = quoted(node.label) if isinstance(node, Term) else node.label or "any term of this group"
            hint = "add the language to language:, or a term in the letters of one that is there"
            warn(problems, _place(node), f"{what} is not written in the letters of {names}", hint)


class _Covers(dict[str, Cover]):
    """Lists as covers, made when first asked for."""

    def __init__(self, nodes: Mapping[str, AnyOf]) -> None:
        super().__init__()
        self._nodes = nodes

    def __contains__(self, label: object) -> bool:
        return label in self._nodes

    def __missing__(self, label: str) -> Cover:
        cover = self[label] = Cover([term for term in self._nodes[label].conditions if isinstance(term, Term)])
        return cover


_IN_A_LIST = _Context(required=False)


def check_list(plain: Sequence[Term], named: Sequence[Term], problems: Problems) -> None:
    """Note terms of a list that find what was not meant, or nothing of their own.

    Args:
        plain: the terms written in it as they are.
        named: those of its names with aliases. That one is within another is no slip there: evidence has the name.
        problems: where it is noted.
    """
    firsts: dict[tuple[object, ...], Term] = {}
    for term in (*plain, *named):
        check_term(term, problems, _IN_A_LIST)
        first = firsts.setdefault(search_key(term), term)
        if first is term or (first.text != term.text and _is_name(first) and _is_name(term)):
            continue  # two names are two entries, perhaps of two languages: each needs one
        if first.label in (term.label, first.text) or term.label == term.text:
            _warn_of_two(first, term, problems)
        else:
            message = f"{quoted(term.text)} is an alias of both {quoted(first.label)} and {quoted(term.label)}"
            hint = f"evidence calls it {quoted(first.label)} as at {first.at}; keep one of them"
            warn(problems, _place(term), message, hint)
    _check_terms([(None, term) for term in plain if firsts[search_key(term)] is term], problems)


def check_term(term: Term, problems: Problems, around: _Context) -> None:
    """Note a term that is in nearly every text, or finds a word that is not meant."""
    if term.exact or term.stem or around.placed or around.denied:
        if term.stem and around.languages and not any(map(stem_language, around.languages)):
            names = " or ".join(LANGUAGES.get(code, code) for code in around.languages)
            warn(problems, _place(term), f"there are no stems for {names}", f'write "{term.text}*", or list the forms')
        return
    text = term.text
    if text in ABBREVIATIONS:
        _check_abbreviation(term, around.languages, problems)
    elif text in WEAK_PLACES and term.label == text:
        hint = f'write "country:{WEAK_PLACES[text]}", which wants a sign of the country, or "={text}" for any of them'
        message = f"{quoted(text)} is more than a country: people, towns or things have the name"
        warn(problems, _place(term), message, hint)
    elif around is not _IN_A_LIST and _is_stop_word(term):
        capitals = f', or "={text.upper()}" if that is meant' if text.upper() in ABBREVIATIONS else ""
        hint = f"write what else has to stand beside it{capitals}"
        warn(problems, _place(term), f"{quoted(text)} stands in nearly every text", hint)


def _check_abbreviation(term: Term, languages: tuple[str, ...], problems: Problems) -> None:
    where = ABBREVIATIONS[term.text]
    if languages and not {code.partition("-")[0] for code in languages}.intersection(where):
        return
    names = ", ".join(LANGUAGES[code] for code in where)
    message = f"{quoted(term.text)} finds the word {quoted(term.text.lower())} as well ({names})"
    warn(problems, _place(term), message, f'write "={term.text}" to find it in capitals only')


def _is_stop_word(term: Term) -> bool:
    whole = spellings(term.text)[0]
    if whole.partition(" ")[0] not in all_stop_words() or term.exact or term.stem or term.open_start or term.open_end:
        return False
    words = whole.split(" ")
    return len(words) < _PHRASE and term.text not in ABBREVIATIONS and is_stop_words(words)


def _check_twice(conditions: Sequence[Condition], problems: Problems) -> None:
    """Note a condition that is written twice."""
    terms = [each for each in conditions if isinstance(each, Term)]
    if len(terms) > 1 and may_overlap(terms):
        _check_terms_twice(terms, problems)
    if len(conditions) - len(terms) < 2:
        return
    others = [each for each in conditions if not isinstance(each, Term)]
    if len(others) > _MANY:
        # Comparing all pairs would take long, hashing lists of thousands too; so many are names of one kind.
        seen: dict[Condition, Condition] = {}
        others = [each for each in others if isinstance(each, Within | Place | About)]
        others = [each for each in others if not isinstance(each, Within) or isinstance(each.condition, Term)]
        pairs = [(each, seen.setdefault(each, each)) for each in others]
    else:
        pairs = [(each, others[others.index(each)]) for each in others]
    for each, same in pairs:
        if same is not each:
            warn(problems, _place(each), f"this condition is there already, at {same.at}", "delete one of the two")


def _check_terms_twice(terms: Sequence[Term], problems: Problems) -> None:
    firsts: dict[tuple[object, ...], Term] = {}
    for term in terms:
        first = firsts.setdefault(search_key(term), term)
        if first is not term:
            _warn_of_two(first, term, problems)


def _is_name(term: Term) -> bool:
    return term.label == term.text


def _warn_of_two(first: Term, term: Term, problems: Problems) -> None:
    message = f"{quoted(term.text)} is there already, at {first.at}"
    if term.text != first.text:
        message = f"{quoted(term.text)} finds the same as {quoted(first.text)}, at {first.at}"
    warn(problems, _place(term), message, "delete one of the two")


def _check_terms(terms: Sequence[_Scoped], problems: Problems) -> None:
    """Note terms that another one of them finds anyway."""
    if len(terms) > _MANY:
        terms = list({(field, search_key(term)): (field, term) for field, term in reversed(terms)}.values())[::-1]
    alone = [term for _, term in terms]
    if len(terms) < 2 or not may_overlap(alone):
        return
    cover = Cover(alone)
    order = {id(term): (number, field) for number, (field, term) in enumerate(terms)}
    for number, (field, term) in enumerate(terms):
        for wide in cover.all(term):
            its, wide_field = order[id(wide)]
            if wide is term or (wide_field != field and (wide_field is not None or field not in (*BODY, "lead"))):
                continue
            if field == wide_field and search_key(wide) == search_key(term):
                continue  # noted as there already
            if its > number and wide_field == field and covers(term, wide):
                continue  # each finds the other: the later one is noted
            hint = "delete it, or write only the longer one if the other finds too much"
            warn(problems, _place(term), f"{quoted(term.label)} is found by {quoted(wide.label)} already", hint)
            break


def _check_field(node: Within, around: _Context, problems: Problems) -> None:
    if around.field is not None and around.field != node.field:
        message = f'"{node.field}" inside "{around.field}" looks in the {node.field} alone'
        warn(problems, _place(node), message, f'take it out of "{around.field}"')


def _check_regex(node: Regex, around: _Context, problems: Problems) -> None:
    at, pattern = _place(node), node.pattern
    compiled = re2.compile(pattern)
    if not around.denied and all(compiled.search(sample) for sample in _SAMPLES):
        message = f"the regex {quoted(pattern)} matches nearly every text"
        warn(problems, at, message, "ask for letters that are seldom")
    if not pattern.isascii() or any(code.partition("-")[0] != "en" for code in around.languages):
        message = f"of letters RE2's \\w and \\b know a to z only, so {quoted(pattern)} misses others"
        if "\\w" in pattern:
            warn(problems, at, message, "write [\\pL\\pN_] for \\w")
        elif _BOUND_BESIDE_LETTER.search(pattern):
            warn(problems, at, message, "write a term, which is found as a whole word, or (?:^|\\PL) for \\b")


def _may_stand(term: Term, languages: tuple[str, ...]) -> bool:
    """Return whether a term can stand in a text of one of the languages. Latin letters can in any."""
    if term.text.isascii():
        return True
    for letter in term.text:
        if letter >= "\u0370" and letter.isalpha():
            for first, last, written in SCRIPTS:
                if first <= letter <= last:
                    return any(code.partition("-")[0] in written for code in languages)
    return True


def _is_broad(condition: Condition) -> bool:
    """Return whether a condition holds for nearly every article, at least of a language."""
    match condition:
        case AllOf():
            return all(isinstance(each, NoneOf) or _is_broad(each) for each in condition.conditions)
        case AnyOf():
            return not condition.label and any(map(_is_broad, condition.conditions))
        case About():
            return condition.aspect == "language"
        case _:
            return False


def _place(node: Condition) -> Location:
    return node.at or Location("")
