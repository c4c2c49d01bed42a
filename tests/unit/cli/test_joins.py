"""Why an article is in a story, in words."""

from __future__ import annotations

import pytest

from monitor.cli.joins import joined_words, report_lines
from monitor.model import ArticleId, Grounds, JoinedBy
from tests.support.alerts import HOSTILE, a_report

OTHER = Grounds(other=ArticleId("a1"))


@pytest.mark.parametrize(
    ("joined", "score", "grounds", "words"),
    [
        ("opened", None, None, "the first of this story"),
        ("article", None, None, "the same article again"),
        ("address", None, OTHER, "the same address as a1"),
        ("headline", None, OTHER, "the same headline as a1, and one of them has no text"),
        ("text", None, OTHER, "the same text as a1"),
        ("copy", None, None, "a copy"),
        ("copy", 0.8, None, "a copy: the longer text has 80% of the shorter one"),
        (
            "copy",
            0.8,
            Grounds(other=ArticleId("a1"), containment=0.8, lost_numbers=0.25, lost_names=0.0),
            "a copy of a1: the longer text has 80% of the shorter one, 75% of its figures, all of its names",
        ),
        ("story", 0.4, None, "the same event in other words: 40% alike"),
        (
            "story",
            0.4,
            Grounds(words=("Rome", "quake")),
            "the same event in other words: 40% alike; both have Rome, quake",
        ),
    ],
)
def test_each_level_has_its_words(joined: JoinedBy, score: float | None, grounds: Grounds | None, words: str) -> None:
    assert joined_words(joined, score, grounds) == words


def test_what_articles_say_cannot_steer_the_terminal() -> None:
    grounds = Grounds(other=ArticleId("a1"), passages=(HOSTILE,), words=(HOSTILE,))
    reports = [a_report(joined="story", grounds=grounds, title=HOSTILE, site="x\x1b[31m.example")]
    assert all(line.isprintable() for line in report_lines(reports))


def test_no_articles_are_no_lines() -> None:
    assert list(report_lines([])) == []
