"""When a rule's matches alert, and until when: `volume:` and `expires:` of a rule, read and checked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from monitor.config.expect import Problems, check_keys, describe, expect_int, expect_mapping, expect_str, note, warn
from monitor.config.spelling import quoted
from monitor.config.units import format_duration, parse_duration
from monitor.config.yaml_marks import Mapping, Node, Scalar
from monitor.model import Rule, Volume

VOLUME_KEYS = ("stories", "sources", "within", "factor", "baseline")
MOST = 10_000  # stories or sources that a rule may wait for
SHORTEST_WINDOW = timedelta(minutes=1)
LONGEST_WINDOW = timedelta(days=30)
LONGEST_BASELINE = timedelta(days=90)
FEWEST_WINDOWS = 2  # in a baseline: what one window held says little of what is usual
LARGEST_FACTOR = 1000
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def read_volume(node: Node | None, problems: Problems) -> Volume | None:
    """Return how much must come together, None if the rule does not say or says it wrong, which is noted."""
    mapping = expect_mapping(node, problems, what="volume") if node is not None else None
    if mapping is None:
        return None
    before = len(problems)
    mapping = check_keys(mapping, VOLUME_KEYS, problems, what="volume")
    stories, sources = _count(mapping, "stories", problems), _count(mapping, "sources", problems)
    within = _span(mapping, "within", problems, shortest=SHORTEST_WINDOW, longest=LONGEST_WINDOW)
    factor = _factor(mapping.get("factor"), problems)
    baseline = _span(mapping, "baseline", problems, shortest=SHORTEST_WINDOW, longest=LONGEST_BASELINE)
    if "within" not in mapping:
        note(problems, mapping.at, 'volume has no "within"', 'say in which time, as in "within: 30m"')
    _check_threshold(mapping, stories, sources, problems)
    _check_baseline(mapping, within, baseline, problems)
    if within is None or len(problems) > before:
        return None
    return Volume(within=within, stories=stories or 1, sources=sources or 1, factor=factor, baseline=baseline)


def _check_threshold(mapping: Mapping, stories: int | None, sources: int | None, problems: Problems) -> None:
    """Note a volume without an absolute minimum, and one that the first story reaches."""
    if "stories" not in mapping and ("factor" in mapping or "sources" not in mapping):
        reason = "a multiple of nothing is soon reached" if "factor" in mapping else "without it nothing is counted"
        note(problems, mapping.at, 'volume has no "stories"', f'say how many at least, as in "stories: 5": {reason}')
        return
    counts = [count for count in (stories, sources) if count is not None]  # None: not written, or noted as no number
    key = mapping.key("stories") or mapping.key("sources")
    if key is not None and counts and max(counts) == 1:
        hint = "write 2 or more, or delete volume: without it each story alerts"
        note(problems, key.at, "this volume is reached by the first story", hint)


def _check_baseline(mapping: Mapping, within: timedelta | None, baseline: timedelta | None, problems: Problems) -> None:
    for name, other, example in (("factor", "baseline", "14d"), ("baseline", "factor", "4")):
        if (key := mapping.key(name)) is not None and other not in mapping:
            hint = f'add "{other}: {example}", or delete {name}: factor and baseline go together'
            note(problems, key.at, f"{name} without {other}", hint)
    node = mapping.get("baseline")
    if node is not None and within and baseline and baseline < FEWEST_WINDOWS * within:
        message = f"a baseline of {format_duration(baseline)} is too short for a window of {format_duration(within)}"
        hint = f"what is usual shows over {format_duration(FEWEST_WINDOWS * within)} or more; better over ten windows"
        note(problems, node.at, message, hint)


def _count(mapping: Mapping, name: str, problems: Problems) -> int | None:
    node = mapping.get(name)
    return expect_int(node, problems, what=name, minimum=1, maximum=MOST) if node is not None else None


def _span(
    mapping: Mapping, name: str, problems: Problems, *, shortest: timedelta, longest: timedelta
) -> timedelta | None:
    node = mapping.get(name)
    text = expect_str(node, problems, what=name) if node is not None else None
    if text is None or node is None:
        return None
    try:
        span = parse_duration(text)
    except ValueError as error:
        note(problems, node.at, f"{name} cannot be {quoted(text)}", str(error))
        return None
    if not shortest <= span <= longest:
        bounds = f"from {format_duration(shortest)} to {format_duration(longest)}"
        note(problems, node.at, f"{name} must be {bounds}, found {format_duration(span)}")
        return None
    return span


def _factor(node: Node | None, problems: Problems) -> float | None:
    if node is None:
        return None
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        note(problems, node.at, f"factor must be a number, found {describe(node)}", 'how many times the usual: "4"')
        return None
    if not 1 < value <= LARGEST_FACTOR:
        hint = "how many times the usual it takes"
        note(problems, node.at, f"factor must be more than 1 and at most {LARGEST_FACTOR}, found {value}", hint)
        return None
    return float(value)


def read_expires(node: Node | None, problems: Problems, *, today: date | None) -> date | None:
    """Return the last day on which a rule is in force; warn if it is over `today` (in UTC; None: nobody asks)."""
    text = expect_str(node, problems, what="expires") if node is not None else None
    if text is None or node is None:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        last_day = date.fromisoformat(text)
    except ValueError:
        hint = 'a day of the calendar, as in "expires: 2027-01-31"; the rule is in force until its end in UTC'
        note(problems, node.at, f"expires cannot be {quoted(text)}", hint)
        return None
    if today is not None and last_day < today:
        warn(problems, node.at, f"the rule expired on {last_day}", "set a later day, or delete the rule")
    return last_day


def is_in_force(rule: Rule, now: datetime) -> bool:
    """Return whether a rule has not expired: it is in force to the end of its last day, in UTC."""
    return rule.expires is None or now.astimezone(UTC).date() <= rule.expires
