"""Cleaning of foreign text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import clean_text, nfc


@given(st.text(alphabet=st.sampled_from("aé ก็한\u0301\u0316\u094dه\u064b。\n")))
def test_text_without_long_runs_of_marks_is_plainly_composed(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


def test_no_letter_keeps_more_marks_than_any_language_needs() -> None:
    assert nfc("a" + "\u0316\u0301" * 1_000 + "b。" * 40) == nfc("a" + "\u0316\u0301" * 15) + "b。" * 40


@pytest.mark.parametrize("text", ["\u0316\u0301" * 64_000, ("x" + "\u0316\u0301" * 20) * 3_000], ids=["one", "many"])
def test_marks_without_end_cost_no_time(text: str) -> None:
    started = time.process_time()
    assert len(clean_text(text)) <= 64_000
    assert time.process_time() - started < 2  # 16 seconds, if each were put in its order
