"""Operators at their edges. Each line is (text, condition, words found or None, why)."""

from __future__ import annotations

import pytest

from monitor.model import Article, ArticleId
from tests.unit.rules.writing import evidence, words

NOT = None

NEAR = [
    ("talks oil", "{near: {within: 0, of: [talks, oil]}}", ["talks", "oil"], "neighbours have no word in between"),
    ("talks about oil", "{near: {within: 0, of: [talks, oil]}}", NOT, "one word is one too many"),
    ("talks about oil", "{near: {within: 1, of: [talks, oil]}}", ["talks", "oil"], "exactly as many as allowed"),
    ("oil and talks", "{near: {within: 1, of: [talks, oil]}}", ["oil", "talks"], "in any order"),
    ("oil and talks", "{near: {within: 1, of: [talks, oil], ordered: true}}", NOT, "unless the order is asked for"),
    ("talks and oil", "{near: {within: 1, of: [talks, oil], ordered: true}}", ["talks", "oil"], "and then kept"),
    ("talks. Oil fell", "{near: {within: 0, of: [talks, oil]}}", ["talks", "Oil"], "over the end of a sentence"),
    ("talks, — oil", "{near: {within: 0, of: [talks, oil]}}", ["talks", "oil"], "punctuation is no word"),
    ("talks\n\noil", "{near: {within: 0, of: [talks, oil]}}", ["talks", "oil"], "over a paragraph: same asks for less"),
    ("talks cease-fire oil", "{near: {within: 1, of: [talks, oil]}}", NOT, "a compound with a hyphen is two words"),
    ("talks cease-fire oil", "{near: {within: 2, of: [talks, oil]}}", ["talks", "oil"], "and two are counted"),
    ("talks in the U.S. on oil", "{near: {within: 4, of: [talks, oil]}}", ["talks", "oil"], "U.S. is one word"),
    ("talks cost 3.5 oil", "{near: {within: 2, of: [talks, oil]}}", ["talks", "oil"], "so is a decimal"),
    ("Iran's talks' oil", "{near: {within: 0, of: [talks, oil]}}", ["talks", "oil"], "a possessive is no word"),
    ("talks", "{near: {within: 5, of: [talks, talks]}}", NOT, "a term is never near itself"),
    ("foreign minister", "{near: {within: 5, of: [foreign minister, minister]}}", NOT, "nor near a part of itself"),
    (
        "foreign minister meets minister",
        "{near: {within: 1, of: [foreign minister, minister]}}",
        ["foreign minister", "minister"],
        "another one counts",
    ),
    (
        "a1 x b2 x c3",
        "{near: {within: 2, of: [a1, b2, c3]}}",
        ["a1", "b2", "c3"],
        "of three all words in between count",
    ),
    ("a1 x b2 x x c3", "{near: {within: 2, of: [a1, b2, c3]}}", NOT, "together, not gap by gap"),
    ("c3 a1 b2", "{near: {within: 0, of: [a1, b2, c3]}}", ["c3", "a1", "b2"], "three in any order"),
    ("a1 c3 b2", "{near: {within: 1, of: [a1, b2, c3], ordered: true}}", NOT, "three in order"),
    (
        "a1 x x x x b2 x a1",
        "{near: {within: 1, of: [a1, b2]}}",
        ["b2", "a1"],
        "the near one counts, not the first: only it is evidence",
    ),
    (
        "sanctions on crude",
        "{near: {within: 1, of: [sanction*, {any: [crude, '=OPEC']}]}}",
        ["sanctions", "crude"],
        "groups",
    ),
    ("王毅呼吁停火", "{near: {within: 1, of: [王毅, 停火]}}", ["王毅", "停火"], "two characters count as a word"),
    ("王毅今日呼吁停火", "{near: {within: 1, of: [王毅, 停火]}}", NOT, "four are two"),
    ("王毅停火", "{near: {within: 0, of: [王毅, 停火]}}", ["王毅", "停火"], "neighbours in a script without spaces"),
    ("talks in Gaza", "{near: {within: 1, of: [talks, 'country:PS']}}", ["talks", "Gaza"], "a place may be near"),
]
SAME = [
    ("A truce in Gaza.", "{same: sentence, of: [truce, Gaza]}", ["truce", "Gaza"], "one sentence"),
    ("A truce. Gaza waits.", "{same: sentence, of: [truce, Gaza]}", NOT, "two sentences"),
    ("A truce by the U.S. in Gaza.", "{same: sentence, of: [truce, Gaza]}", ["truce", "Gaza"], "U.S. ends no sentence"),
    ("A truce, said Dr. Gaza.", "{same: sentence, of: [truce, Gaza]}", ["truce", "Gaza"], "nor does a title"),
    ("A truce of 2.5 days in Gaza.", "{same: sentence, of: [truce, Gaza]}", ["truce", "Gaza"], "nor a decimal"),
    ("“A truce.” Gaza waits.", "{same: sentence, of: [truce, Gaza]}", NOT, "a closing quote belongs before it"),
    ("停火。加沙等待", "{same: sentence, of: [停火, 加沙]}", NOT, "the full stop of Chinese needs no blank"),
    ("加沙停火。", "{same: sentence, of: [停火, 加沙]}", ["加沙", "停火"], "before it, it is one"),
    (
        "A truce was\nsigned in Gaza.",
        "{same: sentence, of: [truce, Gaza]}",
        ["truce", "Gaza"],
        "a wrapped line goes on",
    ),
    ("Truce at last\nGaza waits", "{same: sentence, of: [truce, Gaza]}", NOT, "a headline needs no full stop"),
    ("A truce.\nGaza waits.\n\nEnd", "{same: paragraph, of: [truce, Gaza]}", ["truce", "Gaza"], "one paragraph"),
    ("A truce.\n\nGaza waits.", "{same: paragraph, of: [truce, Gaza]}", NOT, "a blank line ends it"),
    (
        "A truce.\nGaza waits.",
        "{same: paragraph, of: [truce, Gaza]}",
        NOT,
        "without blank lines, a line is a paragraph",
    ),
    (
        "Truce. Gaza. A truce in Gaza.",
        "{same: sentence, of: [truce, Gaza]}",
        ["truce", "Gaza"],
        "evidence is of that sentence only",
    ),
]
NUMBERS = [
    ("truce, truce", "{count: {at_least: 2, of: truce}}", ["truce", "truce"], "as often as asked for"),
    ("truce", "{count: {at_least: 2, of: truce}}", NOT, "once is not twice"),
    ("truce and ceasefire", "{count: {at_least: 2, of: [truce, ceasefire]}}", ["truce", "ceasefire"], "of a group"),
    ("foreign minister", "{count: {at_least: 2, of: [foreign minister, minister]}}", NOT, "what overlaps counts once"),
    ("7 dead, 12 dead", r"{count: {at_least: 2, of: 'regex:\d+ dead'}}", ["7 dead", "12 dead"], "of a regex"),
    ("truce truce truce", "{at_least: 2, of: [truce, aid, talks]}", NOT, "at_least counts different ones"),
    ("truce, aid", "{at_least: 2, of: [talks, aid, {any: [halt, truce]}]}", ["truce", "aid"], "conditions, not words"),
    ("truce aid", "{score: {at_least: 8, terms: {truce: 5, aid: 3}}}", ["truce", "aid"], "weights add up"),
    ("truce truce", "{score: {at_least: 8, terms: {truce: 5, aid: 3}}}", NOT, "each term once"),
    (
        "truce aid football",
        "{score: {at_least: 8, terms: {truce: 5, aid: 3, football: -1}}}",
        NOT,
        "some are against it",
    ),
    ("truce", "{score: {at_least: 2.5, terms: {truce: 2.5}}}", ["truce"], "fractions"),
]
REGEX = [
    ("At least 12 dead", r"{regex: '\d+ dead'}", ["12 dead"], "on the text as it stands"),
    ("At least 12 Dead", r"{regex: '\d+ dead'}", NOT, "so case matters"),
    ("At least 12 Dead", r"{regex: '(?i)\d+ dead'}", ["12 Dead"], "unless (?i) says otherwise"),
    ("Погибли 12 человек", r"{regex: '\d+ \w+'}", NOT, "\\w is Latin letters only"),
    ("Погибли 12 человек", r"{regex: '\d+ \pL+'}", ["12 человек"], "\\pL is any letter"),
    ("AT&amp;T rose", "{regex: 'AT&T'}", NOT, "entities are not resolved for it"),
    ("magnitude 7.1 quake", r"{regex: 'magnitude [67]\.\d'}", ["magnitude 7.1"], "a magnitude"),
]
STEMS = [
    ("They negotiated.", "~negotiate", ["negotiated"], "an inflected form"),
    ("negotiators met", "~negotiate", ["negotiators"], "a noun of the same stem"),
    ("negotiable", "~negotiate", ["negotiable"], "more than one may wish"),
    ("a ministry", "~minister", NOT, "not every related word has the same stem"),
    ("evacuations", "~evacuate", ["evacuations"], "a plural"),
    ("NEGOTIATING", "~negotiate", ["NEGOTIATING"], "case does not matter"),
    ("ne-gotiate", "~negotiate", NOT, "each word by itself"),
    ("переговоры", "~переговоров", ["переговоры"], "Russian by its script, if the article says no language"),
]


