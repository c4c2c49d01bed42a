"""A first rule out of a few words, with tests that hold: what `monitor rules new` writes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.config import yaml_marks
from monitor.config.expect import note
from monitor.config.spelling import quoted
from monitor.config.yaml_marks import Scalar
from monitor.errors import Location, Problem
from monitor.model import Article, ArticleId, Rule, RuleId
from monitor.rules.conditions import check_positive, read_condition
from monitor.rules.expression import About, AnyOf, Condition, Place, Term, Within, all_of, make_term
from monitor.rules.format import format_rules
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.leaves import Names
from monitor.rules.lists import read_lists
from monitor.rules.match import RuleSet, WrittenRule
from monitor.rules.regions import read_regions

WORDS = Location("WORDS")  # where problems with the words are
_COUNTRIES = {"US": "US", "USA": "US", "UK": "GB", "UAE": "AE"}  # as headlines write them
_LETTERS = re.compile(r"[A-Z]{2,5}")
_NOTHING = "The weather stays dry."


@dataclass(frozen=True, slots=True)
class _Part:
    """A word as a condition, and an article for which it holds."""

    text: str
    condition: Condition
    example: Article


def draft_rule(
    name: str, words: Sequence[str], roots: Sequence[yaml_marks.Mapping], *, schema: str
) -> tuple[bytes | None, list[Problem]]:
    """Return a file with one rule that asks for all the words, or None and what is wrong with them.

    Args:
        name: the rule's id.
        words: terms and phrases, or short conditions such as list:NAME; what names a list, a region or a country of the
            project becomes that.
        roots: the project's rule files, for their lists and regions.
        schema: the way from the new file to the JSON Schema.
    """
    own: list[Problem] = []  # of other files, and for `rules check` to tell
    names = Names(read_regions(roots, own), {}, own)
    names.lists = read_lists(roots, names)
    problems: list[Problem] = []
    parts = [part for word in words if (part := _read_word(word, replace(names, problems=problems))) is not None]
    if len(parts) < len(words):
        return None, problems
    parts = list({part.text: part for part in parts}.values())
    whole = all_of(part.condition for part in parts)
    if not check_positive(whole, WORDS, replace(names, problems=problems)):
        return None, problems
    examples = [part.example for part in parts]
    match = next((each for each in _joined(examples) if _holds(whole, each, names.gazetteer)), None)
    lacking = [_join([*examples[:number], *examples[number + 1 :]]) for number in reversed(range(len(examples)))]
    others = [*lacking, Article(id=ArticleId("test"), title="", text=_NOTHING)]
    other = next((each for each in others if _written(each) and not _holds(whole, each, names.gazetteer)), None)
    if match is None or other is None:
        note(problems, WORDS, "no example was found for these words together", "write the rule by hand")
        return None, problems
    texts = [part.text for part in parts]
    lines = [
        f"# yaml-language-server: $schema={schema}",
        "rules:",
        f"  - id: {_quoted(name)}",
        f"    title: {_quoted(name.replace('-', ' ').replace('_', ' ').capitalize())}",
        "    severity: low",
        f"    when: {_quoted(texts[0] if len(texts) == 1 else {'all': texts})}",
        "    tests:",
        f"      - match: {_quoted(_written(match))}",
        f"      - no_match: {_quoted(_written(other))}",
    ]
    # The formatter takes away what quotes are not needed.
    formatted, found = format_rules("".join(f"{line}\n" for line in lines).encode(), file=name)
    return formatted, [*problems, *found]


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read_word(word: str, names: Names) -> _Part | None:
    """Return a word as a condition, with an example, or None after noting what is wrong with it."""
    text = _named(word.strip(), names)
    condition = read_condition(Scalar(text, WORDS), names)
    if condition is None:
        return None
    for example in _examples(condition, text, names):
        if _holds(condition, example, names.gazetteer):
            return _Part(text, condition, example)
    note(names.problems, WORDS, f"no example was found for {quoted(text)}", "write terms, list:, region: or country:")
    return None


def _named(word: str, names: Names) -> str:
    """Return list:, region: or country: if the word names one; else the word, of capitals as =WORD."""
    if word in names.lists:
        return f"list:{word}"
    folded = word.casefold()
    for name, region in names.gazetteer.regions.items():
        if folded in (name, name.replace("-", " "), region.title.casefold()):
            return f"region:{name}"
    by_name = {country.casefold(): code for code, country in names.gazetteer.countries.items()}
    code = _COUNTRIES.get(word) or by_name.get(folded)
    if code:
        return f"country:{code}"
    # AI is a word in other languages, WHO in English: in capitals the author means the letters.
    return f"={word}" if _LETTERS.fullmatch(word) else word


def _holds(condition: Condition, article: Article, gazetteer: Gazetteer) -> bool:
    rule = WrittenRule(rule=Rule(id=RuleId("new"), title="new"), condition=condition, at=WORDS)
    return bool(RuleSet([rule], street_words=gazetteer.street_words).match(article))


def _examples(condition: Condition, text: str, names: Names) -> Iterator[Article]:
    """Yield articles for which a condition may hold, likely ones first."""
    nothing = Article(id=ArticleId("test"), title="")
    match condition:
        case Term():
            yield replace(nothing, text=condition.text)
        case Place():
            for place in _places(text.partition(":")[2], names.gazetteer):
                yield replace(nothing, text=f"in {place}")
                yield replace(nothing, text=f"{place}'s government")
            # Georgia is a state as well: then the capital or another name says which is meant.
            known = [name for part in condition.names.parts for name in part.plain]
            for name in sorted(known, key=lambda name: not (name.isascii() and name[0].isupper())):
                yield replace(nothing, text=f"in {make_term(name).text}")
        case About():
            value = condition.values[0]
            yield replace(nothing, language=value)
            yield replace(nothing, source=value)
            yield replace(nothing, tags=(value,))
        case AnyOf():
            for each in condition.conditions:
                yield from _examples(each, text, names)
        case Within():
            for inner in _examples(condition.condition, text.partition(":")[2], names):
                words = inner.text
                yield {
                    "summary": replace(nothing, summary=words),
                    "text": inner,
                    "lead": inner,
                    "author": replace(nothing, authors=(words,)),
                    "url": replace(nothing, url=f"https://www.example.com/{words.replace(' ', '-')}"),
                    "feed": replace(nothing, feed_title=words),
                }.get(condition.field, replace(nothing, title=words))


def _places(name: str, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield names of a country, or of a region and the countries in it."""
    if name.upper() in gazetteer.countries:
        yield gazetteer.countries[name.upper()]
    region = gazetteer.regions.get(name.lower().replace(" ", "-"))
    if region is not None:
        yield from (region.title, *region.names)
        yield from (gazetteer.countries[code] for code in region.countries if code in gazetteer.countries)
        for other in region.regions:
            yield from _places(other, gazetteer)


