"""Snippets: the sentences that show why, few, short, with every term if that can be."""

import re
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.snippets import snippets
from monitor.model import Article, ArticleId, Evidence, Snippet
from tests.unit.alerts.values import ARTICLE, TEXT, TITLE, found, match_of


def test_sentences_that_add_a_term_are_shown_in_reading_order() -> None:
    match = match_of(
        found("text", TEXT, "Elena Marku", term="person:marku"),
        found("text", TEXT, "ceasefire", term="ceasefire"),
        found("text", TEXT, "Velna", term="region:north"),
    )

    assert snippets(ARTICLE, match) == (
        Snippet(
            field="text",
            text="Foreign Minister Elena Marku spoke on Tuesday.",
            marks=((17, 28),),
            terms=("person:marku",),
        ),
        Snippet(field="text", text="She called for a ceasefire.", marks=((17, 26),), terms=("ceasefire",)),
        Snippet(field="text", text="Ships wait in the harbour of Velna.", marks=((29, 34),), terms=("region:north",)),
    )


def test_the_headline_is_not_repeated_if_the_text_says_it() -> None:
    match = match_of(
        found("title", TITLE, "ceasefire", term="ceasefire"), found("text", TEXT, "ceasefire", term="ceasefire")
    )

    assert [snippet.field for snippet in snippets(ARTICLE, match)] == ["text"]


def test_the_headline_is_shown_for_a_term_that_only_it_has() -> None:
    match = match_of(
        found("title", TITLE, "urges", term="urges"),
        found("title", TITLE, "ceasefire", term="ceasefire"),
        found("text", TEXT, "Velna", term="region:north"),
    )

    shown = snippets(ARTICLE, match)

    assert [(snippet.field, snippet.terms) for snippet in shown] == [
        ("title", ("urges", "ceasefire")),
        ("text", ("region:north",)),
    ]


def test_a_sentence_with_more_terms_wins() -> None:
    text = "A ceasefire holds. Marku wants a ceasefire in Velna. Velna waits."
    article = Article(id=ArticleId("a1"), title="", text=text)
    match = match_of(
        found("text", text, "ceasefire", term="ceasefire"),
        found("text", text, "Marku", term="person:marku"),
        Evidence(field="text", start=33, end=42, text="ceasefire", term="ceasefire"),
        found("text", text, "Velna", term="region:north"),
    )

    assert [snippet.text for snippet in snippets(article, match)] == ["Marku wants a ceasefire in Velna."]


def test_never_more_than_three() -> None:
    words = ("Alpha", "Bravo", "Charlie", "Delta")
    text = "Alpha came. Bravo went. Charlie slept. Delta woke."
    article = Article(id=ArticleId("a1"), title="", text=text)
    match = match_of(*(found("text", text, word, term=word) for word in words))

    assert [snippet.text for snippet in snippets(article, match)] == ["Alpha came.", "Bravo went.", "Charlie slept."]


def test_a_phrase_over_a_line_break_stays_in_one_snippet() -> None:
    text = "She wants a cease\nfire in Velna."
    article = Article(id=ArticleId("a1"), title="", text=text)

    assert snippets(article, match_of(found("text", text, "cease\nfire", term="ceasefire"))) == (
        Snippet(field="text", text="She wants a cease fire in Velna.", marks=((12, 22),), terms=("ceasefire",)),
    )


def test_terms_far_apart_in_one_long_sentence_get_a_snippet_each() -> None:
    text = "Marku " + "and so on " * 60 + "ceasefire"
    article = Article(id=ArticleId("a1"), title="", text=text)
    match = match_of(found("text", text, "Marku", term="marku"), found("text", text, "ceasefire", term="ceasefire"))

    shown = snippets(article, match)

    assert [snippet.terms for snippet in shown] == [("marku",), ("ceasefire",)]
    assert max(len(snippet.text) for snippet in shown) <= 240


def test_authors_feed_and_address_are_shown_when_they_matched() -> None:
    match = match_of(
        found("author", "Ann Lee, Bo Chen", "Bo Chen", term="author:chen"),
        found("url", ARTICLE.url, "world", term="url:world"),
    )

    assert snippets(ARTICLE, match) == (
        Snippet(field="author", text="Ann Lee, Bo Chen", marks=((9, 16),), terms=("author:chen",)),
        Snippet(field="url", text="https://www.news.example/world/a1", marks=((25, 30),), terms=("url:world",)),
    )


def test_evidence_that_does_not_fit_the_article_shows_its_own_words() -> None:
    match = match_of(Evidence(field="feed", start=90, end=95, text="Velna", term="region:north"))

    assert snippets(ARTICLE, match) == (Snippet(field="feed", text="Velna", marks=((0, 5),), terms=("region:north",)),)


def test_a_match_without_evidence_shows_nothing() -> None:
    assert snippets(ARTICLE, match_of()) == ()


def test_blanks_that_a_regex_found_show_nothing() -> None:
    article = replace(ARTICLE, title="", text="\n\nA ceasefire. \n")
    blanks = [Evidence(field="text", start=n, end=n + 1, text=article.text[n], term="regex") for n in (0, 1, 15)]
    assert snippets(article, match_of(*blanks)) == ()


def test_a_long_text_full_of_matches_costs_little() -> None:
    text = "ceasefire " * 6_000
    article = Article(id=ArticleId("a1"), title="", text=text)
    match = match_of(
        *(
            Evidence(field="text", start=start, end=start + 9, text="ceasefire", term="ceasefire")
            for start in range(0, 60_000, 10)
        )
    )

    begun = time.process_time()
    shown = snippets(article, match)

    assert len(shown) == 1
    assert time.process_time() - begun < 1.0


SPEECH = st.lists(
    st.sampled_from(["Marku", "ceasefire", "U.S. ", ". ", "\n", "停火", "。", " and so on " * 9, " "])
).map("".join)


@settings(deadline=None)  # two busy cores
@given(text=SPEECH)
def test_whatever_the_text_the_marks_show_the_matched_words(text: str) -> None:
    evidence = [
        Evidence(field="text", start=hit.start(), end=hit.end(), text=hit[0], term=hit[0])
        for hit in re.finditer("Marku|ceasefire|停火", text)
    ]

    shown = snippets(Article(id=ArticleId("a1"), title="", text=text), match_of(*evidence))

    assert {term for snippet in shown for term in snippet.terms} == {found.term for found in evidence}
    assert {snippet.text[start:end] for snippet in shown for start, end in snippet.marks} <= {
        found.term for found in evidence
    }
    assert all(len(snippet.text) <= 240 for snippet in shown)
