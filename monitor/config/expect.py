"""What a node should be: each function returns the plain value, or None after noting a Problem with its place.

Every reader of user files uses these, so that the same slip gets the same words everywhere. `what` names the thing in
the message as the file calls it: "interval", "condition", "channel".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from monitor.config.spelling import did_you_mean, nearest, quoted
from monitor.config.yaml_marks import Mapping, Node, Scalar, Sequence
from monitor.errors import ConfigError, Location, Problem

Problems = list[Problem]


def note(problems: Problems, at: Location, message: str, hint: str = "") -> None:
    """Add an error to `problems`."""
    problems.append(Problem(at=at, message=message, hint=hint))


def warn(problems: Problems, at: Location, message: str, hint: str = "") -> None:
    """Add a warning to `problems`."""
    problems.append(Problem(at=at, message=message, hint=hint, severity="warning"))


def describe(node: Node) -> str:
    """Return what a node is, in words: a list, a mapping, nothing, or the text itself in quotes."""
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
        case Scalar():
            return "nothing" if node.is_null else quoted(node.text)


def expect_mapping(node: Node, problems: Problems, *, what: str) -> Mapping | None:
    """Return the node if it is a mapping."""
    if isinstance(node, Mapping):
        return node
    note(problems, node.at, f"{what} must be a mapping, found {describe(node)}", 'write "key: value" lines below it')
    return None


def expect_list(node: Node, problems: Problems, *, what: str) -> Sequence | None:
    """Return the node if it is a list."""
    if isinstance(node, Sequence):
        return node
    note(problems, node.at, f"{what} must be a list, found {describe(node)}", 'write [a, b], or one "- item" a line')
    return None


def expect_scalar(node: Node, problems: Problems, *, what: str) -> Scalar | None:
    """Return the node if it is a single value that is not empty."""
    if not isinstance(node, Scalar):
        note(problems, node.at, f"{what} must be a single value, found {describe(node)}")
    elif node.is_null or not node.text.strip():
        note(problems, node.at, f"{what} is empty", "write a value, or delete the key")
    else:
        return node
    return None


def expect_str(node: Node, problems: Problems, *, what: str) -> str | None:
    """Return the text of a single value exactly as written (NO stays "NO"), without blanks around it; not empty."""
    scalar = expect_scalar(node, problems, what=what)
    return scalar.text.strip() if scalar else None


def is_half(text: str) -> bool:
    """Return whether a text ends with a bracket or quote that it has not opened, or begins with one it does not close.

    A quote inside is none: Hebrew abbreviations have one.
    """
    for opened, closed in ("[]", "{}", '""'):
        if text.startswith(opened) or text.endswith(closed):
            halves = text.count(opened) % 2 if opened == closed else text.count(opened) - text.count(closed)
            if halves:
                return True
    return False


def expect_scalars(node: Node, problems: Problems, *, what: str) -> tuple[Scalar, ...]:
    """Return the single values of a list, with their places; one value alone counts as a list of one."""
    items = node.nodes if isinstance(node, Sequence) else (node,)
    if isinstance(node, Mapping):
        note(problems, node.at, f"{what} must be a list, found a mapping", "write [a, b]")
        return ()
    if isinstance(node, Scalar) and is_half(node.text):
        note(problems, node.at, f"{quoted(node.text)} has one half of brackets or quotes", "write [a, b] with both")
        return ()
    found = (expect_scalar(item, problems, what=f"an item of {what}" if item is not node else what) for item in items)
    return tuple(scalar for scalar in found if scalar)


def expect_strs(node: Node, problems: Problems, *, what: str) -> tuple[str, ...]:
    """Return the texts of a list; one value alone counts as a list of one."""
    return tuple(scalar.text.strip() for scalar in expect_scalars(node, problems, what=what))


def expect_bool(node: Node, problems: Problems, *, what: str) -> bool | None:
    """Return true or false. YAML 1.1's yes, no, on, off are refused by name, for they are text to YAML 1.2."""
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    note(problems, node.at, f"{what} must be true or false, found {describe(node)}")
    return None


def expect_int(
    node: Node, problems: Problems, *, what: str, minimum: int | None = None, maximum: int | None = None
) -> int | None:
    """Return a whole number within the bounds (both included)."""
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(value, int) or isinstance(value, bool):
        note(problems, node.at, f"{what} must be a whole number, found {describe(node)}")
        return None
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        bounds = (
            f"from {minimum} to {maximum}"
            if maximum is not None and minimum is not None
            else (f"at least {minimum}" if minimum is not None else f"at most {maximum}")
        )
        note(problems, node.at, f"{what} must be {bounds}, found {value}")
        return None
    return value


def expect_choice(node: Node, choices: Collection[str], problems: Problems, *, what: str) -> str | None:
    """Return the text if it is one of `choices`."""
    scalar = expect_scalar(node, problems, what=what)
    if scalar is None:
        return None
    if scalar.text in choices:
        return scalar.text
    note(problems, node.at, f"unknown {what} {quoted(scalar.text)}", did_you_mean(scalar.text, choices))
    return None


def check_keys(
    mapping: Mapping, allowed: Iterable[str], problems: Problems, *, what: str, or_text: bool = False
) -> Mapping:
    """Note each key that is not allowed, with the nearest one; return the mapping as it was meant.

    In it a misspelt key has its right name, if there is little doubt, so that errors in its value show as well.

    Args:
        mapping: what was written.
        allowed: the keys that it may have.
        problems: where it is noted.
        what: names the mapping in the message: "rule", "feed".
        or_text: whether it may be that a text was meant, which should be in quotes.
    """
    known = tuple(allowed)
    if all(key.text in known for key, _ in mapping.pairs):
        return mapping
    pairs = []
    for key, value in mapping.pairs:
        if key.text not in known:
            hint = _key_hint(key, value, known, or_text=or_text)
            note(problems, key.at, f"unknown key {quoted(key.text)} in {what}", hint)
            meant = nearest(key.text, known, likeness=_CERTAIN)
            if not meant or meant in mapping:
                continue
            key = Scalar(meant, key.at)
        pairs.append((key, value))
    return Mapping(tuple(pairs), mapping.at)


_CERTAIN = 0.75


def _key_hint(key: Scalar, value: Node, known: tuple[str, ...], *, or_text: bool) -> str:
    before, colon, _ = key.text.partition(":")
    if colon and before in known:
        return f'write a space after the colon: "{before}: …"'
    if nearest(key.text, known):
        return did_you_mean(key.text, known)
    if isinstance(value, Scalar) and value.is_null and not value.text:
        return "a comma inside {…} begins a new key: if it is meant as text, put the whole value in quotes"
    if or_text and isinstance(value, Scalar):
        return f"if it is meant as text, quote it: {quoted(f'{key.text}: {value.text}')}"
    return did_you_mean(key.text, known)


def require_keys(mapping: Mapping, required: Iterable[str], problems: Problems, *, what: str) -> bool:
    """Note each required key that is missing; True if none is."""
    missing = [name for name in required if name not in mapping]
    for name in missing:
        note(problems, mapping.at, f"{what} has no {quoted(name)}", f'add a line "{name}: …"')
    return not missing


def insist(problems: Iterable[Problem]) -> None:
    """Insist on files without errors; warnings pass.

    Raises:
        ConfigError: with every error, in file order.
    """
    errors = sorted((problem for problem in problems if problem.severity == "error"), key=lambda found: found.at)
    if errors:
        raise ConfigError(errors)
