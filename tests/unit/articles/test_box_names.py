"""What is said against a box: whole words of its names, its tag, role and whether it is shown."""

from __future__ import annotations

import pytest

from monitor.articles.box_names import box_marks


@pytest.mark.parametrize(
    ("tag", "attributes", "expected"),
    [
        ("div", {}, ()),
        ("div", {"class": "article-body commentary", "id": "x"}, ()),
        ("div", {"class": "c-relatedLinks"}, ("related",)),
        ("div", {"class": "Article__ReadMore"}, ("read-more",)),
        ("div", {"id": "comments"}, ("comments",)),
        ("aside", {"class": None}, ("<aside>",)),
        ("div", {"role": "navigation"}, ("[role]",)),
        ("div", {"hidden": None}, ("[hidden]",)),
        ("div", {"style": "color:red; display : none"}, ("[hidden]",)),
        ("div", {"aria-hidden": "true"}, ("[hidden]",)),
        ("div", {"aria-hidden": "false", "style": "display:block", "role": "main"}, ()),
    ],
)
def test_marks_of_a_box(tag: str, attributes: dict[str, str | None], expected: tuple[str, ...]) -> None:
    assert box_marks(tag, attributes) == expected
