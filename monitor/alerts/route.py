"""Which channels hear of a rule's match on an article. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.config.channels import Route
from monitor.model import Article, ChannelName, Rule


def channels_for(rule: Rule, article: Article, routes: Sequence[Route]) -> tuple[ChannelName, ...]:
    """Return the channels, each once: those that the rule names, else those of the first route that matches.

    A route with `continue: true` adds its channels and lets the next routes add theirs. None may match: the alert is
    then recorded and nobody is told.
    """
    if rule.channels:
        return tuple(dict.fromkeys(rule.channels))
    chosen: list[ChannelName] = []
    for route in routes:
        if all(_holds(name, values, rule=rule, article=article) for name, values in route.match.items()):
            chosen.extend(route.channels)
            if not route.continue_:
                break
    return tuple(dict.fromkeys(chosen))


def _holds(name: str, values: Sequence[str], *, rule: Rule, article: Article) -> bool:
    """Return whether one matcher holds by one of its values. Case does not count; zh includes zh-Hant."""
    actual = {value.casefold() for value in _actual(name, rule=rule, article=article) if value}
    if name == "language":
        actual |= {value.partition("-")[0] for value in actual}
    return any(value.casefold() in actual for value in values)


def _actual(name: str, *, rule: Rule, article: Article) -> Sequence[str]:
    match name.partition("."):
        case ("severity", _, _):
            return (rule.severity,)
        case ("rule", _, _):
            return (rule.id,)
        case ("labels", _, label):
            return (rule.labels.get(label, ""),)
        case ("source", _, _):
            return (article.source,)
        case ("language", _, _):
            return (article.language,)
        case ("feed", _, _):
            return (article.feed or "", article.feed_title)
        case ("tag", _, _):
            return article.tags
        case _:
            return ()  # the reader of routes refuses other names
