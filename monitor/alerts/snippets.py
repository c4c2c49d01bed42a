"""Match → the sentences that show why, with the matched words marked. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from monitor.alerts.excerpt import Span, excerpt, merged
from monitor.model import Article, ArticleField, Evidence, Match, Snippet
from monitor.sentences import sentence_ends

MAX_SNIPPETS = 3
MAX_LENGTH = 240  # characters, ellipses included

_FIELDS: tuple[ArticleField, ...] = ("title", "summary", "text", "author", "feed", "url")  # in reading order
# A sentence of the text says more than the headline, which the alert shows anyway; an address says least.
_TELLING: tuple[ArticleField, ...] = ("text", "summary", "title", "author", "feed", "url")
_PROSE = ("text", "summary")
_SPACE = re.compile(r"\s")


def snippets(article: Article, match: Match) -> tuple[Snippet, ...]:
    """Return at most 3 passages of at most 240 characters that together show as many terms as possible.

    Sentences of the text come before the headline, which is used only for terms found nowhere else. In reading order.
    """
    candidates = [
        snippet
        for field in _FIELDS
        for snippet in _from_field(
            field, article.field(field), evidence=[found for found in match.evidence if found.field == field]
        )
    ]
    return tuple(candidates[place] for place in sorted(_choose(candidates)))


def _choose(candidates: Sequence[Snippet]) -> set[int]:
    """Return which candidates to show: each adds the most terms not shown yet, the more telling field winning ties."""
    in_prose = {term for snippet in candidates if snippet.field in _PROSE for term in snippet.terms}
    chosen = {
        place
        for place, snippet in enumerate(candidates[:1])  # reading order: the title, if it matched, is the first
        if snippet.field == "title" and not in_prose.issuperset(snippet.terms)
    }
    shown = {term for place in chosen for term in candidates[place].terms}
    headline = frozenset(term for snippet in candidates if snippet.field == "title" for term in snippet.terms)
    while len(chosen) < MAX_SNIPPETS:
        best = max(
            range(len(candidates)),
            key=lambda place: _worth(candidates[place], place, shown=shown, headline=headline),
            default=-1,
        )
        if best < 0 or shown.issuperset(candidates[best].terms):
            break
        chosen.add(best)
        shown.update(candidates[best].terms)
    return chosen


def _worth(
    snippet: Snippet, place: int, *, shown: set[str], headline: frozenset[str]
) -> tuple[bool, bool, int, int, int, int, int]:
    new = set(snippet.terms) - shown
    fresh = len(new)
    wordings = len({snippet.text[start:end].casefold() for start, end in snippet.marks})
    # What the headline names is what the story is about: it goes before names that only come up on the way.
    return (
        fresh > 0,
        snippet.field in _PROSE,
        len(new & headline),
        fresh,
        wordings,
        -_TELLING.index(snippet.field),
        -place,
    )


def _from_field(field: ArticleField, content: str, *, evidence: Sequence[Evidence]) -> Iterable[Snippet]:
    """Yield one snippet for each sentence of a field that holds evidence; other fields than prose are one piece."""
    ordered = sorted(evidence, key=lambda found: (found.start, found.end))
    if any(content[found.start : found.end] != found.text for found in ordered):
        # The article was read again since it matched, but the matched words alone are still true.
        for found in ordered:
            yield from _snippets(field, found.text, spans=[Span(0, len(found.text), found.term)])
        return
    spans = [Span(found.start, found.end, found.term) for found in ordered]
    rest = iter(spans)
    following = next(rest, None)
    for start, end in _sentences(content, spans=spans, prose=field in _PROSE):
        inside = []
        while following is not None and following.start < end:
            inside.append(following.moved(-start))
            following = next(rest, None)
        yield from _snippets(field, content[start:end], spans=inside)


def _sentences(content: str, *, spans: Sequence[Span], prose: bool) -> Iterable[tuple[int, int]]:
    """Return start and end of the sentences; none ends inside a span, for a term may reach over a line break."""
    if not prose:
        return [(0, len(content))]
    ends = [0]
    together = merged(spans)
    starts = [start for start, _ in together]
    for end in sentence_ends(content):
        before = bisect_left(starts, end) - 1
        if before < 0 or together[before][1] <= end:
            ends.append(end)
    return pairwise(ends)


def _snippets(field: ArticleField, sentence: str, *, spans: Sequence[Span]) -> Iterable[Snippet]:
    """Yield the sentence with its marks, or as many parts of a long one as it takes to show each term once."""
    while spans:
        text, inside = excerpt(_SPACE.sub(" ", sentence), spans, limit=MAX_LENGTH)
        terms = tuple(dict.fromkeys(span.term for span in inside))
        if not terms:  # a regex found blanks at an end of the sentence: there is nothing to show
            return
        yield Snippet(field=field, text=text, marks=merged(inside), terms=terms)
        spans = [span for span in spans if span.term not in terms]
