"""What the linter says of rules that can be read, and of what it says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import Problem
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.lint import Linter
from monitor.rules.read import read_rules
from monitor.rules.stopwords import WEAK_PLACES
from tests.unit.rules.writing import condition, gazetteer


def findings(folder: Path, text: str, lists: str = "{}", default: str = "") -> list[str]:
    """Return what is said of a rule with this `when:`, one line each, with its column."""
    defaults = f"defaults: {{language: {default}}}\n" if default else ""
    (folder / "a.yaml").write_text(f"{defaults}rules: [{{id: r, tests: [], when: {text}}}]", encoding="utf-8")
    (folder / "lists.yaml").write_text(f"lists: {lists}", encoding="utf-8")
    _, problems = read_rules([folder])
    shift = len("rules: [{id: r, tests: [], when: ")
    return [
        f"{each.at.column - (shift if each.at.file.endswith('a.yaml') else 0)} {each.severity}: {each.message}".replace(
            f"{folder}/", ""
        )
        for each in problems
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("{any: [a b, the]}", '13 warning: "the" stands in nearly every text', id="a stop word"),
        pytest.param("{all: [truce, in der]}", None, id="words of two languages are no stop words"),
        pytest.param("{all: [truce, и в]}", '15 warning: "и в" stands in nearly every text', id="Russian stop words"),
        pytest.param("to be or not to be", None, id="a phrase with rarer words"),
        pytest.param("{all: [truce, us]}", '15 warning: "us" stands in nearly every text', id="us"),
        pytest.param("{all: [truce, US]}", '15 warning: "US" finds the word "us" as well (English)', id="US"),
        pytest.param("{all: [truce, =US]}", None, id="=US is meant"),
        pytest.param("{all: [truce, US], language: de}", None, id="US in German texts is what it looks like"),
        pytest.param(
            "{all: [Rat, UN], language: [fr]}",
            '13 warning: "UN" finds the word "un" as well (French',
            id="UN in French",
        ),
        pytest.param("{all: [truce, war, die, may]}", None, id="words that are stop words in another language"),
        pytest.param("{all: [truce], none: [the]}", None, id="a stop word that is vetoed"),
        pytest.param("{near: {within: 2, ordered: true, of: [not, resign*]}}", None, id="a stop word in near"),
        pytest.param("Jordan", '1 warning: "Jordan" is more than a country', id="a weak place"),
        pytest.param("'country:JO'", None, id="the country itself"),
        pytest.param("=Jordan", None, id="a weak place as it stands"),
        pytest.param("Jordan valley", None, id="a weak place in a phrase"),
        pytest.param("{all: [x1], none: [Georgia]}", None, id="a weak place that is vetoed"),
        pytest.param(
            "{any: [truce talks, truce]}", '8 warning: "truce talks" is found by "truce" already', id="shorter"
        ),
        pytest.param(
            "{any: [truce, truce talks]}", '15 warning: "truce talks" is found by "truce" already', id="order"
        ),
        pytest.param("{any: [sanctions, sanction*]}", '8 warning: "sanctions" is found by "sanction*"', id="wildcard"),
        pytest.param("{any: [sanction, sanctions]}", '18 warning: "sanctions" is found by "sanction"', id="plural"),
        pytest.param("{any: [treaties, treaty]}", '8 warning: "treaties" is found by "treaty"', id="plural in -ies"),
        pytest.param(
            "{any: [sanction, sanction*]}", '8 warning: "sanction" is found by "sanction*"', id="the open one"
        ),
        pytest.param("{any: [WHO x, =WHO x]}", '15 warning: "=WHO x" is found by "WHO x"', id="exact and folded"),
        pytest.param("{any: [=WHO, who else]}", None, id="exact does not find lower case"),
        pytest.param("{any: [truce, Truce]}", '15 warning: "Truce" finds the same as "truce", at a.yaml', id="same"),
        pytest.param("{any: [truce, trucer, atruce]}", None, id="parts of words are other words"),
        pytest.param("{any: [cease-fire, ceasefire]}", '20 warning: "ceasefire" is found by "cease-fire"', id="hyphen"),
        pytest.param(
            "{any: [ceasefire, cease-fire]}", '8 warning: "ceasefire" is found by', id="a term with a hyphen finds more"
        ),
        pytest.param("{any: [ceasefire, cease fire]}", None, id="one word and two"),
        pytest.param("{any: [停火, 停火协议]}", '12 warning: "停火协议" is found by "停火"', id="unspaced"),
        pytest.param("{any: [هدنة, الهدنة]}", '14 warning: "الهدنة" is found by "هدنة"', id="Arabic article"),
        pytest.param(
            "{any: [truce, 'title:truce talks']}", '15 warning: "truce talks" is found by "truce"', id="field"
        ),
        pytest.param("{any: ['title:truce', truce talks]}", None, id="a field does not cover the text"),
        pytest.param("{any: ['title:truce', 'author:truce']}", None, id="other fields"),
        pytest.param("{none: [foot, foot ball], all: [x1]}", '15 warning: "foot ball" is found by', id="in none"),
        pytest.param("{all: [truce, truce talks]}", None, id="both must be there"),
        pytest.param("{all: [truce, Truce]}", '15 warning: "Truce" finds the same as "truce"', id="twice in all"),
        pytest.param("{at_least: 2, of: [aa, bb, aa]}", '28 warning: "aa" is there already', id="twice in of"),
        pytest.param("{near: {within: 9, of: [killed, killed]}}", None, id="twice in near is two places"),
        pytest.param(
            "{all: [{any: [aa, bb]}, cc, {any: [aa, bb]}]}", "35 warning: this condition is there", id="copied"
        ),
        pytest.param("{any: ['country:IL', 'country:IL']}", "22 warning: this condition is there already", id="places"),
        pytest.param(
            "{any: ['country:IL', 'region:middle-east']}", "8 warning: country:IL is in region:middle-east", id="region"
        ),
        pytest.param("{any: ['country:NO', 'region:middle-east']}", None, id="a country elsewhere"),
        pytest.param("{all: ['country:IL', 'region:middle-east']}", None, id="a country and its region"),
        pytest.param(
            "{any: ['list:w', truce talks]}", '18 warning: "truce talks" is found by "truce" of list:w', id="l"
        ),
        pytest.param(
            "{all: [truce], none: [truce]}", '23 error: "truce" must be there and must not: the rule', id="no"
        ),
        pytest.param(
            "{all: [truce talks], none: [truce]}",
            '29 error: "truce talks" must be there, and where it is "truce" is, which must not: the rule can never',
            id="vetoed by a shorter one",
        ),
        pytest.param("{all: [truce], none: [truce talks]}", None, id="vetoed by a longer one"),
        pytest.param("{any: [truce, peace], none: [truce]}", None, id="one of two is vetoed"),
        pytest.param("{any: [aa b, aa c], none: [aa]}", '28 error: "aa c" must be there, and', id="all of any vetoed"),
        pytest.param("{at_least: 2, of: [aa, bb, cc], none: [aa, bb]}", "44 error: ", id="at_least, too few left"),
        pytest.param("{all: ['title:truce'], none: [truce]}", "31 error: ", id="in the title and nowhere"),
        pytest.param("{all: [truce], none: ['title:truce']}", None, id="anywhere but in the title"),
        pytest.param("{all: ['list:w'], none: ['list:w']}", "26 error: ", id="a list and not the list"),
        pytest.param("{all: [truce deal], none: ['list:w']}", "28 error: ", id="vetoed by a list"),
        pytest.param("{all: [peace], none: ['list:w']}", None, id="a list without the word"),
        pytest.param("{all: ['country:IL'], none: ['region:middle-east']}", "30 error: ", id="country, not its region"),
        pytest.param("{all: ['region:middle-east'], none: ['country:IL']}", None, id="a region without a country"),
        pytest.param("{near: {within: 2, of: [aa, bb]}, none: [aa]}", "42 error: ", id="near and not"),
        pytest.param(
            "{any: [x1, {all: [aa], none: [aa]}]}", '31 warning: "aa" must be there and must not: this part', id="part"
        ),
        pytest.param(
            "{all: [{language: en}, {language: fr}, aa]}",
            "35 error: the article must be in en and fr at once: the rule can never match",
            id="two languages",
        ),
        pytest.param("{all: [{language: en}, {language: en-GB}, aa]}", None, id="one language within the other"),
        pytest.param("{all: [aa], language: en, none: [{language: en}]}", "45 error: language en must be", id="not en"),
        pytest.param("{language: [en, fr]}", "12 warning: this rule matches every article in en or fr", id="all of it"),
        pytest.param("{source: reuters.com}", None, id="all of a source"),
        pytest.param("{language: en, source: reuters.com}", None, id="all of a source in English"),
        pytest.param(
            "{title: {all: [aa, 'text:bb']}}", '20 warning: "text" inside "title" looks in', id="nested field"
        ),
        pytest.param("{all: [перемирие], language: en}", '8 warning: "перемирие" is not written in', id="script"),
        pytest.param("{all: [{any: [перемирие, truce]}], language: en}", None, id="one term in its letters is enough"),
        pytest.param("{all: [NATO], language: ru}", None, id="Latin letters stand anywhere"),
        pytest.param("{all: [停火], language: [en, ja]}", None, id="one language of two"),
        pytest.param("{all: [~negotiate], language: zh}", "8 warning: there are no stems for Chinese", id="stem"),
        pytest.param("{all: [~negotiate], language: [zh, en]}", None, id="a stem for one of two"),
        pytest.param("{regex: '[a-z]+'}", '9 warning: the regex "[a-z]+" matches nearly every text', id="any word"),
        pytest.param("{regex: '[0-9]+ (dead|killed)'}", None, id="a regex that is seldom"),
        pytest.param(r"{regex: 'ракет\w+'}", r"9 warning: of letters RE2's \w and \b know a to z only", id="\\w"),
        pytest.param(
            r"{all: [{regex: 'Waffen\w+'}], language: de}", "16 warning: of letters RE2's", id="\\w in German"
        ),
        pytest.param(r"{regex: '\bfoo\w+'}", None, id="\\w in English"),
        pytest.param(
            r"{regex: '\bСША\b'}", "9 warning: of letters RE2's", id="\\b beside a letter that it does not know"
        ),
        pytest.param(r"{regex: '\b[0-9] км'}", None, id="\\b beside a digit"),
    ],
)
def test_what_is_said_of_a_condition(tmp_path: Path, written: str, expected: str | None) -> None:
    found = findings(tmp_path, written, lists="{w: [truce, armistice]}")
    assert [line.startswith(expected or "nothing") for line in found] == ([True] if expected else []), found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("{w: [truce, armistice]}", [], id="a good list"),
        pytest.param("{w: [truce, truce]}", ['20 warning: "truce" is there already'], id="twice"),
        pytest.param("{w: [truce, truce talks]}", ['20 warning: "truce talks" is found by "truce"'], id="covered"),
        pytest.param("{w: [{name: Example, aliases: [Example Works]}]}", [], id="an alias within a name is no slip"),
        pytest.param("{w: [{name: Antony Blinken, aliases: [Blinken]}]}", [], id="nor a name within an alias"),
        pytest.param(
            "{w: [{name: Ann Lee, aliases: [Lee]}, {name: Bo Lee, aliases: [Lee]}]}",
            ['71 warning: "Lee" is an alias of both "Ann Lee" and "Bo Lee"'],
            id="an alias of two",
        ),
        pytest.param("{w: [{name: Ann Lee, aliases: [=Lee]}, {name: Bo Lee, aliases: [Lee]}]}", [], id="= is another"),
        pytest.param("{v: [{name: A1, aliases: [x1]}], w: [{name: B1, aliases: [x1]}]}", [], id="alias in two lists"),
        pytest.param(
            "{w: [{name: Ann, aliases: [Lee, lee]}]}", ['40 warning: "lee" finds the same as "Lee"'], id="same"
        ),
        pytest.param(
            "{w: [{name: minister}, {name: Minister, aliases: [Ministerin]}]}", [], id="names in two languages"
        ),
        pytest.param(
            "{w: [{name: USA, aliases: [US]}]}", ['35 warning: "US" finds the word "us"'], id="US as an alias"
        ),
        pytest.param("{w: [{name: J Smith, aliases: [Jordan]}]}", [], id="a weak place as an alias"),
    ],
)
def test_what_is_said_of_a_list(tmp_path: Path, written: str, expected: list[str]) -> None:
    found = findings(tmp_path, "'list:w'", lists=written)
    assert len(found) == len(expected), found
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True)), found


def test_a_stop_word_in_a_list_matters_where_the_list_is_not_in_near(tmp_path: Path) -> None:
    lists = "{w: [not, never ever]}"
    assert findings(tmp_path, "{near: {within: 3, of: ['list:w', resign*]}}", lists) == []
    assert findings(tmp_path, "{all: ['list:w', resign*]}", lists) == [
        '8 warning: "not" of list:w, written at lists.yaml:1:13, stands in nearly every text'
    ]


def test_a_default_language_contradicts_a_part_that_asks_for_another(tmp_path: Path) -> None:
    found = findings(tmp_path, "{any: [{all: [truce, {language: fr}]}, peace]}", default="en")
    assert [line.partition(": ")[2] for line in found] == [
        "the article must be in en and fr at once: this part of the rule can never hold"
    ]


def test_weak_places_are_weak_in_the_gazetteer_too() -> None:
    places = {name: gazetteer().country(code) for name, code in WEAK_PLACES.items()}
    assert [name for name, place in places.items() for part in place.parts if name in part.plain] == []


def test_a_list_of_thousands_is_looked_at_once(tmp_path: Path) -> None:
    lists = "{w: [" + ", ".join(f"word{number} of list" for number in range(5_000)) + "]}"
    assert findings(tmp_path, "{all: ['list:w', truce], none: [football]}", lists) == []


def test_the_linter_says_nothing_of_what_it_has_no_opinion_on() -> None:
    problems: list[Problem] = []
    for text in (
        "{count: {at_least: 2, of: aa}}",
        "{score: {at_least: 2, terms: {aa: 3}}}",
        "{same: sentence, of: [aa, bb]}",
    ):
        read = condition(text)
        assert read.at is not None
        Linter(Gazetteer(), {}).check(read, read.at, problems)
    assert problems == []
