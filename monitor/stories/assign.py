"""Article + what was told before → the story it belongs to, and why. Pure: the candidates are handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from monitor.model import Article, ArticleId, Assignment, StoryId
from monitor.remembered import Copy, TextPrint
from monitor.stories.same_story import CopyVerdict, copy_score
from monitor.urls import page_key

# Overlap of titles and of texts from which two articles at one address are one, told anew.
_SAME_TITLE = 0.30
_SAME_TEXT = 0.30


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
    if not smaller or len(one.title_words & other.title_words) >= _SAME_TITLE * smaller:
        return False
    verdict = copy_score(one, other)
    return not verdict.is_copy and (verdict.rule == "stub" or verdict.containment < _SAME_TEXT)


def told_apart(article: Article) -> Article:
    """Return an article under an id of its own where its address is no identity; the same for the same title."""
    own = blake2b(f"{article.id} {article.title}".encode(), digest_size=8).hexdigest()
    return replace(article, id=ArticleId(own))


def assign_story(
    article: Article, fingerprint: TextPrint, candidates: Iterable[Copy], *, by_address: Copy | None = None
) -> Assignment:
    """Return the story that `article` joins, or opens under its own id.

    Args:
        article: the newcomer.
        fingerprint: its print, from `text_print`.
        candidates: remembered copies that may tell the same text, in any order.
        by_address: the copy that is known under one of the article's addresses.
    """
    if by_address is not None:
        same = article.id in (by_address.id, by_address.first.article, by_address.longest.article)
        return Assignment(
            story=by_address.story, joined="article" if same else "address", copy_of=None if same else by_address.id
        )
    known = tuple(candidates)
    again = next((copy for copy in known if article.id in (copy.id, copy.longest.article)), None)
    if again is not None:
        return Assignment(story=again.story, joined="article")
    copy, verdict = _nearest_copy(fingerprint, known)
    if copy is None:
        return Assignment(story=StoryId(article.id), joined="opened")
    if fingerprint.text_hash in (copy.first.text_hash, copy.longest.text_hash):
        return Assignment(story=copy.story, joined="text", copy_of=copy.id)
    return Assignment(story=copy.story, joined="copy", copy_of=copy.id, score=round(verdict.containment, 3))


_NO_COPY = CopyVerdict(is_copy=False, containment=0.0, jaccard=0.0, rule="none")


def _nearest_copy(fingerprint: TextPrint, candidates: Iterable[Copy]) -> tuple[Copy | None, CopyVerdict]:
    """Return the candidate that shares most with the text, if it is a copy at all."""
    nearest: Copy | None = None
    best = _NO_COPY
    # By id, so that the same candidates give the same answer in whatever order the store found them.
    for copy in sorted(candidates, key=lambda copy: copy.id):
        verdict = _closest_version(fingerprint, copy)
        if verdict.is_copy and (verdict.containment, verdict.jaccard) > (best.containment, best.jaccard):
            nearest, best = copy, verdict
    return nearest, best


def _closest_version(fingerprint: TextPrint, copy: Copy) -> CopyVerdict:
    # The first version alone misses articles that copy what was added later, the longest those that copy the lead.
    versions = [copy.first] if copy.first == copy.longest else [copy.first, copy.longest]
    verdicts = [copy_score(fingerprint, version) for version in versions]
    return max(verdicts, key=lambda verdict: (verdict.is_copy, verdict.containment, verdict.jaccard))
