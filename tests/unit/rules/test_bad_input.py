"""Rule files and articles that nobody means well: a clear error or it just works, in a few seconds, without a crash."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.model import Article, ArticleId
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules
from tests.unit.rules.writing import complaints, rule_set

SECONDS = 8.0  # of the processor; on an idle machine nothing here takes half of it
MEMORY = 600 << 20  # bytes
SIZE = 1_000_000  # characters, the most that a field keeps


@contextmanager
def in_time() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


def read(folder: Path, **files: str | bytes) -> tuple[RuleSet | None, list[str]]:
    """Read rule files in time; return the rules and the errors, without the warnings."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with in_time():
        rules, problems = read_rules([folder])
    assert all(problem.at.line for problem in problems if "UTF-16" not in problem.message and "MiB" not in str(problem))
    return rules, [problem.message for problem in problems if problem.severity == "error"]


def words(count: int, start: int = 0) -> list[str]:
    return [f"w{number:x}q" for number in range(start, start + count)]


def one_rule(when: str) -> str:
    return f"rules: [{{id: a, when: {when}}}]\n"


def test_a_file_of_nearly_a_megabyte_is_read(tmp_path: Path) -> None:
    rules, errors = read(
        tmp_path,
        a="rules:\n" + "".join(f"  - {{id: rule-{n}, when: {{all: [alpha{n}, beta{n}]}}}}\n" for n in range(18_000)),
    )
    assert (tmp_path / "a.yaml").stat().st_size > 900_000
    assert errors == []
    assert rules is not None
    found = rules.match(Article(id=ArticleId("a"), title="alpha17999 beta17999"))
    assert [match.rule.id for match in found] == ["rule-17999"]


def test_lists_of_a_hundred_thousand_names_are_read(tmp_path: Path) -> None:
    files = {
        f"part{part}": f"lists:\n  part{part}:\n" + "".join(f"    - {word}\n" for word in words(25_000, part * 25_000))
        for part in range(4)
    }
    rules, errors = read(tmp_path, **files, rule=one_rule("{any: [list:part0, list:part1, list:part2, list:part3]}"))
    assert errors == []
    assert rules is not None
    assert len(rules.match(Article(id=ArticleId("a"), title=words(1, 99_999)[0]))) == 1


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(f"{{any: [{', '.join(words(50_000))}]}}", id="an any of 50,000 terms"),
        pytest.param(f"{{any: [{', '.join(['truce'] * 50_000)}]}}", id="one term 50,000 times"),
        pytest.param(f"{{any: [{', '.join('a' * n for n in range(2, 200))}]}}", id="terms inside one another"),
        pytest.param("-".join(["ab"] * 60), id="a term of 60 hyphens"),
        pytest.param("{all: [" * 20 + "truce" + "]}" * 20, id="brackets as deep as allowed"),
    ],
)
def test_large_conditions_are_read(tmp_path: Path, when: str) -> None:
    rules, errors = read(tmp_path, a=one_rule(when))
    assert errors == []
    assert rules is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("rules:\n" + "# much\n" * 200_000, "larger than 1 MiB", id="a file that is too large"),
        pytest.param("rules: " + "[" * 20_000 + "]" * 20_000, "nested far too deep", id="lists in lists"),
        pytest.param("rules: " + "[" * 20_000, "nested far too deep", id="lists that are never closed"),
        pytest.param("rules: " + "{a: " * 20_000, "nested", id="mappings in mappings"),
        pytest.param("rules:\n" + "".join(" " * n + "-\n" for n in range(900)), "nested", id="deep by indentation"),
        pytest.param(one_rule("x" * 10_000), "a term of 10000 characters", id="a term of 10,000 characters"),
        pytest.param(one_rule("x y " * 2_500), "a term of 9999 characters", id="a term of 5,000 words"),
        pytest.param(one_rule("title:" * 20_000 + "x"), "two fields before the term", id="20,000 fields"),
        pytest.param(one_rule("{country: [" + "ab, " * 9_000 + "]}"), "has 9000 names", id="9,000 countries"),
        pytest.param(b"rules: [{id: a, when: \xff}]", "0xff is not valid UTF-8", id="a byte that is no UTF-8"),
        pytest.param("rules: [{id: a, when: café}]".encode("latin-1"), "not valid UTF-8", id="Latin-1"),
        pytest.param("rules: []".encode("utf-16"), "encoded as UTF-16", id="UTF-16"),
        pytest.param("rules: []".encode("utf-16-le"), "U+0000", id="UTF-16 that does not say so"),
        pytest.param(b"\0" * SIZE, "U+0000", id="a million NUL"),
        pytest.param(f"rules: [{{id: {'x' * 900_000}, when: truce}}]", "an id of 900000", id="an endless id"),
        pytest.param(
            "lists:\n" + "".join(f"  l{n}: [list:l{n + 1}]\n" for n in range(5_000)) + "  l5000: [x1]\n",
            "lists within lists more than 50 deep",
            id="5,000 lists in one another",
        ),
        pytest.param(
            "regions:\n" + "".join(f"  l{n}: {{regions: [l{(n + 1) % 300}]}}\n" for n in range(300)),
            "regions that include one another",
            id="a circle of 300 regions",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_time(tmp_path: Path, content: str | bytes, said: str) -> None:
    _, errors = read(tmp_path, a=content)
    assert any(said in error for error in errors), errors[:3]
    assert all(len(error) < 500 for error in errors if "include one another" not in error)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("(" * 20_000 + "x1" + ")" * 20_000, "nested more than 50 deep", id="20,000 brackets"),
        pytest.param("(" * 20_000, "nested more than 50 deep", id="that are never closed"),
        pytest.param("NOT " * 20_000 + "x1", "NOT NOT", id="20,000 NOT"),
        pytest.param('"' * 20_001, "never closed", id="20,001 quotation marks"),
        pytest.param(" NEAR/3 ".join(words(20_000)), "this has 20000", id="20,000 NEAR"),
        pytest.param("a-" * 200_000 + "x", "a term of 400001", id="an endless term"),
    ],
)
def test_a_hostile_query_is_refused_in_time(query: str, said: str) -> None:
    with in_time():
        found = complaints(f"{{query: '{query}'}}")
    assert any(said in each for each in found), found[:3]


