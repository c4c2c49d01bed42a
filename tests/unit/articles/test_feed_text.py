from monitor.articles.feed_text import FeedMarkup, FeedText, feed_markup, read_feed_text, read_feed_text_roughly
from monitor.model import Entry, FeedKey

MARKUP = FeedMarkup(
    title="Talks &amp; pause", summary="<p>Dockers met.</p>", content="<p>Dockers met.</p><p>Owners came as well.</p>"
)


def test_fields_become_plain_text_with_a_language() -> None:
    assert read_feed_text(MARKUP) == FeedText(
        title="Talks & pause", summary="Dockers met.", content="Dockers met.\nOwners came as well.", language="en"
    )


def test_patterns_alone_give_the_same_words() -> None:
    assert read_feed_text_roughly(MARKUP) == FeedText(
        title="Talks & pause", summary="Dockers met.", content="Dockers met. Owners came as well."
    )


def test_a_summary_stands_in_for_missing_content_but_is_not_told_twice() -> None:
    words = read_feed_text(FeedMarkup(title="Talks", summary="<p>Dockers met.</p><p>Owners too.</p>", content=""))
    assert words.content == "Dockers met.\nOwners too."
    assert words.brief == "Dockers met. Owners too."
    assert words.text == ""


def test_a_whole_article_in_the_summary_is_the_text_and_its_beginning_the_brief() -> None:
    words = read_feed_text(FeedMarkup(title="Talks", summary="Dockers met again. " * 200, content=""))
    assert len(words.text) == 3_799
    assert words.brief.endswith("…")
    assert len(words.brief) <= 2_000


def test_oversized_fields_are_cut_before_they_travel() -> None:
    entry = Entry(feed=FeedKey("f"), title="t" * 10_000_000, summary="s" * 10_000_000, content="c" * 10_000_000)
    markup = feed_markup(entry, claimed_language="", detect_language=True)
    assert (len(markup.title), len(markup.summary), len(markup.content)) == (524_288, 524_288, 524_288)
