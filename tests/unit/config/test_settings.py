from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitor.config.channels import Route
from monitor.config.settings import Settings, find_settings_file, load_settings
from monitor.errors import Location, Problem
from monitor.model import ChannelName

EXAMPLE = Path(__file__).parents[3] / "docs" / "monitor.example.yaml"


def load(folder: Path, text: str = "", **environ: str) -> tuple[Settings, list[Problem]]:
    file = folder / "monitor.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ=environ)


def problems_of(folder: Path, text: str = "", **environ: str) -> list[str]:
    found = load(folder, text, **environ)[1]
    return [f"{str(p.at).removeprefix(f'{folder}/')} {p.severity}: {p.message} | {p.hint}" for p in found]


def test_without_a_file_the_defaults_hold() -> None:
    settings, problems = load_settings(None, environ={})
    assert problems == []
    assert settings == Settings()
    assert settings.feeds == (Path("seeds"),)
    assert settings.rules == (Path("rules"),)
    assert settings.state == Path("var")
    assert settings.redis.get_secret_value() == "embedded"
    assert settings.poll.budget == 2000.0
    assert settings.poll.min_interval == timedelta(minutes=2)
    assert settings.network.max_feed_bytes == 10_485_760
    assert settings.web.address == ("127.0.0.1", 8080)
    assert [(channel.name, channel.type) for channel in settings.channels] == [("screen", "console")]
    assert settings.routes == (Route(channels=(ChannelName("screen"),)),)


def test_the_example_has_every_setting_with_its_default() -> None:
    settings, problems = load_settings(EXAMPLE, environ={})
    assert problems == []
    folder = EXAMPLE.parent
    paths = {"feeds": (folder / "seeds",), "rules": (folder / "rules",), "state": folder / "var"}
    written = settings.model_dump(exclude={"channels", "routes"})
    assert written == Settings().model_copy(update=paths).model_dump(exclude={"channels", "routes"})
    assert settings.model_fields_set >= set(Settings.model_fields)
    assert [
        set(type(section).model_fields) - section.model_fields_set
        for section in (
            settings.network,
            settings.web,
            settings.poll,
            settings.articles,
            settings.delivery,
            settings.ops,
            settings.log,
        )
    ] == [set()] * 7


def test_ops_alerts_have_channels_of_their_own(tmp_path: Path) -> None:
    text = "channels: {screen: {type: console}, pager: {type: console}}\nops: {channels: [pager]}\n"
    settings, problems = load(tmp_path, text)
    assert (settings.ops.channels, settings.ops.alerts, problems) == (("pager",), True, [])
    assert load(tmp_path, text, MONITOR_OPS__CHANNELS="screen,pager")[0].ops.channels == ("screen", "pager")


def test_ops_alerts_go_to_channels_that_there_are(tmp_path: Path) -> None:
    text = "channels: {pager: {type: console}}\nops: {channels: [pager, pagr]}\n"
    assert problems_of(tmp_path, text) == ['monitor.yaml:2:25 error: unknown channel "pagr" | did you mean "pager"?']


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings, problems = load(tmp_path, "feeds: [seeds/, /srv/feeds.opml]\nrules: mine\nstate: ../state\n")
    assert problems == []
    assert settings.feeds == (tmp_path / "seeds", Path("/srv/feeds.opml"))
    assert settings.rules == (tmp_path / "mine",)
    assert settings.state == tmp_path / "../state"


def test_variables_stand_above_the_file_and_their_paths_are_relative_to_the_working_folder(tmp_path: Path) -> None:
    settings, problems = load(
        tmp_path,
        "feeds: [a]\npoll: {min_interval: 5m, budget: 100/h}\n",
        MONITOR_FEEDS="b, c.opml",
        MONITOR_POLL__MIN_INTERVAL="1m",
        MONITOR_STATE="state",
    )
    assert problems == []
    assert settings.feeds == (Path("b"), Path("c.opml"))
    assert settings.poll.min_interval == timedelta(minutes=1)
    assert settings.poll.budget == 100.0
    assert settings.state == Path("state")


