"""The same blocks by another principle: the run of blocks with most text and least else, wherever boxes end."""

from __future__ import annotations

from collections.abc import Sequence, Set

from monitor.articles.blocks import HEADINGS, Block, PageBlocks
from monitor.articles.main_text import MOST_LINKED, SENTENCE_WEIGHT, is_sentence

COST = 50  # letters a block must have to be worth more than a gap
MOST_GAIN = 400  # letters of one block that count, so that one long paragraph does not decide alone


def densest_run(page: PageBlocks, within: range | None = None) -> list[int]:
    """Return the indices of the text blocks in the run that is worth most, of the whole page or a part of it.

    A block is worth its unlinked letters less a fixed cost, a menu's is negative. One pass, no names, no boxes.

    Source: Pasternack & Roth, "Extracting Article Text from the Web with Maximum Subsequence Segmentation", 2009.
    """
    best, best_run = 0.0, (0, 0)
    inside = within or range(len(page.blocks))
    worth, start = 0.0, inside.start
    for index in inside:
        worth += _gain(page.blocks[index])
        if worth <= 0:
            worth, start = 0.0, index + 1
        elif worth > best:
            best, best_run = worth, (start, index + 1)
    return [index for index in range(*best_run) if _is_prose(page.blocks[index])]


def agreement(page: PageBlocks, one: Sequence[int], another: Set[int] | Sequence[int]) -> float:
    """Return how much of their letters two choices share, 0 to 1 (F1)."""
    blocks = page.blocks
    other = set(another)
    shared = sum(blocks[index].weight for index in one if index in other)
    total = sum(blocks[index].weight for index in one) + sum(blocks[index].weight for index in other)
    return 2 * shared / total if total else 1.0


def _gain(block: Block) -> float:
    return min(MOST_GAIN, block.weight * (1 - 2 * block.linked)) - COST


def _is_prose(block: Block) -> bool:
    if block.linked > MOST_LINKED or block.tag in HEADINGS:
        return False
    return block.weight >= COST or (block.weight >= SENTENCE_WEIGHT and is_sentence(block.text))
