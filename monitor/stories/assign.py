"""Article + what was told before → the story it belongs to, and why. Pure: the candidates are handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.model import Article, ArticleId, Assignment, Grounds, StoryId
from monitor.remembered import Copy, Look, Story, Terms, TextPrint
from monitor.stories.frequencies import Frequencies
from monitor.stories.passages import shared_passages
from monitor.stories.same_story import CopyVerdict, copy_score
from monitor.stories.story_match import Likeness, joined, likeness, may_tell_same, opened, shared_terms, tells_same
from monitor.stories.words import fold, read_title_words, read_words
from monitor.urls import page_key, site

# Overlap of titles and of texts from which two articles at one address are one, told anew. Where both have a text, it
# says more than a headline of which a word was replaced: "Travel alert for …".
_SAME_TITLE, _SAME_BARE_TITLE = 0.80, 0.30
_SAME_TEXT = 0.30

HEADLINE_LIFETIME = timedelta(hours=48)  # in which an equal headline elsewhere is the same news
_HEADLINE_WORDS = 4  # that say something; "Weather forecast" stands over many articles
_HEADLINE_PAIRS = 8  # of characters, in scripts without spaces
# A figure, or a capital after the first word: "Man charged with murder after woman found dead" is told of many.
_NAME_OR_FIGURE = re.compile(r"\d|\S\s+\W*[A-ZÀ-ÖØ-ÞΆ-ΫЀ-Я]")

_MOST_WORDS = 8  # shown to people
_MOST_RELATED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """An article with what of it is compared."""

    article: Article
    fingerprint: TextPrint  # from `text_print`
    terms: Terms  # from `read_terms`
    is_alone: bool = False  # joins no story by its words, and none joins it: an update of a live blog is news by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nearest:
    """The version of a remembered text that is closest to the newcomer's."""

    copy: Copy
    version: TextPrint
    verdict: CopyVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    story: Story
    found: Likeness


def article_addresses(article: Article) -> tuple[str, ...]:
    """Return the keys of the addresses that stand for this article alone, the canonical one first."""
    keys = (page_key(url) for url in (article.canonical_url, article.url, article.link))
    return tuple(dict.fromkeys(key for key in keys if key))


def is_another_article(fingerprint: TextPrint, copy: Copy) -> bool:
    """Return whether an article is not the one known under its address: neither title nor text have much in common.

    An address that stands for many articles (a page that all links lead to, one that is rewritten each hour) would
    swallow every alert but the first.
    """
    versions = (copy.first, copy.longest)
    return all(_are_strangers(fingerprint, version) for version in versions)


def _are_strangers(one: TextPrint, other: TextPrint) -> bool:
    smaller = min(len(one.title_words), len(other.title_words))
    least = _SAME_TITLE if one.sequence and other.sequence else _SAME_BARE_TITLE
    if not smaller or len(one.title_words & other.title_words) >= least * smaller:
        return False
    verdict = copy_score(one, other)
    return not verdict.is_copy and (verdict.rule == "stub" or verdict.containment < _SAME_TEXT)


def told_apart(article: Article) -> Article:
    """Return an article under an id of its own where its address is no identity; the same for the same title."""
    own = blake2b(f"{article.id} {article.title}".encode(), digest_size=8).hexdigest()
    return replace(article, id=ArticleId(own))


def headline_key(title: str) -> str:
    """Return by what a headline is known on another site, "" if it says too little to be known by it."""
    words = read_words(fold(title))
    least = _HEADLINE_PAIRS if words.by_character else _HEADLINE_WORDS
    says_enough = len(read_title_words(title)) >= least and (words.by_character or _NAME_OR_FIGURE.search(title))
    return " ".join(words.units) if says_enough else ""