def test_the_command_line_stands_above_all(tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").write_text("state: a\n")
    settings, _ = load_settings(tmp_path / "monitor.yaml", state=Path("c"), environ={"MONITOR_STATE": "b"})
    assert settings.state == Path("c")


def test_secret_files_stand_above_variables(tmp_path: Path) -> None:
    (tmp_path / "redis").write_text("redis://:hunter2@from-file/0\n")
    settings, problems = load(
        tmp_path, MONITOR_REDIS_URL="redis://from-variable/0", MONITOR_REDIS_URL_FILE=str(tmp_path / "redis")
    )
    assert problems == []
    assert settings.redis.get_secret_value() == "redis://:hunter2@from-file/0"


def test_the_folder_of_secrets_holds_settings(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "monitor_redis_url").write_text("redis://from-folder/0\n")
    (tmp_path / "secrets" / "somebody_elses").write_text("x")
    settings, problems = load(tmp_path, MONITOR_SECRETS_DIR=str(tmp_path / "secrets"), MONITOR_REDIS="embedded")
    assert problems == []
    assert settings.redis.get_secret_value() == "redis://from-folder/0"


def test_the_redis_address_may_be_a_reference(tmp_path: Path) -> None:
    settings, problems = load(tmp_path, "redis: env:VALKEY\n", VALKEY="rediss://h:6380/1")
    assert problems == []
    assert settings.redis.get_secret_value() == "rediss://h:6380/1"


def test_whole_sections_channels_and_routes_can_be_variables(tmp_path: Path) -> None:
    settings, problems = load(
        tmp_path,
        MONITOR_WEB="{listen: off}",
        MONITOR_CHANNELS='{"desk": {"type": "slack", "url": "env:MONITOR_DESK"}}',
        MONITOR_ROUTES="[{channels: [desk]}]",
        MONITOR_NETWORK__ALLOW="[127.0.0.0/8, '[::1]:80']",
    )
    assert problems == []
    assert settings.web.address is None
    assert settings.channels[0].options == {"url": "env:MONITOR_DESK"}
    assert settings.routes[0].channels == ("desk",)
    assert settings.network.allow == ("127.0.0.0/8", "[::1]:80")


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    settings, problems = load(
        tmp_path,
        "redis: http://:hunter2@h/0\nchannels: {desk: {type: slack, url: hunter2}}\n",
        MONITOR_REDIS_URL="redis://:hunter2@h/0",
    )
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)
    assert "hunter2" not in "".join(str(problem) for problem in problems)


def test_a_wrong_redis_address_is_named_but_not_shown(tmp_path: Path) -> None:
    assert problems_of(tmp_path, MONITOR_REDIS_URL="http://:hunter2@h/0") == [
        (
            'MONITOR_REDIS_URL error: redis is not usable | write "embedded", or an address redis://HOST:6379/0, '
            "rediss://HOST:6379/0 or unix:///PATH"
        )
    ]


