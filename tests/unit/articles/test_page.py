import pytest

from monitor.articles.page import is_full_text, is_part_of, needs_page, word_count
from monitor.model import FullText

LONG = "The dockers returned to the table on Tuesday morning and the owners came as well. " * 20
SHORT = "The dockers returned to the table."
LINK = "https://paper.example/talks"


@pytest.mark.parametrize(
    ("full_text", "link", "content", "summary", "needed"),
    [
        pytest.param("auto", LINK, SHORT, SHORT, True, id="a summary alone is not enough"),
        pytest.param("auto", LINK, LONG, SHORT, False, id="a feed with the whole text is enough"),
        pytest.param("auto", LINK, LONG, LONG, False, id="a whole text in the summary field is enough"),
        pytest.param("auto", LINK, LONG, LONG[:900], True, id="text hardly longer than its summary is an excerpt"),
        pytest.param("auto", LINK, LONG + "…", SHORT, True, id="an ellipsis says that more is on the page"),
        pytest.param("auto", LINK, LONG + "Read more »", SHORT, True, id="so does read more"),
        pytest.param(
            "auto",
            LINK,
            "王毅呼吁立即停火。" * 80,
            "王毅呼吁立即停火。",
            False,
            id="720 Chinese characters are an article",
        ),
        pytest.param("fetch", LINK, LONG, SHORT, True, id="the user may always want the page"),
        pytest.param("feed", LINK, SHORT, SHORT, False, id="or never"),
        pytest.param("fetch", "", SHORT, SHORT, False, id="without a link there is no page"),
    ],
)
def test_the_page_is_fetched_where_the_feed_says_too_little(
    full_text: FullText, link: str, content: str, summary: str, needed: bool
) -> None:
    assert needs_page(full_text, link=link, content=content, summary=summary) is needed


def test_a_text_repeats_another_if_only_its_marks_differ() -> None:
    assert is_part_of("“Talks” resume", "Now: talks resume, again")
    assert not is_part_of("Talks resume at noon", "talks resume")
    assert not is_part_of("", "talks resume")


def test_words_are_counted_in_scripts_without_spaces() -> None:
    assert word_count("Wang Yi 王毅呼吁停火") == 6
    assert not is_full_text("")
