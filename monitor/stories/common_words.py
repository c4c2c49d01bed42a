"""The most common words of the languages of the news: by them a language is known, and they join no story. Data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


@cache
def _lists() -> Mapping[str, Mapping[str, frozenset[str]]]:
    read = tomllib.loads(files("monitor.stories").joinpath("common_words.toml").read_text("utf-8"))
    return {code: {name: frozenset(words.split()) for name, words in lists.items()} for code, lists in read.items()}


def function_words(language: str) -> frozenset[str]:
    """Return what is in most texts of a language; nothing for a language that is not known here."""
    return _lists()[language]["function"] if language in _lists() else frozenset()


def news_words() -> Iterator[tuple[str, str]]:
    """Yield the words that are in many texts of a language, each with its language."""
    for code, lists in _lists().items():
        for word in sorted(lists["news"]):
            yield word, code


@cache
def languages_by_word() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of which each function word is one."""
    known: dict[str, list[str]] = {}
    for code, lists in _lists().items():
        for word in sorted(lists["function"]):
            known.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in known.items()}