def _joined(examples: Sequence[Article]) -> Iterator[Article]:
    """Yield all examples in one article: as a sentence, or, if they disturb one another, as several."""
    yield _join(examples)
    yield _join(examples, between=". ")


def _join(examples: Sequence[Article], *, between: str = " ") -> Article:
    def texts(found: Iterator[str]) -> str:
        """Return the texts joined, with a capital letter in front."""
        joined = between.join(filter(None, found))
        return f"{joined[0].upper()}{joined[1:]}" if joined else ""

    text = texts(each.text for each in examples)
    authors = tuple(author for each in examples for author in each.authors)
    return Article(
        id=ArticleId("test"),
        title=texts(each.title for each in examples),
        summary=texts(each.summary for each in examples),
        text=f"{text}." if text else "",
        url=next((each.url for each in examples if each.url), ""),
        language=next((each.language for each in examples if each.language), ""),
        source=next((each.source for each in examples if each.source), ""),
        feed_title=next((each.feed_title for each in examples if each.feed_title), ""),
        authors=authors,
        tags=tuple(tag for each in examples for tag in each.tags),
    )


def _written(article: Article) -> str | Mapping[str, object]:
    """Return an article as a test writes it: its text alone, or its fields."""
    fields: dict[str, object] = {
        "title": article.title,
        "summary": article.summary,
        "text": article.text,
        "url": article.url,
        "language": article.language,
        "source": article.source,
        "feed": article.feed_title,
        "authors": list(article.authors),
        "tags": list(article.tags),
    }
    given = {name: value for name, value in fields.items() if value}
    return article.text if set(given) == {"text"} else given
