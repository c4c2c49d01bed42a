"""What was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from bench.rules.authoring import CHECKED, RULES, Authoring
from bench.rules.exactness import Compared
from bench.rules.peers import HAS_HYPERSCAN
from bench.rules.speed import Ours, Pass, Results
from bench.table import figure, grid

MOST_SHOWN = 10  # differences
PEERS = {
    "naive": "naive `in`",
    "re": "`re`, rule by rule",
    "re2": "google-re2 Set",
    "hyperscan": "hyperscan",
}


def goals(results: Results, authors: Authoring, compared: Compared) -> str:
    """Return the goals of the design beside what was measured."""
    some, most = results.sizes[1_000], results.sizes[100_000]
    growth = most.warm.read / some.warm.read
    rows = [
        (
            "fold, split, look up, decide: 1 000 rules",
            "≤ 150 µs a text",
            f"{figure(some.warm.decided)} µs, {figure(some.unseen.decided)} µs for texts never seen",
        ),
        ("texts in a CPU second, 1 000 rules", "≥ 6 600", figure(1e6 / some.warm.decided)),
        ("look-up, 100 000 rules", "≤ 100 µs a text", f"{figure(most.warm.read)} µs with fold and split"),
        ("a candidate rule, 100 000 rules", "≤ 0.5 µs", f"{most.warm.holding / most.candidates:.2f} µs"),
        ("growth of the look-up from 1 000 to 100 000 rules", "≤ 4 ×", f"{growth:.1f} ×"),
        ("build 100 000 rules", "≤ 3 s", f"{most.build_seconds:.1f} s"),
        ("memory of 100 000 rules", "≤ 150 MB", f"{most.megabytes:.0f} MB, and {most.trees_megabytes:.0f} MB of trees"),
        ("read and lint 1 000 rules", "≤ 150 ms", f"{authors.read * 1e3:.0f} ms"),
        ("read again after an edit, 1 000 rules", "≤ 0.5 s", f"{authors.read_again:.2f} s in {RULES} files"),
        (f"`monitor rules check` of {CHECKED} rules", "≤ 0.6 s", f"{authors.check:.2f} s"),
        ("(rule, text) pairs that differ from the plain evaluator", "0 of 1 million", _differing(compared)),
    ]
    return grid(("goal", "wanted", "measured"), rows)


def ours(results: Results) -> str:
    """Return what our engine costs."""
    rows = [
        (
            f"{count:,} ({each.terms:,})",
            figure(each.warm.read),
            figure(each.warm.holding),
            f"{each.candidates:,.1f}",
            f"{each.warm.holding / each.candidates:.2f}",
            f"{_matches(each):,.2f}",
            figure(each.warm.evidence),
            figure(1e6 / each.warm.whole),
            f"{each.build_seconds:.2f}",
            f"{each.megabytes:.0f} + {each.trees_megabytes:.0f} + {each.remembering_megabytes:.0f}",
        )
        for count, each in results.sizes.items()
    ]
    columns = (
        "rules (terms)",
        "read µs",
        "decide µs",
        "candidates",
        "µs a candidate",
        "matches a text",
        "evidence µs",
        "texts / CPU s, whole",
        "build s",
        "MB: program + trees + words",
    )
    return grid(columns, rows)


def beside(results: Results) -> str:
    """Return the peers beside ours: who holds, without evidence."""
    rows = []
    for count, each in results.sizes.items():
        cells = [f"**{figure(each.warm.decided)}** ({figure(each.warm.read)})"]
        for name in PEERS:
            peer = results.peers.get((name, count))
            if peer is None:
                cells.append("–")
                continue
            ratio = each.warm.decided / peer.whole
            scan = f" ({figure(peer.scan)})" if name in ("re2", "hyperscan") else ""
            cells.append(f"{figure(peer.whole)}{scan}, ratio {ratio:.2g}")
        rows.append((f"{count:,}", *cells, _built(results, count)))
    note = "" if HAS_HYPERSCAN else "\n\nhyperscan is not installed and was left out."
    columns = ("rules", "ours", *PEERS.values(), "build s / MB: ours, re2, hyperscan")
    return grid(columns, rows) + note


def _built(results: Results, count: int) -> str:
    each = results.sizes[count]
    known = [results.peers.get((name, count)) for name in ("re2", "hyperscan")]
    theirs = [f"{peer.build_seconds:.2f} / {peer.megabytes:.0f}" if peer else "–" for peer in known]
    return ", ".join((f"{each.build_seconds:.2f} / {each.megabytes:.0f}", *theirs))


def remembering(results: Results) -> str:
    """Return what remembered words are worth."""
    rows = []
    for count, each in results.sizes.items():
        passes = each.first, each.unseen, each.warm, each.forgetful
        cells = [f"{figure(one.read)} + {figure(one.holding)}" for one in passes]
        rows.append((f"{count:,}", *cells, figure(each.new_chunks), figure(each.yardstick)))
    columns = (
        "rules: read + decide µs",
        "first half, from nothing",
        "other half, never seen",
        "all again",
        "nothing remembered",
        "new chunks in a text never seen",
        "yardstick",
    )
    return grid(columns, rows)


def scripts(results: Results) -> str:
    """Return what texts in other scripts cost."""
    if not results.scripts:
        return "No texts in other scripts."
    rows = [
        (
            f"{script}, {texts} texts",
            _split(each.unseen),
            _split(each.warm),
            figure(naive.whole),
            f"{each.warm.decided / naive.whole:.2g}",
            f"{each.candidates:,.0f}",
            f"{_matches(each):,.1f} ({naive.matches:,.1f})",
            figure(each.yardstick),
        )
        for script, (texts, each, naive) in results.scripts.items()
    ]
    columns = (
        "1 000 rules",
        "never seen: read + decide + evidence µs",
        "again",
        "naive `in`",
        "ratio",
        "candidates",
        "matches a text (naive)",
        "yardstick",
    )
    return grid(columns, rows)


def authors(found: Authoring) -> str:
    """Return what authors wait for."""
    rows = [
        (f"read and lint {RULES:,} rules of 11 lines, one file", f"{found.read * 1e3:.0f} ms"),
        ("the same file by `yaml.compose` with libyaml, which checks nothing", f"{found.bare_yaml * 1e3:.0f} ms"),
        (f"read {RULES:,} files of one rule", f"{found.first_read * 1e3:.0f} ms"),
        ("compile them", f"{found.compiled * 1e3:.0f} ms"),
        ("read all again after an edit to one of them, and compile", f"{found.read_again * 1e3:.0f} ms"),
        (f"`monitor rules check` of {CHECKED} rules with two tests each, whole process", f"{found.check:.2f} s"),
        ("`python -c pass`", f"{found.python:.2f} s"),
    ]
    return grid(("authors wait for", "CPU"), rows)


def exact(found: Compared) -> str:
    """Return how many pairs were compared, and those that differ."""
    scripts = ", ".join(f"{count} {script}" for script, count in found.articles.items())
    operators = ", ".join(f"{name} {count}" for name, count in found.operators.most_common())
    lines = [
        f"{_differing(found)} (rule, text) pairs differ from the plain evaluator of the tests.",
        f"{found.rules:,} random rules × {found.articles.total()} articles ({scripts}); {found.holding:,} pairs hold.",
        f"Rules that hold for some article, by what is in them: {operators}.",
        *_shown(found),
    ]
    return "\n".join(lines)


def _shown(found: Compared) -> Iterator[str]:
    yield from (f"- {each}" for each in found.differences[:MOST_SHOWN])
    if len(found.differences) > MOST_SHOWN:
        yield f"- and {len(found.differences) - MOST_SHOWN} more"


def _differing(found: Compared) -> str:
    return f"{len(found.differences)} of {found.pairs:,}"


def _matches(each: Ours) -> float:
    return each.warm.matches / each.texts


def _split(found: Pass) -> str:
    return f"{figure(found.read)} + {figure(found.holding)} + {figure(found.evidence)}"
