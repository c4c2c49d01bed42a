"""The one-line form: the same trees as the YAML form, and errors at the character."""

from __future__ import annotations

import pytest

from tests.unit.rules.writing import complaints, condition


@pytest.mark.parametrize(
    ("query", "written"),
    [
        pytest.param("truce", "truce", id="a term"),
        pytest.param("truce AND Gaza", "{all: [truce, Gaza]}", id="AND is all"),
        pytest.param("truce OR Gaza OR aid", "{any: [truce, Gaza, aid]}", id="OR is any"),
        pytest.param("truce NOT football", "{all: [truce], none: [football]}", id="NOT is none"),
        pytest.param("truce AND NOT football", "{all: [truce], none: [football]}", id="AND NOT too"),
        pytest.param("truce NOT a1 NOT b2", "{all: [truce], none: [a1, b2]}", id="several NOT"),
        pytest.param("truce OR NOT football", "{any: [truce, {none: [football]}]}", id="OR NOT"),
        pytest.param("(truce OR aid) AND Gaza", "{all: [{any: [truce, aid]}, Gaza]}", id="brackets"),
        pytest.param("((truce))", "truce", id="needless brackets"),
        pytest.param('"foreign minister" AND Gaza', "{all: [foreign minister, Gaza]}", id="a phrase in quotes"),
        pytest.param("“foreign minister” AND Gaza", "{all: [foreign minister, Gaza]}", id="in curly quotes"),
        pytest.param('="World Bank"', "=World Bank", id="an exact phrase"),
        pytest.param("negotiat* AND =WHO AND ~talk", "{all: [negotiat*, =WHO, ~talk]}", id="signs"),
        pytest.param('"oil tanker"*', "oil tanker*", id="an open phrase"),
        pytest.param("title:truce", "title:truce", id="a field"),
        pytest.param('title:"foreign minister"', "title:foreign minister", id="a phrase in a field"),
        pytest.param("title:(truce OR aid)", "{title: {any: [truce, aid]}}", id="a field before brackets"),
        pytest.param("feed:(wire OR daily)", "{feed: {any: [wire, daily]}}", id="a feed before brackets"),
        pytest.param("country:QA AND region:gulf", "{all: ['country:QA', 'region:gulf']}", id="places"),
        pytest.param("language:en AND truce", "{all: ['language:en', truce]}", id="properties"),
        pytest.param("talks NEAR/5 oil", "{near: {within: 5, of: [talks, oil]}}", id="NEAR"),
        pytest.param("talks ONEAR/0 oil", "{near: {within: 0, of: [talks, oil], ordered: true}}", id="ONEAR"),
        pytest.param("a1 NEAR/5 b2 NEAR/5 c3", "{near: {within: 5, of: [a1, b2, c3]}}", id="three near one another"),
        pytest.param("a1 NEAR/5 b2 AND c3", "{all: [{near: {within: 5, of: [a1, b2]}}, c3]}", id="NEAR before AND"),
        pytest.param("NOT a1 NEAR/5 b2 AND c3", "{none: [{near: {within: 5, of: [a1, b2]}}], all: [c3]}", id="and NOT"),
        pytest.param(
            '(envoy OR title:mediator) NEAR/15 (talks OR negotiat*) AND country:QA NOT "job talks"',
            "{all: [{near: {within: 15, of: [{any: [envoy, 'title:mediator']}, {any: [talks, negotiat*]}]}}, "
            "'country:QA'], none: [job talks]}",
            id="all of it",
        ),
        pytest.param(
            "ANDROID OR NOTE OR NEARBY", "{any: [ANDROID, NOTE, NEARBY]}", id="words that begin like operators"
        ),
        pytest.param("cease-fire OR U.S. OR O'Brien", '{any: [cease-fire, U.S., "O\'Brien"]}', id="signs inside words"),
        pytest.param("停火 AND 王毅", "{all: [停火, 王毅]}", id="other scripts"),
    ],
)
def test_a_query_is_the_same_tree_as_the_yaml(query: str, written: str) -> None:
    quoted = query.replace("'", "''")
    assert condition(f"{{query: '{quoted}'}}") == condition(written)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("a1 AND b2 OR c3", "1:20 error: AND and OR mixed without brackets", id="mixed"),
        pytest.param("a1 OR b2 NOT c3", "1:19 error: AND and OR mixed without brackets", id="OR and NOT mixed"),
        pytest.param("ceasefire talks", "1:20 error: two terms side by side", id="side by side"),
        pytest.param("truce and aid", '1:16 error: "and" is a word like others here', id="and in small letters"),
        pytest.param("truce near/5 aid", '1:16 error: "near/5" is a word', id="near in small letters"),
        pytest.param("(truce", '1:10 error: a "(" that is never closed', id="open bracket"),
        pytest.param("truce)", '1:15 error: a ")" without "("', id="closing bracket"),
        pytest.param("title:(truce", '1:16 error: a "(" that is never closed', id="open bracket of a field"),
        pytest.param('"truce', "1:10 error: a quotation mark that is never closed", id="open quote"),
        pytest.param("truce AND", '1:19 error: nothing after "AND"', id="ends early"),
        pytest.param("AND truce", "1:10 error: AND without a term before it", id="begins late"),
        pytest.param("()", '1:11 error: nothing after "("', id="empty brackets"),
        pytest.param("truce NEAR aid", "1:16 error: NEAR without a number", id="NEAR without number"),
        pytest.param("a1 NEAR/x b2", "1:13 error: NEAR without a number", id="NEAR with a word"),
        pytest.param("a1 NEAR/5000 b2", "1:13 error: NEAR/5000: at most 1000 words", id="NEAR too far"),
        pytest.param(
            "title: truce", '1:10 error: nothing after "title:" (write title:truce)', id="blank after the colon"
        ),
        pytest.param("truce W/5 aid", '1:16 error: "W/5" is of another tool (here: NEAR/5)', id="another tool's near"),
        pytest.param("truce adj5 aid", '1:16 error: "adj5" is of another tool (here: ONEAR/5)', id="in order"),
        pytest.param("truce | aid", '1:16 error: "|" is of another tool (here: OR)', id="a bar for OR"),
        pytest.param("truce -aid", '1:16 error: "-aid" is of another tool (here: NOT aid)', id="minus for NOT"),
        pytest.param("truce AND -aid", '1:20 error: "-aid" is of another tool (here: NOT aid)', id="minus after AND"),
        pytest.param('"aid truce"~5', '1:21 error: "~5" is of another tool', id="a phrase with room"),
        pytest.param("a1 NEAR/5 b2 NEAR/6 c3", "1:23 error: NEAR/5 and NEAR/6 in a row", id="different NEAR"),
        pytest.param("a1 NEAR/5 (b2 AND c3)", "1:21 error: near looks at where words stand", id="NEAR of AND"),
        pytest.param(
            "title:a1 NEAR/5 text:b2", "1:10 error: the conditions of near look in different", id="never meet"
        ),
        pytest.param("heading:(a1)", '1:10 error: unknown field "heading"', id="unknown field"),
        pytest.param("titel:truce", '1:10 error: unknown word "titel" before the colon', id="misspelt field"),
        pytest.param("list:nope", '1:10 error: unknown list "nope"', id="unknown list"),
        pytest.param("truce OR ab*", '1:19 error: "ab*" has fewer than 3 letters', id="short wildcard"),
        pytest.param("NOT NOT truce", "1:14 error: NOT NOT", id="twice not"),
        pytest.param("(" * 60 + "a" + ")" * 60, "1:60 error: brackets nested more than 50 deep", id="too deep"),
        pytest.param("(" * 20_000, "1:60 error: brackets nested more than 50 deep", id="hostile"),
    ],
)
def test_an_error_names_the_character(query: str, expected: str) -> None:
    found = complaints(f"{{query: '{query}'}}")
    assert [each[: len(expected)] for each in found] == [expected]


def test_an_empty_query_is_an_error() -> None:
    assert complaints("{query: ''}") == ["1:9 error: query is empty (write a value, or delete the key)"]
