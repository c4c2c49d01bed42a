from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.yaml_marks import Mapping, Node, Scalar, Sequence, parse_yaml, read_yaml
from monitor.errors import Location, Problem


def parse(text: str) -> tuple[Node | None, list[str]]:
    node, problems = parse_yaml(text.encode(), file="f.yaml")
    return node, [f"{p.at.line}:{p.at.column} {p.message}" for p in problems]


def root(text: str) -> Mapping:
    node, problems = parse(text)
    assert problems == []
    assert isinstance(node, Mapping)
    return node


def scalar(text: str) -> Scalar:
    node = root(f"key: {text}").get("key")
    assert isinstance(node, Scalar)
    return node


def test_nodes_know_their_place() -> None:
    document = root("rules:\n  - id: 停火 rule\n    when: [a, 'b']\n")
    rules = document.get("rules")
    assert isinstance(rules, Sequence)
    (rule,) = rules
    assert isinstance(rule, Mapping)
    assert rule.key("id") == Scalar("id", Location("f.yaml", 2, 5))
    assert rule.get("id") == Scalar("停火 rule", Location("f.yaml", 2, 9))
    assert rule.get("when") == Sequence(
        (Scalar("a", Location("f.yaml", 3, 12)), Scalar("b", Location("f.yaml", 3, 15), plain=False)),
        Location("f.yaml", 3, 11),
    )


def test_columns_count_characters_not_bytes() -> None:
    assert root("x: [停火, b]").get("x") == Sequence(
        (Scalar("停火", Location("f.yaml", 1, 5)), Scalar("b", Location("f.yaml", 1, 9))), Location("f.yaml", 1, 4)
    )


def test_a_mapping_answers_like_one() -> None:
    document = root("a: 1\nb: 2")
    assert document.keys() == ("a", "b")
    assert len(document) == 2
    assert "a" in document
    assert "c" not in document
    assert document.get("c") is None
    assert document.key("c") is None
    assert [key.text for key, _ in document.items()] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("NO", "NO", id="NO is Norway, not false"),
        pytest.param("yes", "yes", id="yes is a word"),
        pytest.param("on", "on", id="on is a word"),
        pytest.param("1:30", "1:30", id="1:30 is not ninety"),
        pytest.param("0123", "0123", id="leading zeros stay"),
        pytest.param("+4930", "+4930", id="a telephone number stays"),
        pytest.param("0x1F", "0x1F", id="hexadecimal is text"),
        pytest.param("2027-01-31", "2027-01-31", id="a date is text"),
        pytest.param("1e5", "1e5", id="an exponent is text"),
        pytest.param("1_000", "1_000", id="underscores are text"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="False"),
        pytest.param("587", 587, id="a whole number"),
        pytest.param("-3", -3, id="a negative number"),
        pytest.param("2.5", 2.5, id="a decimal number"),
        pytest.param("'587'", "587", id="a number in quotes is text"),
        pytest.param('"true"', "true", id="true in quotes is text"),
        pytest.param("~", None, id="tilde is nothing"),
        pytest.param("", None, id="nothing is nothing"),
        pytest.param("''", "", id="an empty text is not nothing"),
        pytest.param("~negotiate", "~negotiate", id="a tilde before a word is text"),
        pytest.param("9" * 30, "9" * 30, id="a number too long for any use stays text"),
    ],
)
def test_a_value_is_what_was_written(text: str, expected: object) -> None:
    value = scalar(text).value
    assert value == expected
    assert type(value) is type(expected)


def test_a_block_of_text_is_text() -> None:
    assert scalar("|\n  two\n  lines\n").value == "two\nlines\n"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    node, problems = parse(text)
    assert problems == []
    assert node == Mapping((), Location("f.yaml", 1, 1)) or (isinstance(node, Scalar) and node.is_null)


def test_a_byte_order_mark_in_front_is_dropped() -> None:
    assert root("\ufeffa: 1").keys() == ("a",)


def test_a_key_written_twice_is_reported_and_the_first_counts() -> None:
    node, problems = parse("a: 1\nb: 2\na: 3")
    assert problems == ['3:1 "a" is written twice; the first is on line 1']
    assert isinstance(node, Mapping)
    assert node.get("a") == Scalar("1", Location("f.yaml", 1, 4))


def test_anchors_aliases_and_tags_are_all_reported_and_the_rest_is_read() -> None:
    node, problems = parse("a: &one 1\nb: *one\nc: !!str 3\nd: !env X\ne: 5")
    assert problems == [
        '1:4 "&one" is an anchor, which is not accepted here',
        '2:4 "*one" is an alias, which is not accepted here',
        '3:4 "!str" is a tag, which is not accepted here',
        '4:4 "!env" is a tag, which is not accepted here',
    ]
    assert isinstance(node, Mapping)
    assert node.keys() == ("a", "b", "c", "d", "e")


