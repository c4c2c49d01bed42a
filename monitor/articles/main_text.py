"""Blocks of a page -> those that are its article: find the box that holds it, then drop what is beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import accumulate

from monitor.articles.beside import Marks, block_marks, find_pointers
from monitor.articles.blocks import HEADINGS, Block, PageBlocks
from monitor.articles.page import bare_letters

PROSE_WEIGHT = 80  # letters from which a block counts as running text whatever it ends with
SENTENCE_WEIGHT = 25  # letters of the shortest sentence
LEAD_WEIGHT = 50  # letters of the shortest lead in large type, which often ends without a full stop
MOST_LEADS = 3  # more blocks between headline and text are something else
MOST_LINKED = 0.5  # share of a block's letters that may be links: more is a menu or a pointer elsewhere
MOST_LINKED_SENTENCE = 0.8  # of a sentence that says something beside its link
ROOT_SHARE = 0.7  # of the page's text that the article's box must hold
ENOUGH = 300  # letters that make a story
SHORT = 250  # letters; a news flash of two sentences, or a remark of the site
SHORT_TITLE = 15  # letters; a shorter headline may stand in any other by chance

# The signs that end a sentence in all scripts, with quotes and brackets behind.
_SENTENCE_END = re.compile(r"[.!?…:;。！？：；।॥።؟۔]['\"”’»«›)\]」』）]*\s*$")
_PARAGRAPHS = frozenset({"p", "li", "td", "th", "blockquote", "pre", "dd"})
_ARTICLES = frozenset({"article", "main"})
_LEADS = frozenset({"p", "div", "h2", "h3", "h4", "blockquote", "section", "header"})
_LEAD_MARKS = frozenset({"teaser", "teasers"})  # some sites call an article's own lead so
_TITLES = HEADINGS | {"dt"}  # they belong to what follows
_LEAVES = HEADINGS | {"p", "li", "blockquote"}  # never the box of a whole article


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The blocks of an article, in reading order."""

    indices: list[int]
    pointing: float = 0.0  # how much of the page's text only points elsewhere, 0 to 1
    story: range | None = None  # where the page's own story stands, if there are several; None: it is the only one


def find_text(page: PageBlocks, *, title: str = "", description: str = "") -> Found:
    """Return which blocks are the article.

    Args:
        page: as walked.
        title: the page's own, plain; its place on the page tells where the article is.
        description: the page's own summary: where it stands on the page, it is the article's lead.
    """
    masses = [_mass(block) for block in page.blocks]
    heading = title_index(page, title)
    if sum(masses[heading + 1 :]) >= ENOUGH:
        # What stands above the headline is not the article: long menus, tickers, boxes of the site.
        masses[: heading + 1] = [0.0] * (heading + 1)
    if not any(masses):
        return Found(indices=[])
    marks = block_marks(page, masses, heading)
    pointers = find_pointers(page, masses, heading)
    pointing = sum(masses[index] for index in pointers) / sum(masses)
    for index in pointers:
        masses[index] = 0.0
    sums = [0.0, *accumulate(0.0 if mark else mass for mass, mark in zip(masses, marks, strict=True))]
    root, is_one_of_several = _root(page, sums, heading)
    inside = range(page.boxes[root].first, page.ends[root])
    chosen = [index for index in inside if not marks[index] and index not in pointers and _is_text(page.blocks[index])]
    body = _trimmed(page.blocks, chosen, masses, heading)
    if heading < 0 and _is_remark(page, body, root):
        body = []
    if body:
        between = [index for index in range(heading + 1, body[0]) if index not in pointers]
        body = _lead(page.blocks, between, marks, heading=heading, description=description) + body
    return Found(indices=body, pointing=pointing, story=inside if is_one_of_several else None)


def title_index(page: PageBlocks, title: str) -> int:
    """Return the index of the block that is the page's headline, -1 if none is.

    The first h1 that says the title, else another heading that does, else the only h1 there is, else a first line in
    large type, as old pages have it.
    """
    wanted = bare_letters(title)
    headings = [index for index, block in enumerate(page.blocks) if block.tag in HEADINGS]
    firsts = [index for index in headings if page.blocks[index].tag == "h1"]
    for index in firsts:
        if _is_title(bare_letters(page.blocks[index].text), wanted):
            return index
    middle = _middle(page.blocks)
    for index in headings:
        if index < middle and _is_title(bare_letters(page.blocks[index].text), wanted):
            return index
    if len(firsts) == 1:
        return firsts[0] if firsts[0] < middle else -1
    most = 2 * len(title)
    for index, block in enumerate(page.blocks[:middle]):
        line = block.text.partition("\n")[0]
        if wanted and block.linked <= MOST_LINKED and len(line) <= most and bare_letters(line) == wanted:
            return index
    return -1


def _middle(blocks: list[Block]) -> int:
    """Return the block with which half of a page's text is over: what stands lower is no headline of it all."""
    sums = list(accumulate(block.weight for block in blocks))
    return bisect_left(sums, sums[-1] / 2) + 1 if sums else 0


def is_sentence(text: str) -> bool:
    """Return whether a text ends as sentences do."""
    return bool(_SENTENCE_END.search(text[-6:]))


def render(page: PageBlocks, indices: Collection[int]) -> str:
    """Return blocks as text, one a line."""
    return "\n".join(page.blocks[index].text for index in indices)