def assign_story(newcomer: Newcomer, look: Look, frequencies: Frequencies, *, now: datetime) -> Assignment:
    """Return the story that an article joins, or opens under its own id.

    Args:
        newcomer: the article.
        look: what was found for it, in any order.
        frequencies: by which words are weighed.
        now: when it came.
    """
    verdicts = _verdicts(newcomer.fingerprint, look)
    assignment = _known_assignment(newcomer, look, now) or _copy_assignment(newcomer, verdicts)
    alike = [] if assignment else _stories_alike(newcomer, look.stories, verdicts, frequencies, now)
    if assignment is None and alike:
        assignment = _story_assignment(newcomer, alike[0], frequencies)
    if assignment is None:
        return Assignment(story=StoryId(newcomer.article.id), joined="opened")
    # Told, not merged: stories keep their alerts.
    others = [one.copy.story for one in verdicts if one.verdict.is_copy] + [one.story.id for one in alike]
    related = [story for story in dict.fromkeys(others) if story != assignment.story]
    return replace(assignment, related=tuple(related[:_MOST_RELATED]))


def story_after(
    newcomer: Newcomer, assignment: Assignment, look: Look, frequencies: Frequencies, now: datetime
) -> Story | None:
    """Return the story as it is with the article, None if its words stay as they are.

    Copies and later versions do not move it, and a round-up is no text of one event.
    """
    if stands_alone(newcomer):
        return None
    if assignment.joined == "opened":
        return opened(assignment.story, newcomer.terms, now)
    story = next((story for story in look.stories if story.id == assignment.story), None)
    return joined(story, newcomer.terms, frequencies, now) if story and assignment.joined == "story" else None


def stands_alone(newcomer: Newcomer) -> bool:
    """Return whether no story is found by the article's words, nor it by the words of others."""
    return newcomer.is_alone or newcomer.fingerprint.is_roundup


def _known_assignment(newcomer: Newcomer, look: Look, now: datetime) -> Assignment | None:
    """Return the story that a person, the article's id, its address or its headline says."""
    article = newcomer.article
    known = [look.by_address, *sorted(look.copies, key=lambda copy: copy.id)]
    again = next((copy for copy in known if copy and article.id in articles_of(copy)), None)
    if look.pinned is not None:
        is_first = look.pinned == StoryId(article.id) and again is None
        return Assignment(story=look.pinned, joined="opened" if is_first else "article", grounds=Grounds(rule="pinned"))
    if again is not None:
        # Of a text that was told first elsewhere, this may be the longest version.
        copy_of = again.id if article.id != again.id else None
        return Assignment(story=again.story, joined="article", copy_of=copy_of)
    address = look.by_address
    if address is not None and not is_another_article(newcomer.fingerprint, address):
        grounds = Grounds(other=address.id)
        return Assignment(story=address.story, joined="address", copy_of=address.id, grounds=grounds)
    headline = look.by_headline
    if headline is not None and _is_told_by_headline(newcomer, look, now):
        return Assignment(story=headline.story, joined="headline", grounds=Grounds(other=headline.article, titles=1.0))
    return None


def articles_of(copy: Copy) -> tuple[ArticleId, ...]:
    """Return the articles whose versions of a text are remembered."""
    return copy.id, copy.first.article, copy.longest.article


def _is_told_by_headline(newcomer: Newcomer, look: Look, now: datetime) -> bool:
    """Return whether an equal headline is enough: on another site, lately, and one of the two has too little text."""
    headline, article = look.by_headline, newcomer.article
    return (
        headline is not None
        and not look.is_series
        and not newcomer.fingerprint.is_roundup
        and bool(headline_key(article.title))
        and headline.site != (site(article.url) or article.source)
        and abs(now - headline.seen) <= HEADLINE_LIFETIME
        and not (headline.has_text and newcomer.fingerprint.text_hash)
    )


def _verdicts(fingerprint: TextPrint, look: Look) -> list[_Nearest]:
    """Return what the copy gate says of each remembered text, the nearest first, whatever order they were found in."""
    compared = [_closest_version(fingerprint, copy, is_series=look.is_series) for copy in look.copies]
    return sorted(compared, key=lambda one: (*(-figure for figure in _nearness(one.verdict)), one.copy.id))


