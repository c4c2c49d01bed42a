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
                "1:15 error: an empty term (write a word, or delete it)",
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
            ['1:2 error: "of" without "at_least" (write at_least: 2 beside it, or use any)'],
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
        pytest.param(
            "~negotiate",
            ['1:1 error: stems such as "~negotiate" are not supported yet (use "*": negotiat*)'],
            id="what comes later says so",
        ),
        pytest.param(
            "a", ['1:1 warning: the term "a" is a single letter (is it meant?)'], id="one letter is a warning"
        ),
        pytest.param(
            "'=who'",
            ['1:1 warning: "=who" is in lower case only (= asks for this case; write "who" to find it in any)'],
            id="exact case in lower case is a warning",
        ),
        pytest.param(
            "{near: {within: 5, of: [a, b]}}",
            [
                (
                    '1:2 error: "near" is not supported yet (what there is: all, any, none, at_least, of, title, '
                    "summary, text, lead, author, url, feed, region, country, list, language, source, tags (see docs"
                )
            ],
            id="operators of the full language say that they are not there yet",
        ),
        pytest.param("{}", ["1:1 error: an empty condition (write a term, or all, any, none)"], id="nothing at all"),
        pytest.param(
            "Mission: Impossible", ['1:1 error: unknown key "Mission" in a condition '], id="a colon makes a key"
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
