from collections.abc import Callable

import pytest

from monitor.config import expect
from monitor.config.yaml_marks import Mapping, Node, parse_yaml
from monitor.errors import Problem

Reader = Callable[[Node, list[Problem]], object]


def node_of(text: str) -> Node:
    node, problems = parse_yaml(f"k: {text}".encode(), file="f.yaml")
    assert isinstance(node, Mapping)
    assert problems == []
    value = node.get("k")
    assert value is not None
    return value


def outcome(text: str, reader: Reader) -> tuple[object, list[str]]:
    problems: list[Problem] = []
    return reader(node_of(text), problems), [f"{p.at.column} {p.message}" for p in problems]


READERS: dict[str, Reader] = {
    "str": lambda node, problems: expect.expect_str(node, problems, what="title"),
    "strs": lambda node, problems: expect.expect_strs(node, problems, what="tags"),
    "bool": lambda node, problems: expect.expect_bool(node, problems, what="enabled"),
    "int": lambda node, problems: expect.expect_int(node, problems, what="port", minimum=1, maximum=65_535),
    "at least": lambda node, problems: expect.expect_int(node, problems, what="count", minimum=1),
    "at most": lambda node, problems: expect.expect_int(node, problems, what="count", maximum=9),
    "choice": lambda node, problems: expect.expect_choice(node, ["high", "low"], problems, what="severity"),
    "list": lambda node, problems: expect.expect_list(node, problems, what="rules"),
    "mapping": lambda node, problems: expect.expect_mapping(node, problems, what="labels"),
}


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        ("str", "NO", "NO"),
        ("str", "' x '", "x"),
        ("strs", "[a, NO, 1]", ("a", "NO", "1")),
        ("strs", "a", ("a",)),
        ("bool", "true", True),
        ("bool", "False", False),
        ("int", "80", 80),
        ("choice", "low", "low"),
    ],
)
def test_a_fitting_value_is_given(reader: str, text: str, expected: object) -> None:
    assert outcome(text, READERS[reader]) == (expected, [])


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        ("str", "", "3 title is empty"),
        ("str", "'  '", "4 title is empty"),
        ("str", "[a]", "4 title must be a single value, found a list"),
        ("str", "{a: b}", "4 title must be a single value, found a mapping"),
        ("strs", "{a: b}", "4 tags must be a list, found a mapping"),
        ("strs", "[[a]]", "5 an item of tags must be a single value, found a list"),
        ("strs", "[a, ~]", "8 an item of tags is empty"),
        ("bool", "yes", '4 enabled must be true or false, found "yes"'),
        ("bool", "'true'", '4 enabled must be true or false, found "true"'),
        ("int", "abc", '4 port must be a whole number, found "abc"'),
        ("int", "1.5", '4 port must be a whole number, found "1.5"'),
        ("int", "true", '4 port must be a whole number, found "true"'),
        ("int", "0", "4 port must be from 1 to 65535, found 0"),
        ("at least", "0", "4 count must be at least 1, found 0"),
        ("at most", "10", "4 count must be at most 9, found 10"),
        ("choice", "hihg", '4 unknown severity "hihg"'),
        ("list", "a", '4 rules must be a list, found "a"'),
        ("mapping", "", "3 labels must be a mapping, found nothing"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_place(reader: str, text: str, message: str) -> None:
    _, messages = outcome(text, READERS[reader])
    assert messages == [message]


def test_unknown_keys_are_named_with_the_nearest() -> None:
    problems: list[Problem] = []
    node = node_of("{titel: a, severity: b}")
    assert isinstance(node, Mapping)
    expect.check_keys(node, ["title", "severity"], problems, what="a rule")
    assert [(p.at.column, p.message, p.hint) for p in problems] == [
        (5, 'unknown key "titel" in a rule', 'did you mean "title"?')
    ]


def test_a_missing_space_after_a_colon_is_recognised() -> None:
    problems: list[Problem] = []
    node = node_of("{title:a}")
    assert isinstance(node, Mapping)
    expect.check_keys(node, ["title"], problems, what="a rule")
    assert [p.hint for p in problems] == ['write a space after the colon: "title: …"']


def test_missing_keys_are_named() -> None:
    problems: list[Problem] = []
    node = node_of("{a: 1}")
    assert isinstance(node, Mapping)
    assert expect.require_keys(node, ["a"], problems, what="a rule") is True
    assert expect.require_keys(node, ["a", "id"], problems, what="a rule") is False
    assert [(p.message, p.hint) for p in problems] == [('a rule has no "id"', 'add a line "id: …"')]
