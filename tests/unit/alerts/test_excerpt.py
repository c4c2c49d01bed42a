"""Excerpts: a long sentence is cut around its matched words, and shows where."""

from monitor.alerts.excerpt import Span, excerpt, merged

FILLER = "words that say nothing of the matter " * 10


def span(text: str, word: str, *, term: str = "t") -> Span:
    start = text.index(word)
    return Span(start, start + len(word), term)


def test_a_short_sentence_stays_whole() -> None:
    assert excerpt("  She called for a ceasefire. ", [Span(19, 28, "t")], limit=60) == (
        "She called for a ceasefire.",
        [Span(17, 26, "t")],
    )


def test_a_long_sentence_is_cut_on_both_sides_at_words() -> None:
    sentence = f"{FILLER}a ceasefire in the harbour {FILLER}"

    text, spans = excerpt(sentence, [span(sentence, "ceasefire")], limit=60)

    assert text == "…nothing of the matter a ceasefire in the harbour words…"
    assert [text[start:end] for start, end, _ in spans] == ["ceasefire"]


def test_the_cut_goes_where_most_terms_are_near_each_other() -> None:
    sentence = f"Velna {FILLER} Marku wants a ceasefire {FILLER}"
    spans = [span(sentence, word, term=word) for word in ("Velna", "Marku", "ceasefire")]

    text, inside = excerpt(sentence, spans, limit=60)

    assert [text[start:end] for start, end, _ in inside] == ["Marku", "ceasefire"]


def test_a_script_without_blanks_is_cut_anywhere() -> None:
    sentence = "前" * 100 + "停火" + "后" * 100

    text, spans = excerpt(sentence, [Span(100, 102, "t")], limit=20)

    assert text == "…" + "前" * 8 + "停火" + "后" * 8 + "…"
    assert spans == [Span(9, 11, "t")]


def test_a_match_longer_than_the_room_is_shown_in_part() -> None:
    sentence = "x" * 500

    text, spans = excerpt(sentence, [Span(0, 500, "t")], limit=60)

    assert text == "x" * 58 + "…"
    assert spans == [Span(0, 58, "t")]


def test_overlapping_marks_become_one() -> None:
    assert merged([Span(5, 9, "b"), Span(0, 6, "a"), Span(12, 14, "c")]) == ((0, 9), (12, 14))