def _closest_version(fingerprint: TextPrint, copy: Copy, *, is_series: bool) -> _Nearest:
    # The first version alone misses articles that copy what was added later, the longest those that copy the lead.
    versions = [copy.first] if copy.first == copy.longest else [copy.first, copy.longest]
    compared = [
        _Nearest(copy=copy, version=version, verdict=copy_score(fingerprint, version, is_series=is_series))
        for version in versions
    ]
    return max(compared, key=lambda one: _nearness(one.verdict))


def _nearness(verdict: CopyVerdict) -> tuple[bool, float, float]:
    return verdict.is_copy, verdict.containment, verdict.jaccard


def _copy_assignment(newcomer: Newcomer, verdicts: list[_Nearest]) -> Assignment | None:
    if not verdicts or not verdicts[0].verdict.is_copy:
        return None
    nearest, verdict = verdicts[0], verdicts[0].verdict
    article, copy = newcomer.article, nearest.copy
    is_same = newcomer.fingerprint.text_hash in (copy.first.text_hash, copy.longest.text_hash)
    return Assignment(
        story=copy.story,
        joined="text" if is_same else "copy",
        copy_of=copy.id,
        score=None if is_same else round(verdict.containment, 3),
        grounds=Grounds(
            other=nearest.version.article,
            rule=verdict.rule,
            containment=round(verdict.containment, 3),
            jaccard=round(verdict.jaccard, 3),
            lost_numbers=round(verdict.lost_numbers, 3),
            lost_names=round(verdict.lost_names, 3),
            titles=None if verdict.titles is None else round(verdict.titles, 3),
            passages=shared_passages(article.text or article.summary, nearest.version),
        ),
    )


def _stories_alike(
    newcomer: Newcomer, stories: Iterable[Story], verdicts: list[_Nearest], frequencies: Frequencies, now: datetime
) -> list[_Alike]:
    """Return the open stories whose event the article tells in other words, the likest first."""
    is_notice = any(one.verdict.rule == "stub" for one in verdicts)  # its words are not the article's
    if stands_alone(newcomer) or is_notice:
        return []
    found = []
    for story in may_tell_same(newcomer.terms, stories, frequencies, now=now):
        alike = likeness(newcomer.terms, story, frequencies, now=now)
        # All of them: of texts on one template, the index knows the last.
        against = [one.verdict for one in verdicts]
        if tells_same(alike, newcomer.terms, story, words=newcomer.fingerprint.words, verdicts=against):
            found.append(_Alike(story=story, found=alike))
    return sorted(found, key=lambda one: (-one.found.score, one.story.id))


def _story_assignment(newcomer: Newcomer, alike: _Alike, frequencies: Frequencies) -> Assignment:
    score = round(alike.found.score, 3)
    terms = shared_terms(newcomer.terms, alike.story, frequencies, most=_MOST_WORDS * 2)
    words = dict.fromkeys(_as_written(newcomer.terms.spelled[term], newcomer.article) for term in terms)
    grounds = Grounds(
        other=ArticleId(alike.story.id),
        cosine=score,
        frequencies=frequencies.version,
        words=tuple(words)[:_MOST_WORDS],
    )
    return Assignment(story=alike.story.id, joined="story", score=score, grounds=grounds)


def _as_written(word: str, article: Article) -> str:
    """Return a folded word as the article spells it; as it is where folding changed more than the case."""
    pattern = re.compile(re.escape(word), re.IGNORECASE)
    lead = f"{article.text or article.summary}\n{article.title}"[:4000]
    is_spaceless = not word.isascii() and len(word) == 2
    places = (match for match in pattern.finditer(lead) if is_spaceless or _is_whole(lead, match))
    return next((match[0] for match in places), word)


def _is_whole(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    return not any(char.isalnum() for char in around)
