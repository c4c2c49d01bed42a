"""The user's files, read and checked all at once: settings, feed lists, channels, rules."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from monitor.clock import SystemClock
from monitor.config.channels import ChannelSpec
from monitor.config.expect import insist
from monitor.config.feed_list import read_feed_lists
from monitor.config.secrets import secrets_folder
from monitor.config.settings import Settings, find_settings_file, load_settings
from monitor.errors import Problem
from monitor.model import Feed, FeedKey
from monitor.notify.registry import check_channel
from monitor.rules.match import RuleSet
from monitor.rules.read import ReadRules, RuleReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the user's files say, as far as they could be read; `problems` says what is wrong with them."""

    settings: Settings
    feeds: Mapping[FeedKey, Feed]
    channels: tuple[tuple[ChannelSpec, BaseModel], ...]  # each with its checked options
    rules: RuleSet | None  # those in force
    read_rules: ReadRules
    problems: tuple[Problem, ...]
    settings_file: Path | None = None
    read_at_ns: int = 0  # when reading began, to tell edits in the middle of it

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that forbid to use the files."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    def require(self) -> None:
        """Insist on files without errors.

        Raises:
            ConfigError: with every error found.
        """
        insist(self.problems)


def read_files(
    config: Path | None, *, state: Path | None, environ: Mapping[str, str], reader: RuleReader | None = None
) -> Files:
    """Read everything and return it with all problems at once.

    Args:
        config: monitor.yaml, or None for ./monitor.yaml if it exists.
        state: overrides the state folder.
        environ: the process's environment.
        reader: knows the rule files from the last time; of those only the edited ones are read.
    """
    read_at_ns = time.time_ns()  # compared with the times of files, which are the machine's own
    settings_file = config or find_settings_file(environ)
    settings, problems = load_settings(settings_file, state=state, environ=environ)
    feeds, feed_problems = read_feed_lists(settings.feeds)
    known = {spec.name for spec in settings.channels}
    read = (reader or RuleReader()).read(settings.rules, channels=known, today=SystemClock().now().date())
    channels, channel_problems = check_channels(settings, environ=environ)
    return Files(
        settings=settings,
        feeds={feed.key: feed for feed in feeds},
        channels=channels,
        rules=read.in_force(),
        read_rules=read,
        problems=(*problems, *channel_problems, *feed_problems, *read.problems),
        settings_file=settings_file,
        read_at_ns=read_at_ns,
    )


def check_channels(
    settings: Settings, *, environ: Mapping[str, str]
) -> tuple[tuple[tuple[ChannelSpec, BaseModel], ...], list[Problem]]:
    """Return the channels of the settings with their checked options, and what is wrong with the others."""
    channels: list[tuple[ChannelSpec, BaseModel]] = []
    problems: list[Problem] = []
    for spec in settings.channels:
        checked = check_channel(spec, environ=environ, secrets_dir=secrets_folder(environ))
        if isinstance(checked, BaseModel):
            channels.append((spec, checked))
        else:
            problems += checked
    return tuple(channels), problems
