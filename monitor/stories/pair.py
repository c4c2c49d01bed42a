"""Two articles, the first as if it were remembered: is the second of its story, and what do the gates say? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import Article, Assignment, StoryId
from monitor.remembered import Copy, Headline, Look, TextPrint
from monitor.stories.assign import Newcomer, article_addresses, assign_story, headline_key
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import Frequencies
from monitor.stories.gate import CopyAnswer, StoryAnswer, explain_copy, explain_story
from monitor.stories.story_match import opened
from monitor.stories.terms import read_terms
from monitor.urls import site


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """What becomes of the second of two articles, and why; no answer of a gate that has nothing to compare."""

    assignment: Assignment
    copy: CopyAnswer | None = None
    story: StoryAnswer | None = None


def remembered(article: Article, newcomer: Article, *, now: datetime) -> Look:
    """Return what a newcomer would find if one article, told at `now`, were all that is remembered."""
    fingerprint, story = text_print(article), StoryId(article.id)
    copy = Copy(id=article.id, story=story, first=fingerprint, longest=fingerprint)
    has_address = bool(set(article_addresses(article)) & set(article_addresses(newcomer)))
    headline = Headline(
        article=article.id,
        story=story,
        site=site(article.url) or article.source,
        has_text=bool(fingerprint.text_hash),
        seen=now,
    )
    return Look(
        copies=(copy,),
        stories=(opened(story, read_terms(article), now),),
        by_address=copy if has_address else None,
        by_headline=headline if headline_key(article.title) == headline_key(newcomer.title) else None,
    )


def judge_pair(newcomer: Article, look: Look, frequencies: Frequencies, *, now: datetime) -> PairAnswer:
    """Return the story that an article joins or opens, with the figures of the gates.

    Args:
        newcomer: the later article.
        look: the text and the story of the other one, as far as they are remembered.
        frequencies: those by which words are weighed.
        now: when the newcomer came.
    """
    fingerprint, terms = text_print(newcomer), read_terms(newcomer)
    who = Newcomer(article=newcomer, fingerprint=fingerprint, terms=terms)
    assignment = assign_story(who, look, frequencies, now=now)
    if assignment.joined in ("article", "address", "headline"):  # no gate was asked
        return PairAnswer(assignment=assignment)
    versions = [version for copy in look.copies for version in dict.fromkeys((copy.first, copy.longest))]
    answers = [explain_copy(fingerprint, version) for version in versions]
    nearest = max(answers, key=_nearness, default=None)
    verdicts = [answer.verdict for answer in answers]
    stories = [
        explain_story(terms, story, frequencies, words=fingerprint.words, verdicts=verdicts, now=now)
        for story in look.stories[:1]
    ]
    return PairAnswer(
        assignment=assignment,
        copy=nearest if nearest and nearest.figures else None,
        # A story of a headline alone is one that no text can be held against.
        story=next((answer for answer in stories if answer.tells_same or _decides(answer)), None),
    )


def _decides(answer: StoryAnswer) -> bool:
    return any(figure.turns is not None for figure in answer.figures)


def judge_texts(one: TextPrint, other: TextPrint) -> CopyAnswer | None:
    """Return what the copy gate says of two texts of which nothing else is remembered."""
    answer = explain_copy(one, other)
    return answer if answer.figures else None


def _nearness(answer: CopyAnswer) -> tuple[bool, float, float]:
    return answer.verdict.is_copy, answer.verdict.containment, answer.verdict.jaccard
