"""Which figures does a later version of a text replace? Pure.

A figure is replaced when another one stands between the same words: passages that were added, cut or moved change none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from monitor.model import Article, Assignment
from monitor.remembered import Copy, Look, ReplacedFigure, TextPrint
from monitor.stories.assign import articles_of
from monitor.stories.fingerprint import hash_word, shingle_size, shingles
from monitor.stories.words import fold, read_words

SIMILAR_LENGTH = 0.30  # a version that is shorter or longer by more is another text, not a correction
MOST = 8  # beyond, it is a table that was made anew
_LONGEST = 40  # characters of a figure: who writes longer ones does not inform
_AROUND = 2  # words on each side of a figure that must be the same
_FIGURE = 0x10000  # stands for any figure: no word has this hash
_EDGE = 0x10001
_READ = 16_000  # characters of a text that are looked at: more than are compared
_BESIDE = 100  # characters that hold the words around a figure
_SAME_TITLE = 0.60  # of the words of the smaller headline
_GROUPS = re.compile(r"[.,](?=\d{3}(?!\d))")

# Lines that say when the page was written: their figures change with each visit of an editor.
_STAMPS = (
    *("last updated", "updated", "first published", "published", "posted", "modified", "copyright", "©"),
    *("zuletzt aktualisiert", "aktualisiert", "stand", "veröffentlicht", "mis à jour", "publié", "modifié"),
    *("actualizado", "publicado", "atualizado", "aggiornato", "pubblicato", "bijgewerkt", "gepubliceerd"),
    *("uppdaterad", "publicerad", "oppdatert", "publisert", "opdateret", "aktualizacja", "opublikowano"),
    *("обновлено", "опубликовано", "оновлено", "опубліковано", "güncelleme", "son güncelleme", "yayınlanma"),
    *(
        "آخر تحديث",
        "تحديث",
        "تاريخ النشر",
        "به‌روزرسانی",
        "更新",
        "发布",
        "發布",
        "公開",
        "配信",
        "입력",
        "수정",
        "업데이트",
    ),
    *("अपडेट", "प्रकाशित", "diperbarui", "cập nhật"),
)
_STAMP = re.compile(
    rf"(?:^|[(\[（【|·•])[ \t]*(?:{'|'.join(map(re.escape, _STAMPS))})\W.{{0,40}}", re.IGNORECASE | re.MULTILINE
)


def joined_copy(article: Article, assignment: Assignment, look: Look) -> Copy | None:
    """Return the remembered text that an article repeats or tells anew; None if it joined no text."""
    known = [copy for copy in (look.by_address, *look.copies) if copy is not None]
    if assignment.copy_of is not None:
        return next((copy for copy in known if copy.id == assignment.copy_of), None)
    return next((copy for copy in known if article.id in articles_of(copy)), None)


def replaced_figures(
    article: Article, fingerprint: TextPrint, copy: Copy, *, is_same_article: bool
) -> tuple[ReplacedFigure, ...]:
    """Return the figures of a remembered text that the article has replaced, at most 8, in the order of the article.

    Args:
        article: the later version.
        fingerprint: its print.
        copy: what it was compared with; of its versions the one that is closer counts.
        is_same_article: it is the page that was read before, so that its headline is the same one, edited.
    """
    version = _closer(fingerprint, copy)
    found: list[ReplacedFigure] = []
    if fingerprint.text_hash != version.text_hash and _is_similar_length(fingerprint, version):
        found += _in_text(article, fingerprint, version)
    if is_same_article or not (fingerprint.sequence and version.sequence):
        told = {(each.before, each.after) for each in found}
        found += [each for each in _in_title(fingerprint, version) if (each.before, each.after) not in told]
    return tuple(found[:MOST])


def _closer(fingerprint: TextPrint, copy: Copy) -> TextPrint:
    if copy.first == copy.longest or not copy.longest.sequence:
        return copy.first
    ours = _shingles_of(fingerprint)
    return max((copy.first, copy.longest), key=lambda version: _likeness(ours, _shingles_of(version)))


def _shingles_of(text: TextPrint) -> frozenset[tuple[int, ...]]:
    return frozenset(shingles(text.sequence, size=shingle_size(by_character=text.by_character)))


def _likeness(one: frozenset[tuple[int, ...]], other: frozenset[tuple[int, ...]]) -> float:
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)


def _is_similar_length(one: TextPrint, other: TextPrint) -> bool:
    longer = max(len(one.sequence), len(other.sequence))
    return abs(len(one.sequence) - len(other.sequence)) <= SIMILAR_LENGTH * longer


def _in_text(article: Article, fingerprint: TextPrint, version: TextPrint) -> Iterable[ReplacedFigure]:
    before, stamped = _figures(version), _stamped(article.text, by_character=fingerprint.by_character)
    for place, figures in _figures(fingerprint).items():
        earlier = before.get(place, ())
        # The same words around more figures are a table: nobody knows which is which.
        if len(earlier) != len(figures) or place in stamped:
            continue
        for old, new in zip(earlier, figures, strict=True):
            if _value(old) != _value(new) and max(len(old), len(new)) <= _LONGEST:
                yield ReplacedFigure(place=place, before=old, after=new)


def _figures(text: TextPrint) -> Mapping[str, Sequence[str]]:
    """Return the figures of a text, in order, by the words around them."""
    spelled = {hash_word(figure): figure for figure in text.numbers}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, place in _places(text.sequence, spelled, by_character=text.by_character).items():
        found[place].append(spelled[text.sequence[number]])
    return found


def _places(sequence: Sequence[int], figures: Container[int], *, by_character: bool) -> Mapping[int, str]:
    """Return the words around each figure of a sequence, by its index; other figures among them count as any."""
    size = _AROUND * 2 if by_character else _AROUND
    edge = [_EDGE] * size
    masked = [*edge, *(_FIGURE if word in figures else word for word in sequence), *edge]
    places: dict[int, str] = {}
    for number, word in enumerate(sequence):
        if word in figures:
            around = (*masked[number : number + size], *masked[number + size + 1 : number + 2 * size + 1])
            places[number] = "-".join(f"{each:x}" for each in around)
    return places


def _stamped(text: str, *, by_character: bool) -> frozenset[str]:
    """Return the places of figures in lines that date the page."""
    stamped: set[str] = set()
    for found in _STAMP.finditer(text[:_READ]):
        start, end = max(0, found.start() - _BESIDE), found.end() + _BESIDE
        units = read_words(fold(text[start:end])).units
        first = len(read_words(fold(text[start : found.start()])).units)
        last = first + len(read_words(fold(found[0])).units)
        figures = {hash_word(unit) for unit in units if unit[0].isdecimal()}
        places = _places([hash_word(unit) for unit in units], figures, by_character=by_character)
        stamped.update(place for number, place in places.items() if first <= number < last)
    return frozenset(stamped)


def _in_title(fingerprint: TextPrint, version: TextPrint) -> Iterable[ReplacedFigure]:
    ours, theirs = _split(fingerprint.title_words), _split(version.title_words)
    smaller = min(len(ours[1]), len(theirs[1]))
    if not smaller or len(ours[1] & theirs[1]) < _SAME_TITLE * smaller:
        return
    # What the earlier text said already is no other figure: its headline only names another one of it.
    gone, come = sorted(theirs[0] - ours[0]), sorted(ours[0] - theirs[0] - version.numbers)
    if len(gone) != 1 or len(come) != 1 or max(len(gone[0]), len(come[0])) > _LONGEST:
        return
    if _value(gone[0]) != _value(come[0]):
        yield ReplacedFigure(place="title", before=gone[0], after=come[0])


def _split(words: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    figures = frozenset(word for word in words if word[0].isdecimal())
    return figures, words - figures


def _value(figure: str) -> str:
    """Return a figure without the signs that part its thousands: 5,000 and 5.000 are 5000."""
    return _GROUPS.sub("", figure)
