"""Which blocks of a page stand beside its article: in boxes named so, or as pointers to other pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import accumulate, pairwise

from monitor.articles.blocks import HEADINGS, PageBlocks
from monitor.articles.box_names import COMMENTS, HIDDEN

WRAPPER_SHARE = 0.4  # of the page's text: a mark that so much stands under says nothing on this page
WHOLE_SHARE = 0.8  # of the page's text: there is nothing else that could be the article
FIRST_BLOCKS = 5  # of text below the headline: a lead, some points, and the article ...
FEWEST_FIRST = 2  # ... so a mark that says nothing stands over some of them
LOOK_BACK = 6  # blocks before a hidden box that are looked at
ENOUGH_HIDDEN = 300  # letters that are worth a button "read on"
ALL_LINKED = 0.8  # share from which a block is a link
SHORTEST_POINTER = 15  # letters of a linked headline; less is a label
POINTER_WEIGHT = 400  # letters of a pointer elsewhere: a linked headline and a few words
FEWEST_POINTERS = 3  # boxes of one kind, where the link is no heading

Marks = frozenset[str]


def block_marks(page: PageBlocks, masses: list[float], heading: int) -> list[Marks]:
    """Return for each block what is said against it: the marks of the outermost marked box around it.

    Args:
        page: as walked.
        masses: for each block, how much it counts as text.
        heading: index of the page's headline, -1 if unknown.
    """
    sums = [0.0, *accumulate(masses)]
    marked = [index for index, box in enumerate(page.boxes) if box.marks]
    empty = _empty_marks(page, marked, sums, heading)
    found: list[Marks] = [frozenset()] * len(page.blocks)
    done = 0
    for index in marked:
        box, end = page.boxes[index], page.ends[index]
        # What holds the headline is no box beside the article.
        if end <= done or box.first <= heading < end:
            continue
        marks = frozenset(box.marks) - empty
        if marks and not (marks == {HIDDEN} and _goes_on(page, index, sums)):
            found[box.first : end] = [marks] * (end - box.first)
            done = end
    return found


def find_pointers(page: PageBlocks, masses: list[float], heading: int) -> set[int]:
    """Return the blocks that belong to pointers elsewhere: a linked headline, mostly with a few words to it."""
    sums = [0.0, *accumulate(masses)]
    links = [index for index, block in enumerate(page.blocks) if block.linked >= ALL_LINKED]
    headings = [index for index in links if page.blocks[index].tag in HEADINGS]
    others = [
        index
        for index in links
        if page.blocks[index].tag not in HEADINGS and page.blocks[index].weight >= SHORTEST_POINTER
    ]
    boxes = _pointer_boxes(page, headings, sums, heading)
    beside = _pointer_boxes(page, others, sums, heading)
    kinds = Counter(_kind(page, box) for box in beside)
    boxes |= {box for box in beside if kinds[_kind(page, box)] >= FEWEST_POINTERS}
    pointers: set[int] = set()
    done = 0
    for box in sorted(boxes):
        pointers.update(range(max(done, page.boxes[box].first), page.ends[box]))
        done = max(done, page.ends[box])
    return pointers


def _pointer_boxes(page: PageBlocks, links: list[int], sums: list[float], heading: int) -> set[int]:
    """Return for each linked headline the largest box around it that holds no other and little text."""
    counts = [0] * (len(page.blocks) + 1)
    for index in links:
        counts[index + 1] = 1
    counts = list(accumulate(counts))
    found = set()
    for index in links:
        box = page.blocks[index].box
        while (parent := page.boxes[box].parent) >= 0:
            first, end = page.boxes[parent].first, page.ends[parent]
            if counts[end] - counts[first] > 1 or sums[end] - sums[first] > POINTER_WEIGHT or first <= heading < end:
                break
            box = parent
        found.add(box)
    return found


def _kind(page: PageBlocks, box: int) -> tuple[str, str, int]:
    return page.boxes[box].tag, page.boxes[box].names, page.boxes[box].parent


def _empty_marks(page: PageBlocks, marked: list[int], sums: list[float], heading: int) -> Marks:
    """Return the marks that most of the text stands under: "widget" or "has-sidebar" may name wrappers of it all."""
    prose = [0, *accumulate(int(after > before) for before, after in pairwise(sums))]
    start = heading + 1
    stop = next((at for at in range(start, len(prose)) if prose[at] - prose[start] == FIRST_BLOCKS), len(prose) - 1)
    under: defaultdict[str, float] = defaultdict(float)
    among_first: defaultdict[str, int] = defaultdict(int)
    until: defaultdict[str, int] = defaultdict(int)
    for index in marked:
        end = page.ends[index]
        for mark in page.boxes[index].marks:
            first = max(page.boxes[index].first, until[mark])
            if first < end:  # else the box is inside another with the same mark
                under[mark] += sums[end] - sums[first]
                among_first[mark] += max(0, prose[min(end, stop)] - prose[max(first, start)])
                until[mark] = end
    return frozenset(
        mark
        for mark, mass in under.items()
        if mass >= _empty_from(mark, heading) * sums[-1] and (heading < 0 or among_first[mark] >= FEWEST_FIRST)
    )


def _empty_from(mark: str, heading: int) -> float:
    if mark in COMMENTS:
        # Readers may write more than the author did. A page without a known headline may be all "discussion".
        return WHOLE_SHARE if heading < 0 else 2.0
    return WHOLE_SHARE if mark == HIDDEN else WRAPPER_SHARE


def _goes_on(page: PageBlocks, hidden: int, sums: list[float]) -> bool:
    """Return whether a hidden box is the rest of the text around it, shown when a button is pressed."""
    box, end = page.boxes[hidden], page.ends[hidden]
    if sums[end] - sums[box.first] < ENOUGH_HIDDEN:
        return False
    if box.parent < 0:
        return False
    before = range(max(page.boxes[box.parent].first, box.first - LOOK_BACK), box.first)
    beside = [index for index in before if page.boxes[page.blocks[index].box].parent == box.parent]
    return sum(sums[index + 1] > sums[index] for index in beside) > 1
