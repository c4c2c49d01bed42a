"""YAML files as people write them at their worst: every style, quote, bracket and comment, drawn by hypothesis."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from hypothesis import strategies as st

from monitor.config.yaml_marks import Sequence, parse_yaml

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree]"

LONG = """A sentence that is longer than a line may be, so that it must be broken somewhere: after a comma, or # here, \
and it goes on and on until nobody reads it any more, - and then some."""
HOSTILE = (
    *("NO", "no", "1:30", "12", "-1.5", "0x1F", "1_000", "~", "null", "true", "2027-01-31", "=", "<<", "-", "?", ":"),
    *("", "- a", "a: b", "a #b", "#a", "a:b", "a :b", "*x", "x*", "=WHO", "~stem", "title:a", "@x", "%x", "`x`", "!x"),
    *("&x", "|", ">", "|x", "a, b", "a,b", "[x", "x]", "{x", "x}", "---", "--- x", "...", "? x", "?x", "::", "key:"),
    *(
        "it's",
        "'",
        '"',
        'say "x"',
        "both ' and \"",
        "back\\slash",
        r"\bF-?16\b",
        " lead",
        "trail ",
        "a  b",
        "tab\there",
    ),
    *("王毅", "وقف إطلاق النار", "آتش\u200cبس", "e\u0301", "🙂", "a\u00a0b", "x\u2028y", "x\x85y"),
    *("two\nlines", "x\n\ny\n", "\n", "\n\nx", "x\n\n", " x\ny", "x\n y", "x\n# y", "x\n\n  - z\n", "a\n \nb"),
    *(LONG, "long" * 40, " ".join(["word"] * 60)),
)
TEXTS = st.sampled_from(HOSTILE) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co", "Cf"]), max_size=12
)
KEYS = st.sampled_from(("id", "when", "all", "tests", "match", "name", "aliases", "NO", "a b", "x: y", "#k"))
TREES: st.SearchStrategy[Tree] = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=14
)
SECTIONS = st.dictionaries(st.sampled_from(("rules", "lists", "regions", "defaults", "other")), TREES, min_size=1)


@st.composite
def yaml_texts(draw: st.DrawFn) -> str:
    """Draw a file whose root is a mapping; now and then it is no YAML after all."""
    lines = _Writer(draw).mapping(draw(SECTIONS), 0)
    start = draw(st.sampled_from(("", "# head\n", "---\n", "# head\n\n# more\n\n")))
    end = draw(st.sampled_from(("\n", "\n", "", "\n\n\n", "\n# the end", "\n...\n")))
    return start + "\n".join(lines) + end


class _Writer:
    """Writes a tree, each part in a way of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._comments = 0

    def mapping(self, tree: dict[str, Tree], indent: int) -> list[str]:
        heads = {key: " " * indent + self._text(key) + ":" for key in tree}
        return [line for key, value in tree.items() for line in self._item(heads[key], value, indent)]

    def _list(self, tree: list[Tree], indent: int) -> list[str]:
        return [line for each in tree for line in self._item(" " * indent + "-", each, indent)]

    def _item(self, head: str, value: Tree, indent: int) -> list[str]:
        above = self._between(indent)
        beside = f"  {self._comment()}" if self._one_in(6) else ""
        deeper = indent + self._draw(st.sampled_from((1, 2, 2, 2, 4)))
        if isinstance(value, str) and self._one_in(4):
            style = self._draw(st.sampled_from(("|", "|-", "|+", ">", ">-")))
            body = (" " * deeper + line if line else "" for line in value.split("\n"))
            return [*above, f"{head} {style}{beside}", *body]
        if isinstance(value, str) or not value or self._one_in(3):
            return [*above, f"{head} {self._inline(value, deeper)}{beside}"]
        if isinstance(value, list):
            # Below a key a list need not be indented.
            below = indent if head.endswith(":") and self._one_in(2) else deeper
            return [*above, head + beside, *self._list(value, below)]
        lines = self.mapping(value, deeper)
        if head.endswith("-") and deeper == indent + 2 and self._one_in(2) and lines[0].startswith(" " * deeper):
            return [*above, f"{head} {lines[0].lstrip()}", *lines[1:]]
        return [*above, head + beside, *lines]

    def _between(self, indent: int) -> list[str]:
        """Blank lines and a comment, at any column."""
        lines = [""] * self._draw(st.sampled_from((0, 0, 0, 1, 2)))
        if self._one_in(6):
            column = self._draw(st.sampled_from((0, indent, indent, indent + 2, indent + 5)))
            lines += [" " * column + self._comment(), *[""] * self._one_in(4)]
        return lines

    def _inline(self, tree: Tree, indent: int) -> str:
        if isinstance(tree, str):
            return self._text(tree)
        if isinstance(tree, list):
            parts = [self._inline(each, indent) for each in tree]
        else:
            parts = [f"{self._text(key)}: {self._inline(value, indent)}" for key, value in tree.items()]
            if len(parts) == 1 and self._one_in(4):
                return f"[{parts[0]}]"  # a pair without braces, in a list
        inside = (", " + self._break(indent)).join(parts) + self._break(indent)
        return f"[{inside}]" if isinstance(tree, list) else f"{{{inside}}}"

    def _break(self, indent: int) -> str:
        if not self._one_in(6):
            return ""
        return (f"  {self._comment()}" if self._one_in(2) else "") + "\n" + " " * (indent + 1)

    def _text(self, value: str) -> str:
        forms = ['"' + "".join(map(_escaped, value)) + '"']
        if value.isprintable():
            forms.append("'" + value.replace("'", "''") + "'")
        return value if _is_plain(value) and not self._one_in(3) else self._draw(st.sampled_from(forms))

    def _comment(self) -> str:
        self._comments += 1
        return f"# {self._comments}"

    def _one_in(self, chances: int) -> bool:
        return self._draw(st.integers(1, chances)) == chances


def _escaped(character: str) -> str:
    is_itself = character.isprintable() and character not in '\\"'
    return character if is_itself else f"\\U{ord(character):08x}"


@cache
def _is_plain(value: str) -> bool:
    node, problems = parse_yaml(f"- [{value}, {{{value}: {value}}}]\n- {value}\n- {value}: x".encode(), file="")
    if problems or not isinstance(node, Sequence) or len(node) != 3:
        return False
    return str(node).count(f"text={value!r}") == 5
