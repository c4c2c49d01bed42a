from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.rules.fold import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Cease-Fire", "cease fire", id="a hyphen is a space"),
        pytest.param("a – b", "a—b", id="a dash with spaces around it is a dash"),
        pytest.param("a--b", "a—b", id="two hyphens are a dash"),
        pytest.param("pre- and post-war", "pre and post war", id="a hyphen that waits for its word is a space"),
        pytest.param("he said: “no”", "he said: no ", id="double quotes are spaces"),
        pytest.param("one\n\ntwo\nthree", "one\ntwo three", id="a paragraph is a line break, a line break a space"),
        pytest.param("‘no’ ministers’ talks", "'no ministers talks", id="an apostrophe beside a space is a space"),
        pytest.param("O’Brien", "o'brien", id="an apostrophe inside a word stays"),
        pytest.param("Ærøskøbing…", "aeroskobing…", id="letters that are two"),
        pytest.param("٢٠٢٦", "2026", id="digits of other scripts"),
        pytest.param("قضيّة إلى أمّـة", "قضيه الي امه", id="Arabic forms of one letter"),
        pytest.param("ｶﾞｻﾞ", "ガザ", id="narrow kana with voicing marks"),
        pytest.param("がガ", "がガ", id="voicing is not an accent"),
        pytest.param("여행", "여행", id="Korean syllables stay whole"),
        pytest.param("नई दिल्ली", "नई दिल्ली", id="vowel signs of Hindi stay"),
        pytest.param("", "", id="nothing is nothing"),
    ],
)
def test_text_folds_to_what_terms_are_compared_with(text: str, expected: str) -> None:
    assert fold(text).text == expected


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        pytest.param("Der Straßenkampf in Gaza", "gaza", "Gaza", id="after a letter that became two"),
        pytest.param(
            "x\u00ad\u200by  –  Gaza", "gaza", "Gaza", id="after characters that are gone and spaces made one"
        ),
        pytest.param("un cafe\u0301 noir", "cafe", "cafe\u0301", id="a decomposed accent is part of its word"),
        pytest.param("aﬁb…c Gaza", "fib", "ﬁb", id="from the middle of a ligature to the next letter"),
        pytest.param("東京 ｶﾞｻﾞ地区", "ガザ", "ｶﾞｻﾞ", id="two characters that became one"),
    ],
)
def test_a_span_leads_back_to_the_original(text: str, part: str, expected: str) -> None:
    folded = fold(text)
    start = folded.text.index(part)
    first, last = folded.span(start, start + len(part))
    assert text[first:last] == expected


@given(st.text(st.sampled_from("aAéß-–—\u00ad\u200b \n'’“.,ﬁİ\u0301\u0308王ｶﾞ가اُأЙёक्षि0²…œ"), max_size=40))
@example("ß ﬁ")
@example("a\u0301\u00ad-\n\n b")
def test_every_span_of_a_word_folds_to_itself(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    folded = fold(text)
    for start in range(len(folded.text)):
        first, last = folded.span(start, start + 1)
        assert 0 <= first < last <= len(text)
        assert folded.text[start] in fold(text[first:last]).text + " —\n'"


@given(st.text(max_size=60))
def test_folding_twice_changes_no_letter(text: str) -> None:
    once = fold(text).text
    assert [each for each in fold(once).text if each.isalnum()] == [each for each in once if each.isalnum()]


@given(st.text(max_size=60))
def test_the_form_of_unicode_does_not_matter(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    letters = [each for each in fold(composed).text if each.isalnum()]
    assert [each for each in fold(decomposed).text if each.isalnum()] == letters