@pytest.mark.parametrize(
    ("text", "written", "expected", "why"),
    [
        pytest.param(*case, id=f"{case[3]}: {case[1]} in {case[0]}".replace("\n", "↵"))
        for case in [*NEAR, *SAME, *NUMBERS, *REGEX, *STEMS]
    ],
)
def test_an_operator_holds_where_it_should(text: str, written: str, expected: list[str] | None, why: str) -> None:
    quoted = written if written.startswith("{") else f"'{written}'"
    assert words(quoted, text) == expected, why


FIELDS = [
    ("talks", "oil", "{near: {within: 5, of: [talks, oil]}}", NOT, "near never crosses a field"),
    ("talks on oil", "", "{title: {near: {within: 1, of: [talks, oil]}}}", ["talks", "oil"], "near within a field"),
    ("", "talks on oil", "{title: {near: {within: 1, of: [talks, oil]}}}", NOT, "not in another"),
    ("talks on oil", "", "{near: {within: 1, of: ['title:talks', oil]}}", ["talks", "oil"], "one operand in a field"),
    ("truce", "Gaza", "{same: sentence, of: [truce, Gaza]}", NOT, "a sentence is in one field"),
    ("truce", "truce", "{count: {at_least: 2, of: truce}}", ["truce", "truce"], "counts go over all fields"),
    ("truce", "", "{score: {at_least: 10, terms: {truce: 5}, title_factor: 2}}", ["truce"], "a title weighs more"),
    ("", "truce", "{score: {at_least: 10, terms: {truce: 5}, title_factor: 2}}", NOT, "a text does not"),
    ("12 dead", "", "{text: 'regex:[0-9]+ dead'}", NOT, "a regex within a field"),
    ("12 dead", "", "{title: 'regex:[0-9]+ dead'}", ["12 dead"], "in the right one"),
]


