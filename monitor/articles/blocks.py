"""One walk over a page's tree -> its blocks of text with what speaks for and against each. No choice is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.articles.box_names import box_marks
from monitor.articles.page import weight

_TOKEN = re.compile(r"\S+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements whose inside is never the text of an article. Not `form`: some systems wrap the whole page in one.
_SKIPPED = frozenset(
    _TOKEN.findall("""
        -comment script style svg math iframe noscript template link meta head title object embed canvas audio video map
        picture img select option datalist textarea button input progress meter dialog nav menu footer figcaption rt rp
        amp-ad amp-list amp-sidebar amp-consent amp-user-notification amp-analytics amp-social-share amp-state
    """)
)
# Elements that begin a new block. Any other may stand inside a sentence.
_BLOCK_TAGS = HEADINGS | frozenset(
    _TOKEN.findall("""
        address article aside blockquote body caption center dd details div dl dt fieldset figure footer form header
        hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul
    """)
)
# What is beside the article is said of boxes around these; to read the attributes of each costs too much.
_UNNAMED = HEADINGS | {"li", "dt", "dd", "tr", "tbody", "thead", "tfoot", "th", "hr", "blockquote", "pre", "center"}
_BOX = ""  # no tag is called so
_BREAK = "\n\n"  # of a `<br>`; white space of the source is collapsed, so nothing else leaves two


class Block(NamedTuple):
    """A piece of text between two borders: a paragraph, heading, list item, cell, or bare text in a box."""

    text: str  # white space collapsed, single `<br>` as line breaks
    weight: float  # letters, see `page.weight`
    linked: float  # share of the letters that are links, 0 to 1
    tag: str  # of the box it stands in
    box: int  # index of that box


class Box(NamedTuple):
    """An element that holds blocks: its own and those of the boxes inside."""

    tag: str
    parent: int  # -1 for the outermost
    depth: int
    first: int  # index of its first block
    names: str  # class attribute: boxes of one kind have the same
    marks: tuple[str, ...]  # what is said against its being the article


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBlocks:
    """All blocks of a page in reading order, and the boxes around them, outer ones first."""

    blocks: list[Block]
    boxes: list[Box]
    ends: list[int]  # for each box, the index after its last block


def read_blocks(tree: LexborHTMLParser) -> PageBlocks:
    """Return the blocks of a page. Linear in its size, without recursion: depth is the author's choice."""
    walk = _Walk()
    if tree.body is not None:
        walk.run(tree.body)
    return PageBlocks(blocks=walk.blocks, boxes=walk.boxes, ends=walk.ends)


class _Walk:
    """Goes down and up the tree once, one step a node; what it does at each step is all a page costs."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Box] = []
        self.ends: list[int] = []
        self.pieces: list[str] = []  # of the block that is being read
        self.linked = 0  # letters of links among them
        self.box = -1  # the box around the present place

    def run(self, root: LexborNode) -> None:
        """Read all blocks under a node."""
        self.open_box(root, "body")
        # What to do on the way up: where to go on, and what ends there.
        waiting: list[tuple[LexborNode | None, str]] = []
        links = 0  # around the present place
        node = root.first_child
        while node is not None or waiting:
            if node is None:
                node, ended = waiting.pop()
                if ended == _BOX:
                    self.close_box()
                elif ended == "a":
                    links -= 1
                continue
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                # Most text nodes are the white space between boxes.
                if text and (self.pieces or not text.isspace()):
                    self.add(text, linked=links > 0)
                node = node.next
            elif tag is None or tag in _SKIPPED:
                node = node.next
            elif (child := node.first_child) is None:
                if self.pieces:
                    self.pass_by(tag)
                node = node.next
            else:
                if tag in _BLOCK_TAGS or (not self.pieces and "-" in tag):
                    # A site's own element is a box where it does not interrupt a text.
                    self.open_box(node, tag)
                    tag = _BOX
                elif tag == "a":
                    links += 1
                waiting.append((node.next, tag))
                node = child
        self.close_box()

    def add(self, text: str, *, linked: bool) -> None:
        """Add a piece of running text."""
        self.pieces.append(text)
        if linked:
            self.linked += len(text.strip())

    def pass_by(self, tag: str) -> None:
        """An element without content: a line break, or the place of a picture that no sentence runs through."""
        if tag == "br":
            self.line_break()
        elif tag in _BLOCK_TAGS:
            self.flush()

    def open_box(self, node: LexborNode, tag: str) -> None:
        """Begin a box."""
        if self.pieces:
            self.flush()
        names = ""
        marks: tuple[str, ...] = ()
        if tag not in _UNNAMED:
            attributes = node.attributes
            names, marks = attributes.get("class") or "", box_marks(tag, attributes)
        depth = self.boxes[self.box].depth + 1 if self.boxes else 0
        self.boxes.append(Box(tag, self.box, depth, len(self.blocks), names, marks))
        self.box = len(self.ends)
        self.ends.append(0)

    def close_box(self) -> None:
        """End a box."""
        if self.pieces:
            self.flush()
        self.ends[self.box] = len(self.blocks)
        self.box = self.boxes[self.box].parent

    def line_break(self) -> None:
        """Two line breaks in a row end a paragraph, a single one does not."""
        pieces = self.pieces
        if pieces[-1] is _BREAK or (len(pieces) > 1 and pieces[-2] is _BREAK and pieces[-1].isspace()):
            self.flush()
        else:
            pieces.append(_BREAK)

    def flush(self) -> None:
        """Make a block of what was read."""
        pieces, linked, box = self.pieces, self.linked, self.box
        self.pieces, self.linked = [], 0
        tag = self.boxes[box].tag
        for text in _paragraphs(pieces, tag):
            share = min(1.0, linked / len(text)) if linked else 0.0
            self.blocks.append(Block(text, len(text) if text.isascii() else weight(text), share, tag, box))


def _paragraphs(pieces: list[str], tag: str) -> list[str]:
    if len(pieces) == 1 and tag != "pre":
        texts = [" ".join(pieces[0].split())]
    elif tag == "pre":
        # Plain text: an empty line ends a paragraph, any other line end is where the screen was full.
        texts = [" ".join(part.split()) for part in "".join(pieces).split("\n\n")]
    elif _BREAK in pieces:
        lines = "".join(piece if piece is _BREAK else piece.replace("\n", " ") for piece in pieces).split(_BREAK)
        texts = ["\n".join(line for part in lines if (line := " ".join(part.split())))]
    else:
        texts = [" ".join("".join(pieces).split())]
    return [text for text in texts if text]
