"""`rules fmt`: one layout, comments where they were, and never another meaning."""

from __future__ import annotations

import re
import time
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, assume, given, settings

from monitor.config.yaml_marks import parse_yaml
from monitor.rules.format import format_rules
from monitor.rules.read import read_rules
from tests.unit.rules.yaml_texts import yaml_texts

ROOT = Path(__file__).parents[3]
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE | re.DOTALL)
STARTERS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").rglob("*.yaml"))}
WORDS = "word, " * 16 + "word"


def formatted(text: str) -> str:
    result, problems = format_rules(text.encode(), file="rules.yaml")
    assert problems == []
    assert result is not None
    return result.decode()


@given(yaml_texts())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_file_is_formatted_once_and_for_all(text: str) -> None:
    node, problems = parse_yaml(text.encode(), file="rules.yaml")
    assume(node is not None and not problems)
    # That meaning and comments are the same is checked by the formatter itself, which else refuses.
    once = formatted(text)
    assert formatted(once) == once


def meaning(folder: Path, files: dict[str, str]) -> tuple[object, ...]:
    """Return what the loader makes of files, without the places where it stands."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    rules, problems = read_rules([folder])
    assert rules is not None
    tests = [(test.rule, test.article, test.should_match, test.evidence) for test in rules.tests]
    return rules.rules, tests, [problem.message for problem in problems]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(STARTERS, id="starter rules"),
        *(pytest.param({"rules.yaml": text}, id=f"example {number}") for number, text in enumerate(EXAMPLES)),
    ],
)
def test_rules_lists_and_tests_stay_what_they_are(files: dict[str, str], tmp_path: Path) -> None:
    written = {name: formatted(text) for name, text in files.items()}
    assert meaning(tmp_path / "one", files) == meaning(tmp_path / "other", written)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "rules: [{when: a, id: one, tests: [{match: a}]}]\n",
            """\
            rules:
              - id: one
                when: a
                tests:
                  - {match: a}
            """,
            id="a rule stands on lines of its own, its keys in order",
        ),
        pytest.param(
            """\
            rules:
            # about the rule
            - when: a  # what
              # why this title
              title: T
              id: one   #id

              expires: 2027-01-31
              volume: {stories: 3,
                within: 1h}
            """,
            """\
            rules:
              # about the rule
              - id: one  #id
                # why this title
                title: T
                when: a  # what
                volume: {stories: 3, within: 1h}

                expires: 2027-01-31
            """,
            id="comments and blank lines go with what they are about",
        ),
        pytest.param(
            """\
            rules:
                -   id: one
                    when:
                            any:
                            - a   # first
                            - b
                            # last
                    severity: low
            # of all
            """,
            """\
            rules:
              - id: one
                severity: low
                when:
                  any:
                    - a  # first
                    - b
                    # last
            # of all
            """,
            id="two blanks for each level",
        ),
        pytest.param(
            "lists:\n  a:\n    - one\n    - two words\n\n\n\n  b: [one,\n    two]\n",
            "lists:\n  a: [one, two words]\n\n  b: [one, two]\n",
            id="short lists stand in a line, and one blank line is enough",
        ),
        pytest.param(
            "lists:\n  a:\n    - one\n\n    - two\n",
            "lists:\n  a:\n    - one\n\n    - two\n",
            id="a list with a blank line in it was put on lines for a reason",
        ),
        pytest.param(
            "lists:\n  a: [one, # first\n    two] # all\n",
            "lists:\n  a:  # all\n    - one  # first\n    - two\n",
            id="a list with comments gets lines for them",
        ),
        pytest.param(
            "lists:\n  a: [" + "word, " * 30 + "word]\n",
            "lists:\n  a: [" + "word, " * 18 + "word,\n    " + "word, " * 11 + "word]\n",
            id="a long list in brackets fills its lines",
        ),
        pytest.param(
            "lists:\n  a: [{aliases: [" + WORDS + "], name: Someone with a long name}]\n",
            "lists:\n  a:\n    - name: Someone with a long name\n      aliases: [" + WORDS + "]\n",
            id="a name with too many aliases gets lines for both",
        ),
        pytest.param(
            """lists: {a: ["two words", 'title:a', "=A", "*x", "a: b", "NO", NO, "1:30", 1:30, "5", "", 'it''s']}""",
            'lists:\n  a: [two words, title:a, =A, "*x", "a: b", "NO", NO, "1:30", 1:30, "5", "", it\'s]\n',
            id="quotes go where they are not needed, not where another YAML would read a number or a truth",
        ),
        pytest.param(
            'lists: {a: ["\\u200bzero", "\\u738b", "王毅", "say \\"x\\"", \'\\bF-16\']}\n',
            'lists:\n  a: ["\\u200bzero", "\\u738b", 王毅, say "x", \\bF-16]\n',
            id="what was written as an escape stays one, all other characters stay themselves",
        ),
        pytest.param(
            "rules:\n  - id: one\n    when: a\n    tests:\n      - no_match: " + "word " * 30 + "\n",
            "rules:\n  - id: one\n    when: a\n    tests:\n"
            "      - no_match: " + "word " * 19 + "word\n          " + "word " * 9 + "word\n",
            id="a long text is broken between words",
        ),
        pytest.param(
            "rules:\n- id: one\n  query: >-\n     (a OR  b)\n       AND c\n  title: |   # why\n     two\n      lines\n",
            "rules:\n  - id: one\n    title: |  # why\n      two\n       lines\n"
            "    query: >-\n      (a OR  b)\n        AND c\n",
            id="queries and texts on lines of their own keep them",
        ),
        pytest.param(
            "rules:\n  - id: one\n    when: a", "rules:\n  - id: one\n    when: a\n", id="a line feed at the end"
        ),
        pytest.param("\ufeffrules: []\r\n\r\n# x\r\n", "rules: []\r\n\r\n# x\r\n", id="line ends stay, a mark goes"),
        pytest.param("%YAML 1.1\n---  # a\nlists: {}\n...\n", "# a\nlists: {}\n", id="marks of documents go"),
        pytest.param("# nothing yet\n", "# nothing yet\n", id="a file of comments"),
        pytest.param("", "", id="an empty file"),
    ],
)
def test_layout(before: str, after: str) -> None:
    assert formatted(dedent(before)) == dedent(after)
    assert formatted(dedent(after)) == dedent(after)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("rules:\n\t- id: one\n", "rules.yaml:2:1", id="a tab"),
        pytest.param("rules: []\nrules: []\n", '"rules" is written twice', id="a key twice"),
        pytest.param("lists: {a: &x [b], c: *x}\n", "rules.yaml:1:", id="an alias"),
        pytest.param("- id: one\n", "a rule file must be a mapping, found a list", id="a list"),
        pytest.param("rules: [\n", "rules.yaml:", id="a bracket that does not close"),
        pytest.param("[" * 20_000, "nested", id="many brackets"),
    ],
)
def test_a_file_with_errors_is_left_alone(text: str, said: str) -> None:
    result, problems = format_rules(text.encode(), file="rules.yaml")
    assert result is None
    assert said in "\n".join(map(str, problems))


def test_bytes_that_are_no_text_are_an_error() -> None:
    result, problems = format_rules(b"rules: [\xff]", file="rules.yaml")
    assert result is None
    assert "0xff" in problems[0].message


def test_a_large_file_takes_seconds() -> None:
    rule = '  - {{id: "r{0}", when: {{all: ["term {0}", any: [a, "b: {0}"]]}}, tests: [{{match: term {0}}}]}}  # {0}\n'
    text = "rules:\n" + "".join(map(rule.format, range(1_000)))
    started = time.process_time()
    assert formatted(text).count("# ") == 1_000
    assert time.process_time() - started < 10