def test_a_password_in_the_file_gives_a_warning(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "redis: redis://:hunter2@h/0") == [
        (
            "monitor.yaml:1:8 warning: this address seems to hold a password | "
            "write env:NAME or file:PATH here, or set MONITOR_REDIS_URL"
        )
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "rulez: [x]",
            'monitor.yaml:1:1 error: unknown key "rulez" in the settings | did you mean "rules"?',
            id="unknown key",
        ),
        pytest.param(
            "poll: {min_intervall: 1m}",
            'monitor.yaml:1:8 error: unknown key "min_intervall" in poll | did you mean "min_interval"?',
            id="unknown key in a section",
        ),
        pytest.param(
            "budget: 1/h",
            'monitor.yaml:1:1 error: unknown key "budget" in the settings | it stands under "poll:"',
            id="key of a section at the top",
        ),
        pytest.param(
            "poll: {state: x}",
            'monitor.yaml:1:8 error: unknown key "state" in poll | it stands at the top, not inside another key',
            id="key of the top in a section",
        ),
        pytest.param(
            "poll: {budget: 2000}",
            'monitor.yaml:1:16 error: poll.budget cannot be "2000" | '
            "a rate is a number for a time: 2000/h, 30/m, 1/s, 5000/d",
            id="rate without a time",
        ),
        pytest.param(
            "poll: {min_interval: 24}",
            'monitor.yaml:1:22 error: poll.min_interval cannot be "24" | '
            "a time span is a number with a unit: 30s, 15m, 1h30m, 2d, 1w",
            id="time span without a unit",
        ),
        pytest.param(
            "poll: {min_interval: 1ms}",
            'monitor.yaml:1:22 error: poll.min_interval cannot be "1ms" | '
            "a time span is a number with a unit: 30s, 15m, 1h30m, 2d, 1w",
            id="unknown unit",
        ),
        pytest.param(
            "network: {timeout: 1h}",
            'monitor.yaml:1:20 error: network.timeout cannot be "1h" | it should be less than or equal to 10 minutes',
            id="time span too long",
        ),
        pytest.param(
            "delivery: {take_over_after: 10s}",
            'monitor.yaml:1:29 error: delivery.take_over_after cannot be "10s" | '
            "it should be greater than or equal to 30 seconds",
            id="time span shorter than an attempt to send",
        ),
        pytest.param(
            "articles: {memory: 1 XB}",
            'monitor.yaml:1:20 error: articles.memory cannot be "1 XB" | '
            "a size is a number with a unit: 512 KiB, 10 MiB, 1 GiB (or kB, MB, GB)",
            id="unknown unit of size",
        ),
        pytest.param(
            "poll: {concurrency: many}",
            'monitor.yaml:1:21 error: poll.concurrency cannot be "many" | it should be a whole number',
            id="word for a number",
        ),
        pytest.param(
            "poll: {concurrency: 0}",
            'monitor.yaml:1:21 error: poll.concurrency cannot be "0" | it should be greater than or equal to 1',
            id="number too small",
        ),
        pytest.param(
            "articles: {language_detection: maybe}",
            'monitor.yaml:1:32 error: articles.language_detection cannot be "maybe" | it should be true or false',
            id="word for true or false",
        ),
        pytest.param(
            "durability: allways",
            'monitor.yaml:1:13 error: durability cannot be "allways" | '
            "did you mean \"always\"? it should be 'everysec' or 'always'",
            id="unknown choice",
        ),
        pytest.param(
            "workspace: a b",
            'monitor.yaml:1:12 error: workspace cannot be "a b" | a workspace has letters, digits, - and _, at most 64',
            id="workspace with a space",
        ),
        pytest.param(
            "web: {listen: ':8080'}",
            'monitor.yaml:1:15 error: web.listen cannot be ":8080" | '
            'write HOST:PORT such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080, or "off"',
            id="listen without host",
        ),
        pytest.param(
            "network: {allow: [127.0.0.1, nonsense]}",
            'monitor.yaml:1:30 error: network.allow cannot be "nonsense" | '
            "write a network 10.0.0.0/8, an address 10.1.2.3, or one port 127.0.0.1:8080 or [::1]:8080",
            id="item of the allow-list",
        ),
        pytest.param(
            'network: {user_agent: "a\\nX-Evil: 1"}',
            'monitor.yaml:1:23 error: network.user_agent cannot be "a\\x0aX-Evil: 1" | '
            "only ASCII letters, digits and signs can stand here",
            id="header injection",
        ),
        pytest.param(
            "poll: {min_interval: 2d, max_interval: 1d}",
            "monitor.yaml:1:40 error: poll: min_interval 2d is longer than max_interval 1d | ",
            id="two settings that contradict",
        ),
        pytest.param(
            "delivery: {base_delay: 20m}",
            "monitor.yaml:1:24 error: delivery: base_delay 20m is longer than max_delay 15m | ",
            id="a setting that contradicts a default",
        ),
        pytest.param(
            "poll: fast",
            'monitor.yaml:1:7 error: poll must be a mapping, found "fast" | write "key: value" lines below it',
            id="value instead of a section",
        ),
        pytest.param(
            "poll: {budget: }",
            "monitor.yaml:1:16 error: poll.budget is empty | write a value, or delete the line to have the default",
            id="key without value",
        ),
        pytest.param(
            "state: [a, b]",
            "monitor.yaml:1:8 error: state must be a single value, found a list | ",
            id="list instead of a value",
        ),
        pytest.param(
            "[a]",
            'monitor.yaml:1:1 error: the settings must be a mapping, found a list | write "key: value" lines below it',
            id="a list as the file",
        ),
        pytest.param(
            "state: var\nstate: x",
            'monitor.yaml:2:1 error: "state" is written twice; the first is on line 1 | keep one of them',
            id="key written twice",
        ),
        pytest.param(
            "channels: {screen: {type: console}}\nroutes: [{channels: [scren]}]",
            'monitor.yaml:2:22 error: unknown channel "scren" | did you mean "screen"?',
            id="route to an unknown channel",
        ),
        pytest.param(
            "redis: env:VALKEY",
            'monitor.yaml:1:8 error: the environment variable "VALKEY" is not set | '
            "set it where the daemon starts, or name a file of it in VALKEY_FILE",
            id="reference to nothing",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert problems_of(tmp_path, text) == [expected]


def test_a_section_with_all_lines_commented_out_is_fine(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "poll:\n  # budget: 1/h\nchannels:\nroutes:\n") == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param(
            "MONITOR_POLL__BUDGETT",
            "1/h",
            'MONITOR_POLL__BUDGETT error: unknown setting "budgett" in poll | did you mean "MONITOR_POLL__BUDGET"?',
            id="unknown in a section",
        ),
        pytest.param(
            "MONITOR_FEDS",
            "x",
            'MONITOR_FEDS warning: this variable is no setting | did you mean "MONITOR_FEEDS"?',
            id="unknown at the top may be another's",
        ),
        pytest.param(
            "MONITOR_POLL__MIN_INTERVAL",
            "fast",
            'MONITOR_POLL__MIN_INTERVAL error: poll.min_interval cannot be "fast" | '
            "a time span is a number with a unit: 30s, 15m, 1h30m, 2d, 1w",
            id="wrong value",
        ),
        pytest.param(
            "MONITOR_WEB",
            "{port: 1}",
            'MONITOR_WEB:1:2 error: unknown key "port" in web | known: listen',
            id="unknown key in a section written as a variable",
        ),
        pytest.param(
            "MONITOR_CHANNELS",
            "{a: ",
            "MONITOR_CHANNELS:1:4 error: a value is missing here | "
            'if the value is meant as text, put the whole value in quotes: "…"',
            id="broken YAML",
        ),
        pytest.param(
            "MONITOR_STATE_FILE",
            "/nowhere",
            'MONITOR_STATE_FILE error: the secret file "/nowhere" cannot be read: No such file or directory | '
            "check the path and who may read it",
            id="file that is not there",
        ),
        pytest.param(
            "MONITOR_SECRETS_DIR",
            "/nowhere",
            'MONITOR_SECRETS_DIR error: the folder of secrets "/nowhere" cannot be read: No such file or directory | '
            "check MONITOR_SECRETS_DIR",
            id="folder that is not there",
        ),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, name: str, value: str, expected: str) -> None:
    assert problems_of(tmp_path, **{name: value}) == [expected]