def test_a_bomb_of_aliases_stays_small() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    _, problems = parse("\n".join(lines))
    assert len(problems) == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a:\n\tb: 1", "2:1 a tab where YAML wants spaces", id="tab as indentation"),
        pytest.param("a: 'x", "1:4 the quote that opens here is never closed", id="open quote"),
        pytest.param(
            "a: [x\nb: 2",
            "1:4 the list that opens here is not closed or lacks a comma; noticed on line 2",
            id="open list",
        ),
        pytest.param(
            "a: {x: 1",
            "1:4 the braces that open here are not closed or lack a comma; noticed on line 1",
            id="open braces",
        ),
        pytest.param("a: |x\n b", '1:5 text after "|" or ">", which begin a block of lines', id="text after a bar"),
        pytest.param("a: ? b", '1:4 a "? " where no key can stand', id="question mark"),
        pytest.param("a: 'b\n--- c'", '2:1 a "---" inside a text in quotes', id="document mark in a quote"),
        pytest.param("a: [b:[]]", '1:6 a ":" that could be a key or text', id="colon in a list"),
        pytest.param("a: 1\nb: {c: \n\n", "2:7 a value is missing here", id="end of the file in braces"),
        pytest.param("a: b: c", '1:5 a ":" where no key can stand', id="colon in plain text"),
        pytest.param('a: "x" y', "1:8 this line does not fit the block that began on line 1", id="text after a quote"),
        pytest.param("a:\n  - b\n c: d", "3:2 this line does not fit the block that began on line 1", id="indentation"),
        pytest.param("- a\nb: c", "2:1 this line is not an item of the list that began on line 1", id="no dash"),
        pytest.param("a: 1\nbcd\ne: 2", '2:1 no ": " after the key', id="line without colon"),
        pytest.param("a: @x", '1:4 an unquoted value cannot begin with "@"', id="at sign"),
        pytest.param("- *停火", '1:3 "*" is an alias, which is not accepted here', id="star before a word"),
        pytest.param(
            'a: "\\q"', '1:5 in double quotes "\\" is special, and this combination has no meaning', id="backslash"
        ),
        pytest.param("a: 1\n---\nb: 2", '2:1 a second document begins here ("---")', id="two documents"),
        pytest.param("{{ x }}", "1:2 a list or mapping cannot be a key", id="template braces"),
        pytest.param("a: \x07", "1:4 the invisible character U+0007 is not allowed in YAML", id="control character"),
        pytest.param("a: x\n\ufeffb: 1", "2:1 the invisible character U+FEFF is not allowed in YAML", id="BOM inside"),
        pytest.param("[" * 100, "1:65 nested more than 64 deep", id="too deep"),
    ],
)
def test_a_syntax_error_says_where_and_what(text: str, expected: object) -> None:
    assert parse(text)[1] == [expected]


def test_a_megabyte_of_brackets_ends_at_once() -> None:
    assert parse("[" * 1_000_000)[1] == ["1:1001 nested far too deep"]


def test_the_way_out_is_named() -> None:
    _, problems = parse_yaml(b"a: b: c", file="rules/x.yaml")
    assert str(problems[0]) == (
        'rules/x.yaml:1:5: error: a ":" where no key can stand\n'
        '    if the text itself holds ": ", put the whole value in quotes: "…"; '
        "else check the indentation of this line and the one above"
    )


def test_bytes_that_are_not_utf8_are_located() -> None:
    _, problems = parse_yaml("a: 1\nb: Zür".encode() + b"\xfc", file="f.yaml")
    assert problems == [
        Problem(at=Location("f.yaml", 2, 7), message="the byte 0xfc is not valid UTF-8", hint="save the file as UTF-8")
    ]


def test_utf16_is_named() -> None:
    _, problems = parse_yaml("a: 1".encode("utf-16"), file="f.yaml")
    assert problems == [Problem(at=Location("f.yaml"), message="encoded as UTF-16", hint="save it as UTF-8")]


def test_a_file_over_a_mebibyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * 1024 * 1024)
    assert read_yaml(path) == (
        None,
        [Problem(at=Location(str(path)), message="larger than 1 MiB", hint="split it into several files")],
    )


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert read_yaml(tmp_path / "none.yaml")[1][0].message == "no such file"
    assert read_yaml(tmp_path)[1][0].message == "this is a folder, a file is needed"
    assert read_yaml(Path("nul\0byte"))[1][0].message == "cannot be read: embedded null byte"


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert read_yaml(path) == (
        Mapping(
            ((Scalar("a", Location(str(path), 1, 1)), Scalar("1", Location(str(path), 1, 4))),),
            Location(str(path), 1, 1),
        ),
        [],
    )


SCRAPS = st.lists(
    st.sampled_from(
        [
            *"abc019 \n\t:-,[]{}#&*!|>'\"%@`~?\\<=",
            "\n  ",
            "\n- ",
            ": ",
            "---\n",
            "é",
            "停",
            "\u2028",
            "\r\n",
            "\x85",
            "%YAML 1.1\n",
        ]
    ),
    max_size=60,
).map("".join)


@settings(deadline=None)
@given(SCRAPS)
def test_any_scrap_of_yaml_gives_a_node_or_problems(text: str) -> None:
    node, problems = parse_yaml(text.encode(), file="f")
    assert (node is not None) or problems
    assert all(p.message and p.at.file == "f" for p in problems)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_node_or_problems(source: bytes) -> None:
    node, problems = parse_yaml(source, file="f")
    assert (node is not None) or problems
