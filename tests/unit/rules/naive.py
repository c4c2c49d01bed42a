"""The rule language evaluated in the slowest and plainest way, to hold the compiled engine against."""

from __future__ import annotations

import itertools
import re
import unicodedata

from monitor.model import Article
from monitor.rules.expression import About, AllOf, AnyOf, AtLeast, Condition, NoneOf, Place, Term, Within
from monitor.rules.fold import fold

BODY = ("title", "summary", "text")
UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff]"
)


def holds(condition: Condition, article: Article, fields: tuple[str, ...] = BODY) -> bool:
    """Whether a condition holds for an article."""
    match condition:
        case Term():
            return any(_stands(condition, article.field(name)) for name in fields)  # type: ignore[arg-type]
        case Within():
            assert condition.field != "lead"
            return holds(condition.condition, article, (condition.field,))
        case AllOf():
            return all(holds(each, article, fields) for each in condition.conditions)
        case AnyOf():
            return any(holds(each, article, fields) for each in condition.conditions)
        case NoneOf():
            return not any(holds(each, article, fields) for each in condition.conditions)
        case AtLeast():
            return sum(holds(each, article, fields) for each in condition.conditions) >= condition.count
        case About():
            assert condition.aspect == "language"
            return article.language in condition.values
        case Place():
            raise NotImplementedError("places have tests of their own")


def _stands(term: Term, text: str) -> bool:
    """Whether a term stands in a text, tried at each position of the folded text."""
    folded = fold(text)
    parts = re.split(r"(?<=\w)-(?=\w)", term.text)
    for glue in itertools.product(("", " "), repeat=len(parts) - 1):
        form = fold("".join(part + joint for part, joint in zip(parts, (*glue, ""), strict=True))).text.strip()
        for start in range(len(folded.text)):
            if folded.text.startswith(form, start) and _is_whole(term, folded.text, start, start + len(form)):
                first, last = folded.span(start, start + len(form))
                if not term.exact or text[first:last] == term.text:
                    return True
    return False


def _is_whole(term: Term, text: str, start: int, end: int) -> bool:
    left = _splits(text[max(0, start - 1) : start], text[start : start + 1])
    rest = itertools.takewhile(lambda pair: not _splits(*pair), itertools.pairwise(text[end - 1 :]))
    tail = "".join(pair[1] for pair in rest)
    endings = {""}
    if not term.exact and not term.open_end and re.search("[a-z]{3}$", text[:end]):
        endings |= {"s", "es"} if re.search("(s|x|z|ch|sh)$", text[:end]) else {"s"}
    return left and (term.open_end or tail in endings)


def _splits(left: str, right: str) -> bool:
    """Whether a word may end between two characters."""
    if not left or not right or not (_in_word(left) and _in_word(right)):
        return True
    return bool(UNSPACED.match(left) or UNSPACED.match(right))


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"
