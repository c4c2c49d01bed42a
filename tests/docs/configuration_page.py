"""docs/configuration.md, from the settings' own descriptions, defaults and bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from monitor.config.channels import MATCHERS
from monitor.config.feed_list import FEED_KEYS, OPTION_KEYS
from monitor.config.feed_list_schema import KEY_NOTES
from monitor.config.sections import PerHour, Section, Size
from monitor.config.settings import Settings
from monitor.config.units import format_duration
from monitor.notify.registry import notifier_kinds

HEAD = """\
# Configuration

<!-- Written by `make docs` from the settings' own descriptions: change those, not this page. -->

Without any file, all defaults hold: feed lists from `./seeds`, rules from `./rules`, everything kept in `./var`, alerts
on the terminal. [monitor.example.yaml](monitor.example.yaml) has all settings with their defaults to copy from.
`monitor check` says everything that is wrong, with file, line and column; unknown keys are errors.

**Where a setting comes from.** The later wins:

1. the default;
2. `monitor.yaml`: `--config FILE`, else `$MONITOR_CONFIG`, else `./monitor.yaml` if it exists; paths in it are relative
   to it;
3. a variable: `MONITOR_STATE`, and with two underscores inside a section: `MONITOR_POLL__MIN_INTERVAL=1m`; lists with
   commas; `MONITOR_REDIS_URL` is another name of `MONITOR_REDIS`;
4. a file that holds the value: named by a variable (`MONITOR_REDIS_URL_FILE=/run/secrets/redis`), or lying in the
   secrets folder (`$MONITOR_SECRETS_DIR`, else `/run/secrets`) under the name of the variable;
5. the command line: `--state DIR`.

**How values are written.** Time spans `30s`, `15m`, `1h30m`, `2d`; sizes `512 KiB`, `10 MiB`; rates `2000/h`, `30/m`.

**Secrets** are never written in these files: `env:NAME` stands for a variable (or `NAME_FILE`, or the file `NAME` in
the secrets folder), `file:PATH` for a file that holds only the secret.

A running daemon takes edits of rules and feed lists over within seconds; settings and channels at the next start.
"""

CHANNELS = """
## channels, routes

`channels:` names the destinations of alerts; the kinds are {kinds},
and the options of each are in [channels.md](channels.md). Without any, alerts appear on the terminal. `routes:` says
which alerts go where: the first route that matches, and the next ones too after `continue: true`; without any, every
alert goes to every channel. A rule may name its channels itself.

```yaml
channels:
  screen: {{type: console}}
  desk:   {{type: slack, url: env:SLACK_DESK}}
routes:
  - {{match: {{severity: [high, critical], labels: {{desk: world}}}}, channels: [desk], continue: true}}
  - {{channels: [screen]}}
```

Matchers: {matchers}; all of a route must
hold, each by one of its values.
"""

FEED_LISTS = """
## Feed lists

Files `*.yaml` (or `.yml`) and `*.opml` in the folders under `feeds`. In YAML, a feed is an address, or a mapping:

```yaml
defaults: {language: en, tags: [middle-east]}
feeds:
  - https://www.aljazeera.com/xml/rss/all.xml
  - {url: "https://feeds.bbci.co.uk/news/world/middle_east/rss.xml", title: BBC Middle East, interval: 5m}
```

[feeds.md](feeds.md) tells how to find feeds, take lists over from other readers and see how feeds do.

| key | in `defaults` | |
| --- | --- | --- |
"""

UNITS = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024), ("B", 1))


def configuration_page() -> str:
    """Return the page."""
    alone = {name: field for name, field in Settings.model_fields.items() if _section(field) is None}
    parts = [HEAD, "\n## At the top\n\n", *_table("", alone)]
    for name, field in Settings.model_fields.items():
        section = _section(field)
        if section is not None:
            parts += [f"\n## {name}\n\n{section.__doc__}\n\n", *_table(name, section.model_fields)]
    kinds, matchers = (", ".join(f"`{word}`" for word in words) for words in (notifier_kinds(), MATCHERS))
    parts += [CHANNELS.format(kinds=kinds, matchers=matchers), FEED_LISTS, *_feed_rows()]
    return "".join([*parts, "\nRules: [rules.md](rules.md).\n"])


def _section(field: FieldInfo) -> type[Section] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _table(section: str, fields: dict[str, FieldInfo]) -> Iterator[str]:
    yield "| key | default | | variable |\n| --- | --- | --- | --- |\n"
    for name, field in fields.items():
        if not section and name in ("channels", "routes"):
            continue  # they have a part of their own
        variable = "MONITOR_" + "__".join(part for part in (section, name) if part).upper()
        yield f"| `{name}` | {_default(field)} | {field.description}{_accepted(field)} | `{variable}` |\n"


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value in ("", ()) else f"`{_shown(value, field)}`"


def _accepted(field: FieldInfo) -> str:
    """Return the choices or bounds, as far as the description does not say them."""
    if get_origin(field.annotation) is Literal:
        return f" One of {', '.join(f'`{choice}`' for choice in get_args(field.annotation))}."
    low = next((bound.ge for bound in field.metadata if isinstance(bound, Ge)), None)
    high = next((bound.le for bound in field.metadata if isinstance(bound, Le)), None)
    above = next((bound.gt for bound in field.metadata if isinstance(bound, Gt)), None)
    longest = next((bound.max_length for bound in field.metadata if isinstance(bound, MaxLen)), None)
    if longest is not None:
        return f" At most {longest} characters."
    if above is not None:
        return f" More than {above}, at most {_shown(high, field)}."
    if low is not None and high is not None:
        return f" {_shown(low, field)} to {_shown(high, field)}."
    return f" At least {_shown(low, field)}." if low else ""


def _shown(value: Any, field: FieldInfo) -> str:
    """Return a value as a user would write it."""
    if isinstance(value, timedelta):
        return format_duration(value)
    if _is(field, Size):
        unit, size = next((name, size) for name, size in UNITS if value % size == 0)
        return f"{value // size} {unit}"
    if _is(field, PerHour):
        return f"{value:.0f}/h"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is(field: FieldInfo, kind: Any) -> bool:
    return get_args(kind)[1] in field.metadata


def _feed_rows() -> Iterator[str]:
    for key in FEED_KEYS:
        yield f"| `{key}` | {'yes' if key in OPTION_KEYS else ''} | {KEY_NOTES[key]} |\n"