def test_a_query_of_fifty_thousand_terms_is_read() -> None:
    with in_time():
        assert complaints(f"{{query: '{' OR '.join(words(50_000))}'}}") == []


@pytest.mark.parametrize(
    "pattern", ["a{1000}{1000}", "((((((((((a{2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){9}", "(a|b" * 240, r"(a)\1"]
)
def test_a_regex_that_is_too_much_is_refused(pattern: str) -> None:
    with in_time():
        assert any("cannot be used" in each for each in complaints(f"{{regex: '{pattern}'}}"))


RULES = (
    *("truce", "cease-fire", "foreign minister", "sanction*", "'*gaza*'", "=WHO", "~negotiate", "王毅", "停火", "هدنة"),
    "{near: {within: 5, of: [truce, gaza]}}",
    "{same: sentence, of: [truce, gaza]}",
    "{count: {at_least: 900, of: truce}}",
    "{score: {at_least: 5, terms: {truce: 5, football: -2}}}",
    "region:middle-east",
    "{near: {within: 9, of: [foreign minister, region:middle-east, truce]}}",
    r"{regex: '(?i)truce\s+in'}",
    "'lead:truce'",
)
TEXTS: dict[str, Callable[[], str]] = {
    "one word": lambda: "truce " * (SIZE // 6),
    "words that are all new": lambda: " ".join(words(SIZE // 7)),
    "two words near each other": lambda: "gaza truce " * (SIZE // 11),
    "one far from the other": lambda: "truce " * 80_000 + "gaza " * 80_000,
    "a phrase": lambda: "foreign minister " * (SIZE // 17),
    "a name that needs a hint": lambda: "in Jordan " * (SIZE // 10),
    "one letter": lambda: "a" * SIZE,
    "a term in an endless word": lambda: "gaza" * (SIZE // 4),
    "no white space": lambda: "Truce.Gaza." * (SIZE // 11),
    "hyphens": lambda: "cease-fire-" * (SIZE // 11),
    "sentences": lambda: "Truce. Gaza. " * (SIZE // 13),
    "paragraphs": lambda: "truce\n\ngaza\n\n" * (SIZE // 13),
    "white space": lambda: " \n" * (SIZE // 2),
    "punctuation": lambda: ".,;:!?-" * (SIZE // 7),
    "apostrophes": lambda: "'" * SIZE,
    "ampersands": lambda: "&a" * (SIZE // 2),
    "entities": lambda: "&amp;" * (SIZE // 5),
    "combining marks": lambda: "a" + "\u0301" * SIZE,
    "invisible characters": lambda: "\u200d" * SIZE,
    "signs that stand for phrases": lambda: "\ufdfa" * SIZE,
    "Chinese": lambda: "停火王毅加沙" * (SIZE // 6),
    "Thai": lambda: "หยุดยิง" * (SIZE // 7),
    "Arabic": lambda: "والهدنة " * (SIZE // 8),
    "Arabic without white space": lambda: "ال" * (SIZE // 2),
    "Korean without white space": lambda: "휴전" * (SIZE // 2),
    "narrow kana": lambda: "ｶﾞ" * (SIZE // 2),
}


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    found = rule_set(*RULES)
    found.match(Article(id=ArticleId("a"), title="warm"))
    return found


@pytest.mark.parametrize("text", [pytest.param(make, id=name) for name, make in TEXTS.items()])
def test_a_megabyte_of_anything_is_matched_in_time(rules: RuleSet, text: Callable[[], str]) -> None:
    article = Article(id=ArticleId("a"), title="t", text=text())
    with in_time():
        for match in rules.match(article):
            assert all(article.text[each.start : each.end] == each.text for each in match.evidence)


def test_terms_inside_one_another_do_not_fill_the_memory() -> None:
    found = rule_set(f"{{any: [{', '.join('a' * n + '*' for n in range(3, 190))}]}}")
    article = Article(id=ArticleId("a"), title="t", text="a" * 50_000)
    tracemalloc.start()
    found.match(article)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY


@pytest.mark.parametrize(
    ("condition", "text", "holds"),
    [
        pytest.param("{near: {within: 5, of: [truce, gaza]}}", "truce gaza " * 100_000, True, id="near: both"),
        pytest.param(
            "{near: {within: 50, of: [a1, b1, c1, d1, e1, f1, g1, h1]}}",
            "a1 b1 c1 d1 e1 f1 g1 h1 " * 40_000,
            True,
            id="near: of as many as it may have",
        ),
        pytest.param(
            "{near: {within: 1000, of: [truce, gaza]}}",
            ("truce " + "x " * 1_100 + "gaza " + "x " * 1_100) * 200,
            False,
            id="near: always just too far",
        ),
        pytest.param("{count: {at_least: 1000, of: truce}}", "truce " * 100_000, True, id="count"),
        pytest.param("{same: paragraph, of: [truce, gaza]}", "truce gaza " * 90_000, True, id="same"),
        pytest.param("'" + "a " * 90 + "b'", "a " * 500_000, False, id="a phrase of one word again and again"),
        pytest.param("'" + "ab " * 60 + "'", "ab " * 300_000, True, id="that is there"),
        pytest.param("{regex: '(a+)+$'}", "a" * (SIZE - 1) + "b", False, id="a regex that others never finish"),
        pytest.param("{regex: '(x+x+)+y'}", "x" * SIZE, False, id="another one"),
        pytest.param("{regex: '(.*)(.*)(.*)(.*)x$'}", "ab" * (SIZE // 2), False, id="and one of dots"),
    ],
)
def test_a_flood_is_matched_in_time(condition: str, text: str, holds: bool) -> None:
    found = rule_set(condition)
    with in_time():
        assert bool(found.match(Article(id=ArticleId("a"), title="t", text=text))) is holds


def test_five_thousand_regexes_are_matched_in_time() -> None:
    found = rule_set(*(f"{{regex: 'foo{number}[0-9]+bar'}}" for number in range(5_000)))
    with in_time():
        matches = found.match(Article(id=ArticleId("a"), title="t", text="foo421bar " * 100_000))
    assert [match.rule.id for match in matches] == ["r4", "r42"]
