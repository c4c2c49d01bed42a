from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.rules.fold import fold_chunk, fold_term, map_chunk


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Cease-Fire", "cease fire", id="a hyphen is a space"),
        pytest.param("a – b", "a — b", id="a dash with spaces around it is a dash"),
        pytest.param("a–b", "a b", id="without spaces it is a hyphen"),
        pytest.param("a--b", "a—b", id="two hyphens are a dash"),
        pytest.param("pre- and post-war", "pre and post war", id="a hyphen that waits for its word is a space"),
        pytest.param("he said: “no”", "he said: no", id="double quotes are spaces"),
        pytest.param("‘no’ ministers’ talks", "no ministers talks", id="an apostrophe beside a space is none"),
        pytest.param("O’Brien", "o'brien", id="an apostrophe inside a word stays"),
        pytest.param("Ærøskøbing…", "aeroskobing…", id="letters that are two"),
        pytest.param("٢٠٢٦", "2026", id="digits of other scripts"),
        pytest.param("قضيّة إلى أمّـة", "قضيه الي امه", id="Arabic forms of one letter"),
        pytest.param("ｶﾞｻﾞ", "ガザ", id="narrow kana with voicing marks"),
        pytest.param("がガ", "がガ", id="voicing is not an accent"),
        pytest.param("여행", "여행", id="Korean syllables stay whole"),
        pytest.param("नई दिल्ली", "नई दिल्ली", id="vowel signs of Hindi stay"),
        pytest.param("AT&amp;T &#8220;no&#8221; a&nbsp;b", "at&t no a b", id="entities are what they stand for"),
        pytest.param("R&D; &unknown;", "r&d; &unknown;", id="what only looks like one stays"),
        pytest.param("a\u200b \u200f b", "a b", id="invisible characters are nothing"),
        pytest.param("王毅说：“停火”。", "王毅说: 停火 。", id="Chinese with its quotes"),
        pytest.param("", "", id="nothing is nothing"),
    ],
)
def test_text_folds_to_what_terms_are_compared_with(text: str, expected: str) -> None:
    assert fold_term(text) == expected


@pytest.mark.parametrize(
    ("chunk", "part", "expected"),
    [
        pytest.param("Straßenkampf-Gaza", "gaza", "Gaza", id="after a letter that became two"),
        pytest.param("x\u00ad\u200by--Gaza", "gaza", "Gaza", id="after characters that are gone"),
        pytest.param("(cafe\u0301)", "cafe", "cafe\u0301", id="a decomposed accent is part of its word"),
        pytest.param("aﬁb…c", "fib", "ﬁb", id="from the middle of a ligature to the next letter"),
        pytest.param("東京ｶﾞｻﾞ地区", "ガザ", "ｶﾞｻﾞ", id="two characters that became one"),
        pytest.param("“AT&amp;T’s", "at&t", "AT&amp;T", id="with an entity"),
    ],
)
def test_positions_lead_back_to_the_original(chunk: str, part: str, expected: str) -> None:
    folded = map_chunk(chunk)
    start = folded.text.index(part)
    assert chunk[folded.starts[start] : folded.ends[start + len(part) - 1]] == expected


CHUNKS = st.text(
    st.sampled_from("aAéß-–—\u00ad\u200b'’“.,ﬁİ\u0301\u0308王，！ｶﾞ가اُأЙёक्षि0²…œ&;lt"), min_size=1, max_size=60
)


@given(CHUNKS)
@example("ßﬁ")
@example("a\u0301\u00ad-b")
def test_every_character_comes_from_what_folds_to_it(chunk: str) -> None:
    chunk = unicodedata.normalize("NFC", chunk)
    folded = map_chunk(chunk)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    for character, start, end in zip(*folded, strict=True):
        assert 0 <= start < end <= len(chunk)
        assert character in map_chunk(chunk[start:end]).text + " —'"


@given(CHUNKS)
def test_the_fast_ways_fold_like_the_thorough_one(chunk: str) -> None:
    assert fold_chunk(chunk) == map_chunk(chunk).text


@given(st.text(max_size=60))
def test_folding_twice_changes_no_letter(text: str) -> None:
    once = fold_term(text)
    if "&" not in once:  # &amp;lt; is an entity in an entity
        assert [each for each in fold_term(once) if each.isalnum()] == [each for each in once if each.isalnum()]


@given(st.text(max_size=60))
def test_the_form_of_unicode_does_not_matter(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    letters = [each for each in fold_term(composed) if each.isalnum()]
    assert [each for each in fold_term(decomposed) if each.isalnum()] == letters