@pytest.mark.parametrize(
    "name",
    ["MONITOR_SERVICE_HOST", "MONITOR_PORT_8080_TCP_ADDR", "MONITOR_DESK", "MONITOR_CONFIG", "PATH", "MONITOR_FEDS"],
)
def test_variables_of_others_are_left_alone(tmp_path: Path, name: str) -> None:
    value = "" if name == "MONITOR_FEDS" else "x"
    text = "channels: {screen: {type: slack, url: env:MONITOR_DESK}}"
    assert problems_of(tmp_path, text, **{name: value}) == []


def test_with_errors_the_other_values_still_hold(tmp_path: Path) -> None:
    settings, problems = load(
        tmp_path,
        "poll: {min_interval: fast, max_interval: 2h, concurrency: 7}\nweb: {listen: nowhere}\nworkspace: mine\n",
    )
    assert [problem.at.line for problem in problems] == [1, 2]
    assert settings.poll.min_interval == timedelta(minutes=2)
    assert settings.poll.max_interval == timedelta(hours=2)
    assert settings.poll.concurrency == 7
    assert settings.web.listen == "127.0.0.1:8080"
    assert settings.workspace == "mine"


def test_problems_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    _, problems = load(tmp_path, "web: {listen: x}\nroutes: [{channels: [x]}]\nworkspace: a b\nzzz: 1\npoll: {a: 1}\n")
    assert [problem.at.line for problem in problems] == [1, 2, 3, 4, 5]


