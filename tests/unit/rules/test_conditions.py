from __future__ import annotations

import pytest

from tests.unit.rules.writing import complaints


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            "{titel: truce}",
            ['1:2 error: unknown key "titel" in a condition (did you mean "title"?)'],
            id="an unknown key has the nearest one beside it",
        ),
        pytest.param(
            "'titel:truce'",
            ['1:1 error: unknown word "titel" before the colon in "titel:truce" (did you mean "title:truce"?)'],
            id="an unknown word before a colon too",
        ),
        pytest.param(
            "region:midle-east",
            ['1:1 error: unknown region "midle-east" (did you mean "middle-east"?)'],
            id="an unknown region",
        ),
        pytest.param(
            "{country: [IL, UK]}",
            ['1:16 error: unknown country "UK" (did you mean "GB"?)'],
            id="the code of the United Kingdom is GB",
        ),
        pytest.param(
            "country:israel",
            ['1:1 error: unknown country "israel" (did you mean "IL", Israel?)'],
            id="a country by its name is told its code",
        ),
        pytest.param(
            "list:people",
            ['1:1 error: unknown list "people" (no file has lists: yet)'],
            id="a list that is not there",
        ),
        pytest.param(
            "{all: [truce], language: english}",
            ['1:26 error: unknown language "english" (did you mean "en"?)'],
            id="a language by its name is told its code",
        ),
        pytest.param(
            "{all: []}",
            ['1:7 error: "all" has an empty list (write a condition, or delete it)'],
            id="an empty list of conditions",
        ),
        pytest.param(
            "{any: [truce, '', '…']}",
            [
                "1:15 error: an empty term (write a word, or delete it; quote text that begins with #)",
                '1:19 error: the term "…" has no letter or digit to look for ()',
            ],
            id="terms without letters, all of them at once",
        ),
        pytest.param(
            "[truce, hostages]",
            [
                (
                    "1:1 error: a list does not say how many of it must be there "
                    '(write "any: […]" if one of them is enough, "all: […]" if every one must be there)'
                )
            ],
            id="a bare list says neither any nor all",
        ),
        pytest.param(
            "{at_least: 3, of: [aid, talks]}",
            ["1:12 error: at_least 3 of 2 can never hold (ask for fewer, or add conditions)"],
            id="more than there are",
        ),
        pytest.param(
            "{of: [aid, talks]}",
            ['1:2 error: "of" without "at_least" or "same" (write at_least: 2 beside it, or use any)'],
            id="of without a number",
        ),
        pytest.param(
            "sa*",
            ['1:1 error: "sa*" has fewer than 3 letters before its * (it would find every word that begins so)'],
            id="a wildcard after too few letters",
        ),
        pytest.param(
            "nego*ate",
            [
                (
                    '1:1 error: a * inside the term "nego*ate" '
                    "(a * stands only at the beginning or the end of a term, for the rest of the word)"
                )
            ],
            id="a wildcard inside",
        ),
        pytest.param("~negotiate", [], id="a stem"),
        pytest.param("~peace talks", ['1:1 error: ~ is for one word, this is "peace talks"'], id="a stem of two words"),
        pytest.param("~negotiat*", ['1:1 error: both ~ and * in "~negotiat*"'], id="a stem with a wildcard"),
        pytest.param("x" * 10_000, ['1:1 error: a term of 10000 characters: "xxxx'], id="an endless term"),
        pytest.param(
            "a", ['1:1 warning: the term "a" is a single letter (is it meant?)'], id="one letter is a warning"
        ),
        pytest.param(
            "'=who'",
            ['1:1 warning: "=who" is in lower case only (= asks for this case; write "who" to find it in any)'],
            id="exact case in lower case is a warning",
        ),
        pytest.param("'#truce'", [], id="a hashtag"),
        pytest.param(
            "{any: [war, -football]}",
            ['1:13 warning: "-football" begins with a sign that neither denies nor demands the word here'],
            id="a minus that does not deny",
        ),
        pytest.param("{near: {within: 5, of: [aa, bb]}}", [], id="near"),
        pytest.param("{near: {of: [aa, bb]}}", ['1:8 error: near has no "within"'], id="near without within"),
        pytest.param("{near: [aa, bb]}", ["1:8 error: near must be a mapping, found a list"], id="near as a list"),
        pytest.param(
            "{near: {within: few, of: [aa, bb], order: true}}",
            ['1:36 error: unknown key "order" in near (did you mean "ordered"?)', "1:17 error: within must be a whole"],
            id="near with slips",
        ),
        pytest.param("{near: {within: 5, of: [aa]}}", ["1:8 error: near needs from 2 to 8"], id="near of one"),
        pytest.param(
            "{near: {within: 5, of: [aa, {all: [bb, cc]}]}}",
            ["1:29 error: near looks at where words stand"],
            id="near of all",
        ),
        pytest.param(
            "{near: {within: 5, of: ['title:aa', 'text:bb']}}",
            ["1:8 error: the conditions of near look in different fields"],
            id="near over different fields",
        ),
        pytest.param("{same: sentence, of: [aa, {all: [bb, cc]}]}", [], id="same, with all inside"),
        pytest.param(
            "{same: page, of: [aa, bb]}", ['1:8 error: same must be sentence or paragraph, found "page"'], id="page"
        ),
        pytest.param("{same: sentence}", ['1:2 error: "same" without "of"'], id="same of nothing"),
        pytest.param(
            "{same: sentence, of: [aa, {none: [bb]}]}", ["1:34 error: same looks at where"], id="same of none"
        ),
        pytest.param(
            "{same: sentence, at_least: 2, of: [aa, bb]}",
            ['1:2 error: at_least and same with one "of"', '1:18 error: at_least and same with one "of"'],
            id="one of for two",
        ),
        pytest.param("{count: {at_least: 3, of: [aa, bb]}}", [], id="count of a list"),
        pytest.param("{count: {at_least: 3, of: 'regex:[0-9]+ dead'}}", [], id="count of a regex"),
        pytest.param(
            "{count: {at_least: 0, of: aa}}", ["1:20 error: at_least must be from 1 to 1000, found 0"], id="count 0"
        ),
        pytest.param(
            "{count: {at_least: 2, of: {language: en}}}", ["1:27 error: count needs something that stands"], id="count"
        ),
        pytest.param(
            "{score: {at_least: 8, terms: {aa: 5, bbb*: 3, 'list:x': -2}}}", ['1:47 error: unknown list "x"'], id="s"
        ),
        pytest.param(
            "{score: {at_least: 9, terms: {aa: 5, bbb: 3.5}}}",
            ["1:20 error: at_least 9 can never be reached: all terms together have 8.5"],
            id="a score out of reach",
        ),
        pytest.param(
            "{score: {at_least: 9, terms: {aa: 5}, title_factor: 2}}", [], id="a score that a title can reach"
        ),
        pytest.param(
            "{score: {at_least: 0, terms: {aa: 5}}}", ["1:20 error: a score of at least 0"], id="a score of 0"
        ),
        pytest.param(
            "{score: {at_least: 1, terms: {aa: much}}}", ['1:35 error: the weight of "aa" must be'], id="weight"
        ),
        pytest.param(
            "{regex: '(?=x)a'}", ['1:9 error: the regex "(?=x)a" cannot be used: invalid perl'], id="look-around"
        ),
        pytest.param(r"{regex: '(a)\1'}", [r'1:9 error: the regex "(a)\1" cannot be used: invalid escape'], id="back"),
        pytest.param("{regex: 'a*'}", ['1:9 error: the regex "a*" cannot be used: it matches the empty text'], id="a*"),
        pytest.param(
            "{regex: '(i?)truce'}", ['1:9 warning: "(i?)" asks for a letter i that may be missing'], id="(i?)"
        ),
        pytest.param("{regex: 'a{1000}{1000}'}", ["1:9 error: the regex"], id="a bomb"),
        pytest.param(
            "{list: [aaa, bbb], region: [nowhere, sahel], country: [XX]}",
            [
                '1:9 error: unknown list "aaa"',
                '1:14 error: unknown list "bbb"',
                "1:29 error: unknown region",
                "1:56 error",
            ],
            id="every unknown name",
        ),
        pytest.param("{}", ["1:1 error: an empty condition (write a term, or all, any, none)"], id="nothing at all"),
        pytest.param(
            "Mission: Impossible", ['1:1 error: unknown key "Mission" in a condition '], id="a colon makes a key"
        ),
        pytest.param(
            "Mission: Impossible",
            ['1:1 error: unknown key "Mission" in a condition (if it is meant as text, quote it: "Mission: Imp'],
            id="the hint quotes it",
        ),
        pytest.param(
            "{anny: [sa*, {neer: {witin: few, of: [aa, bb]}}]}",
            [
                '1:2 error: unknown key "anny" in a condition (did you mean "any"?)',
                '1:9 error: "sa*" has fewer',
                '1:15 error: unknown key "neer"',
                '1:22 error: unknown key "witin" in near',
                "1:29 error: within must be a whole number",
            ],
            id="errors inside the value of a misspelt key show as well",
        ),
        pytest.param(
            "{at_leest: 3, of: [aa, bb]}", ['1:2 error: unknown key "at_leest"', "1:12 error: at_least 3 of 2"], id="of"
        ),
        pytest.param(
            "{title:truce}", ['1:2 error: unknown key "title:truce" in a condition (write a space after'], id="glued"
        ),
        pytest.param(
            "{title: Bonn, Berlin}",
            ['1:15 error: unknown key "Berlin" in a condition (a comma inside {…} begins a new key'],
            id="a comma in braces",
        ),
        pytest.param("'Mission: Impossible'", [], id="quoted it is a term"),
        pytest.param("'https://example.org'", [], id="an address is a term"),
        pytest.param("{all: [NO, 1:30, yes]}", [], id="YAML's own ideas of values do not apply to terms"),
        pytest.param("{region: [middle-east, Sahel], tags: x, feed: [wire, post]}", [], id="names may be lists"),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_with_its_place(written: str, expected: list[str]) -> None:
    found = complaints(written)
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)
