"""Reading again after edits: the same as reading afresh, for less."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.model import Article, ArticleId
from monitor.rules.read import ReadRules, RuleReader
from tests.unit.rules.test_read import write

LISTS = "lists: {words: [truce]}\n"
RULES = "rules:\n  - {id: one, when: 'list:words', tests: []}\n"
OTHER = "rules: [{id: two, when: peace, tests: []}]\n"


def told(read: ReadRules) -> tuple[object, ...]:
    return read.written, read.switched_off, read.problems, read.street_words


def test_only_what_was_edited_is_parsed_again(tmp_path: Path) -> None:
    reader = RuleReader()
    assert reader.read([write(tmp_path, a=LISTS, b=RULES, c=OTHER)]).parsed == 3
    assert reader.read([tmp_path]).parsed == 0
    again = reader.read([write(tmp_path, c=OTHER.replace("peace", "war"))])
    assert again.parsed == 1
    rules = again.in_force()
    assert rules is not None
    assert [match.rule.id for match in rules.match(Article(id=ArticleId("x"), title="A truce ends a war"))] == [
        "one",
        "two",
    ]


def test_rules_of_unchanged_files_are_the_same_objects_unless_a_list_changes(tmp_path: Path) -> None:
    reader = RuleReader()
    first = reader.read([write(tmp_path, a=LISTS, b=RULES, c=OTHER)])
    edited = reader.read([write(tmp_path, c=OTHER.replace("peace", "war"))])
    assert edited.written[0] is first.written[0]
    relisted = reader.read([write(tmp_path, a=LISTS.replace("truce", "armistice"))])
    assert relisted.written[0] != first.written[0]
    assert relisted.written[0].rule.version != first.written[0].rule.version


def test_an_edit_that_keeps_time_and_size_is_seen(tmp_path: Path) -> None:
    reader = RuleReader()
    reader.read([write(tmp_path, c=OTHER)])
    before = (tmp_path / "c.yaml").stat()
    write(tmp_path, c=OTHER.replace("peace", "truce"))
    os.utime(tmp_path / "c.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert reader.read([tmp_path]).parsed == 1


def test_a_rule_expires_by_the_day_of_reading_not_of_the_file(tmp_path: Path) -> None:
    reader = RuleReader()
    write(tmp_path, a="rules: [{id: r, when: truce, expires: 2027-01-31, tests: []}]")
    assert reader.read([tmp_path], today=date(2027, 1, 1)).problems == ()
    assert len(reader.read([tmp_path], today=date(2027, 3, 1)).problems) == 1


def test_a_rule_that_is_switched_off_is_not_in_force_but_is_tested(tmp_path: Path) -> None:
    read = RuleReader().read(
        [write(tmp_path, a="rules: [{id: r, when: truce, enabled: false, tests: [match: truce]}]")]
    )
    rules = read.in_force()
    assert rules is not None
    assert len(rules) == 0
    assert [test.rule for test in read.to_test().tests] == ["r"]


REGION = "regions: {home: {countries: [IS]}}\n" + OTHER
PLACE = "rules: [{id: two, when: 'region:home', enabled: false, tests: []}]"
CONTENTS = st.sampled_from(
    [
        LISTS,
        LISTS.replace("truce", "peace"),
        "\n" + LISTS,
        RULES,
        RULES.replace("one", "two"),
        "# moved\n" + RULES,
        OTHER,
        REGION,
        PLACE,
        "rules: [{id: two, when: 'list:wrods', channels: [desk]}]",
        "rules: [",
        "",
        None,
    ]
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), CONTENTS), min_size=2, max_size=8))
@example([("a", PLACE), ("b", REGION), ("a", RULES)])  # the last rule that asked for a place goes
def test_reading_again_is_the_same_as_reading_afresh(edits: list[tuple[str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, reader = Path(name), RuleReader()
        write(folder, a=LISTS, b=RULES, c=OTHER)
        for file, text in edits:
            if text is None:
                (folder / f"{file}.yaml").unlink(missing_ok=True)
            else:
                write(folder, **{file: text})
            assert told(reader.read([folder], channels={"desk"})) == told(
                RuleReader().read([folder], channels={"desk"})
            )