@pytest.mark.parametrize(
    ("title", "text", "written", "expected", "why"), [pytest.param(*case, id=case[4]) for case in FIELDS]
)
def test_an_operator_keeps_to_fields(title: str, text: str, written: str, expected: list[str] | None, why: str) -> None:
    found = evidence(written, Article(id=ArticleId("a"), title=title, text=text))
    assert (found if found is None else [each.text for each in found]) == expected, why


@pytest.mark.parametrize(
    ("language", "text", "written", "expected"),
    [
        pytest.param("de", "Sie verhandelten lange", "~verhandelt", ["verhandelten"], id="German"),
        pytest.param("ru", "на переговорах", "~переговоры", ["переговорах"], id="Russian"),
        pytest.param("fr", "les négociations", "~négociation", ["négociations"], id="French"),
        pytest.param("es", "negociaciones", "~negociación", ["negociaciones"], id="Spanish"),
        pytest.param("tr", "görüşmeler", "~görüşme", ["görüşmeler"], id="Turkish"),
        pytest.param("zh", "negotiated", "~negotiate", ["negotiated"], id="no stemmer: by the script of the word"),
        pytest.param("en-GB", "negotiated", "~negotiate", ["negotiated"], id="with a region"),
    ],
)
def test_stems_are_those_of_the_articles_language(
    language: str, text: str, written: str, expected: list[str] | None
) -> None:
    found = evidence(f"'{written}'", Article(id=ArticleId("a"), title="", text=text, language=language))
    assert (found if found is None else [each.text for each in found]) == expected