def test_a_broken_channel_gives_one_message_not_two(tmp_path: Path) -> None:
    text = "channels: {desk: {url: x}}\nroutes: [{channels: [desk]}]\n"
    assert problems_of(tmp_path, text) == [
        'monitor.yaml:1:18 error: channel "desk" has no "type" | add a line "type: …"'
    ]


def test_bytes_of_the_environment_that_are_no_text_are_shown_as_codes(tmp_path: Path) -> None:
    assert problems_of(tmp_path, MONITOR_LOG__LEVEL="\udcff")[0].startswith(
        'MONITOR_LOG__LEVEL error: log.level cannot be "\\udcff" | it should be'
    )
    assert problems_of(tmp_path, MONITOR_CHANNELS="{\udcff: {type: x}}") != []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.yaml", environ={}) == (
        Settings(),
        [
            Problem(
                at=Location(f"{tmp_path}/none.yaml"),
                message="no such file",
                hint="check the path, or create the file",
            )
        ],
    )


def test_the_file_is_named_by_a_variable_or_lies_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_settings_file({}) is None
    assert find_settings_file({"MONITOR_CONFIG": "/etc/m.yaml"}) == Path("/etc/m.yaml")
    Path("monitor.yaml").touch()
    assert find_settings_file({}) == Path("monitor.yaml")


@pytest.mark.parametrize(
    ("entry", "accepted"),
    [
        ("10.0.0.0/8", True),
        ("10.1.2.3", True),
        ("10.1.2.3/8", True),
        ("127.0.0.1:8080", True),
        ("::1", True),
        ("[::1]", True),
        ("[::1]:8080", True),
        ("fd00::/8", True),
        ("127.0.0.1:99999", False),
        ("10.0.0.0/8:80", False),
        ("[fd00::/8]:80", False),
        ("localhost", False),
        ("10.0.0.0/33", False),
        ("300.0.0.1", False),
    ],
)
def test_the_allow_list_accepts_what_the_guard_accepts(tmp_path: Path, entry: str, accepted: bool) -> None:
    problems = problems_of(tmp_path, f"network: {{allow: ['{entry}']}}")
    assert (problems == []) is accepted


LINES = """
feeds: [seeds/, {a: b}]
state: ~
redis: redis://[
redis: unix:
network: {allow: [x, [y]], timeout: 1h}
web: {listen: '[::1]:1'}
web: [1]
poll: {budget: 1e400/h, min_interval: 99999w}
poll: {min_interval: 30d, max_interval: 1s, concurrency: 99999999999999999999}
articles: {memory: 999999999999999 TiB, workers: -1}
delivery: {base_delay: '-1s'}
channels: {a: {type: x, to: [~, {b: 1.5}]}, b: y}
channels: []
routes: [{channels: a}, {match: {labels: [x]}, channels: [a]}]
routes: {a: b}
log: *x
  - x
\t
"\\ud83d": x
""".splitlines()


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(LINES), max_size=10).map("\n".join),
    st.dictionaries(
        st.sampled_from(
            [
                "MONITOR_POLL",
                "MONITOR_POLL__BUDGET",
                "MONITOR_FEEDS",
                "MONITOR_REDIS_URL",
                "MONITOR_CHANNELS",
                "MONITOR_STATE_FILE",
                "MONITOR___",
                "MONITOR_",
                "MONITOR_POLL__",
                "MONITOR_SECRETS_DIR",
            ]
        ),
        st.text(max_size=12),
        max_size=4,
    ),
)
def test_any_mixture_gives_settings(tmp_path: Path, text: str, environ: dict[str, str]) -> None:
    settings, problems = load(tmp_path, text, **environ)
    assert isinstance(settings, Settings)
    assert all(problem.message and problem.at.file for problem in problems)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_example_with_a_slip_gives_settings(tmp_path: Path, data: st.DataObject) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    place = data.draw(st.integers(min_value=0, max_value=len(text)))
    cut = data.draw(st.integers(min_value=0, max_value=20))
    slip = data.draw(st.text(st.sampled_from("ab:-#'\"[]{},&*!|> \n\t\x00é"), max_size=4))
    settings, problems = load(tmp_path, text[:place] + slip + text[place + cut :])
    assert isinstance(settings, Settings)
    assert all(problem.at.line > 0 for problem in problems)