def _is_title(text: str, wanted: str) -> bool:
    if text == wanted:
        return bool(text)
    return len(text) > SHORT_TITLE and len(wanted) > SHORT_TITLE and (text in wanted or wanted in text)


def _mass(block: Block) -> float:
    """What a block says for its surroundings being the article: its unlinked letters if it is running text."""
    if block.tag in HEADINGS or not _is_text(block):
        return 0.0
    if block.weight >= PROSE_WEIGHT or (block.weight >= SENTENCE_WEIGHT and is_sentence(block.text)):
        return block.weight * (1 - block.linked)
    return 0.0


def _is_text(block: Block) -> bool:
    """A link may take most of a sentence, but not all of it."""
    if block.linked <= MOST_LINKED:
        return True
    unlinked = block.weight * (1 - block.linked)
    return block.linked <= MOST_LINKED_SENTENCE and unlinked >= SENTENCE_WEIGHT and is_sentence(block.text)


def _root(page: PageBlocks, sums: list[float], heading: int) -> tuple[int, bool]:
    """Return the deepest box that holds most of the text, or of several stories the one under the page's headline.

    And whether there are several.
    """

    def mass(index: int) -> float:
        """Return how much text stands in a box."""
        return sums[page.ends[index]] - sums[page.boxes[index].first]

    best = 0
    for index, box in enumerate(page.boxes):
        if box.depth >= page.boxes[best].depth and mass(index) >= ROOT_SHARE * sums[-1] and box.tag not in _LEAVES:
            best = index
    own = _own_story(page, best, mass, heading)
    if own == best and not page.boxes[best].first <= heading < page.ends[best]:
        # Another story on the page may be longer than all the rest of it.
        own = _own_story(page, page.boxes[best].parent, mass, heading, like=best)
    return (own, True) if own >= 0 and own != best else (best, False)


def _own_story(page: PageBlocks, around: int, mass: Callable[[int], float], heading: int, *, like: int = -1) -> int:
    """Return the box of the page's own story, if there are several of its kind, each with its headline.

    Args:
        page: as walked.
        around: the box that holds the stories; the result if there are none.
        mass: of a box.
        heading: index of the page's headline.
        like: a box of the same kind, else any; then the result without any story is -1.
    """
    stories = [
        index
        for index, box in enumerate(page.boxes)
        if box.parent == around
        and mass(index) >= (SHORT if box.first <= heading < page.ends[index] else ENOUGH)
        and any(page.blocks[at].tag in HEADINGS for at in range(box.first, min(box.first + 6, page.ends[index])))
    ]
    nothing = around if like < 0 else -1
    for own in stories:
        if page.boxes[own].first <= heading < page.ends[own]:
            kind = (page.boxes[own].tag, page.boxes[own].names)
            same = [index for index in stories if (page.boxes[index].tag, page.boxes[index].names) == kind]
            return own if len(same) > 1 and (like < 0 or like in same) else nothing
    return nothing


def _trimmed(blocks: list[Block], chosen: list[int], masses: list[float], heading: int) -> list[int]:
    """Drop what leads to no text: the headline, bylines before the first sentence, headings with nothing below."""
    headline = bare_letters(blocks[heading].text) if heading >= 0 else ""
    result: list[int] = []
    pending: list[int] = []
    for index in chosen:
        block = blocks[index]
        if block.tag == "h1" or (len(block.text) <= 2 * len(headline) and bare_letters(block.text) == headline):
            continue
        if masses[index]:
            result += [*pending, index]
            pending = []
        elif block.tag in _TITLES:
            # A chapter's heading may stand over that of its first section.
            pending = [at for at in pending if blocks[at].tag in _TITLES and blocks[at].tag < block.tag]
            pending.append(index)
        elif block.tag in _PARAGRAPHS and (result or pending):
            pending.append(index)
    return result


def _is_remark(page: PageBlocks, body: list[int], root: int) -> bool:
    """Return whether so little text of a page without a headline may be the site's own: "please switch on scripts"."""
    if sum(page.blocks[index].weight for index in body) >= SHORT:
        return False
    while root >= 0 and page.boxes[root].tag not in _ARTICLES:
        root = page.boxes[root].parent
    return root < 0


def _lead(blocks: list[Block], between: list[int], marks: list[Marks], *, heading: int, description: str) -> list[int]:
    """Return what stands between the headline and the text and is a lead: a sentence or two, or the page's summary."""
    wanted = bare_letters(description)
    lead = []
    for index in between:
        block = blocks[index]
        if block.linked > MOST_LINKED / 2 or block.tag not in _LEADS:
            continue
        if heading >= 0 and marks[index] <= _LEAD_MARKS:
            enough = LEAD_WEIGHT if block.tag in HEADINGS else PROSE_WEIGHT
            if block.weight >= enough or (block.weight >= SENTENCE_WEIGHT and is_sentence(block.text)):
                lead.append(index)
        elif _is_summary(bare_letters(block.text), wanted):
            lead.append(index)
    return lead if len(lead) <= MOST_LEADS else []


def _is_summary(text: str, wanted: str) -> bool:
    if min(len(text), len(wanted)) < SENTENCE_WEIGHT:
        return False
    return text in wanted or wanted[: 2 * SENTENCE_WEIGHT] in text
