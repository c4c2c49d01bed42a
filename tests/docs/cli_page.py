"""docs/cli.md, from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.support.command_line import Parameter, Verb, global_parameters, verbs

HEAD = """\
# Command line

<!-- Written by `make docs` from the commands' own help: change that, not this page. -->

```
monitor [--config FILE] [--state DIR] NOUN VERB [OPTIONS]
```

`monitor VERB --help` says the same as this page. Results go to stdout, messages and progress to stderr.

| exit | means |
| --- | --- |
| 0 | fine |
| 1 | found something (errors, dead letters), or something failed; each command says what |
| 2 | wrong use, or files with errors: they are listed as `file:line:column: error: …` |
| 3 | environment: no Redis, no disk |
| 130 | Ctrl-C |

**JSON.** `--json` gives one JSON object a line (JSON Lines, UTF-8); times are ISO 8601 in UTC, or null. Commands that
have no other form (`feeds parse`, `articles extract`, `rules match`, `replay`) accept it too. Keys are only ever added.

**Articles** go in as JSON Lines: `id` and `title` are required; `url`, `summary`, `text`, `language`, `published`,
`source`, `feed`, `authors` and `tags` are read if given; other keys are ignored. A line that is no such object ends the
command with exit 1 and its number.

**The store** is that of a running daemon if there is one; else `alerts`, `deliveries` and `feeds list`, `show`, `poll`
start the embedded server for as long as they look. `replay` uses one of its own that is thrown away; the others need
none.
"""


def cli_page() -> str:
    """Return the page."""
    parts = [HEAD, "\n## Global options\n\n", "They stand before or after the verb.\n\n", *_table(global_parameters())]
    for verb in verbs():
        parts += _section(verb)
    return "".join(parts)


def _section(verb: Verb) -> Iterator[str]:
    words = [_usage(parameter) for parameter in verb.parameters if parameter.is_argument]
    yield f"\n## monitor {verb.name}\n\n{_sentence(verb.summary)}\n"
    yield f"\n```\nmonitor {' '.join([verb.name, '[OPTIONS]', *words])}\n```\n\n"
    yield from _table(verb.parameters)
    if verb.keys:
        yield f"\n**Keys:** {verb.keys}\n"
    yield f"\n**Example:** `{verb.example}`\n"


def _table(parameters: Iterable[Parameter]) -> Iterator[str]:
    yield "| option | default | |\n| --- | --- | --- |\n"
    for parameter in parameters:
        default = "" if parameter.default is None else f"`{parameter.default}`"
        repeated = " Can be repeated." if parameter.is_repeated and not parameter.is_argument else ""
        yield f"| `{_cell(parameter.name)}` | {default} | {_cell(parameter.help)}{repeated} |\n"


def _usage(parameter: Parameter) -> str:
    name = f"{parameter.name}..." if parameter.is_repeated else parameter.name
    return name if parameter.is_required else f"[{name}]"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
