"""The server's command line: what it understands, and the one line that says what is wrong."""

import subprocess
import sys
from contextlib import nullcontext

import pytest

import chatcore_server.cli as cli_module
from chatcore_server import logs
from chatcore_server.app import ServerError
from chatcore_server.cli import main
from chatcore_server.config import Config, settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """Instead of starting servers, note what they would be."""
    configs: list[Config] = []
    monkeypatch.setattr(cli_module, "run", lambda config, _: configs.append(config))
    monkeypatch.setattr(logs, "logging_to", lambda *_: nullcontext())
    for setting in settings():
        monkeypatch.delenv(setting.variable, raising=False)
    return configs


@pytest.mark.parametrize("arguments", [["serve", "--port", "7000"], ["--port", "7000"], ["--port=7000"]])
def test_serve_need_not_be_said(started: list[Config], arguments: list[str]) -> None:
    assert main(arguments) == 0

    assert [config.port for config in started] == [7000]


def test_without_arguments_the_server_is_started(started: list[Config]) -> None:
    assert main([]) == 0

    assert len(started) == 1


def test_every_setting_is_an_option(started: list[Config]) -> None:
    arguments = (
        "--host ::1 --port 1 --unix s --db postgresql://a/b --db-password-file p --tls-cert c --tls-key k "
        "--allow-plaintext --origin https://a --origin https://b --path-prefix /chat "
        "--metrics-port 0 --metrics-token-file t --grace 1 --password-cost low "
        "--log-level debug --registration closed --token-age 1 "
        "--bus nats://h --bus-credentials c "
        "--node n --log-format json --trusted-proxy ::1 --trusted-proxy 10.0.0.0/8 "
        "--posts off --reads off --registrations off --registrations-per-address off --guesses 1 "
        "--guesses-per-address off --guesses-per-account off --throttling off "
        "--connections-per-session 1 --connections-per-user 1 --strangers-per-address 1 --strangers 1"
    )

    assert main(arguments.split()) == 0

    (config,) = started
    assert config.origin == ("https://a", "https://b")
    assert config.allow_plaintext
    assert {setting.flag for setting in settings()} <= set(arguments.split())


def test_the_file_can_be_named_on_the_command_line_and_in_the_environment(
    started: list[Config], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, two = tmp_path_factory.mktemp("one") / "c.toml", tmp_path_factory.mktemp("two") / "c.toml"
    one.write_text("port = 1")
    two.write_text("port = 2")
    monkeypatch.setenv("CHATCORE_CONFIG", str(two))

    main([])
    main(["--config", str(one)])

    assert [config.port for config in started] == [2, 1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "many"], "--port is 'many': it must be a whole number from 0 to 65535"),
        (["--host", ""], "--host is '': it must be a text that is not empty"),
        (["--port"], "Option '--port' requires an argument."),
        (["--gibberish"], "No such option '--gibberish'."),
        (["nonsense"], "No such command 'nonsense'."),
        (["serve", "extra"], "Got unexpected extra argument (extra)"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    started: list[Config], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(arguments) == 2

    assert capsys.readouterr() == ("", f"chatcore-server: {told}\n")
    assert started == []


def test_a_server_that_cannot_start_is_one_line_and_status_1(
    started: list[Config], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(config: Config, announce: object) -> None:
        msg = "the sky\nis falling"
        raise ServerError(msg)

    monkeypatch.setattr(cli_module, "run", refuse)

    assert main([]) == 1

    assert capsys.readouterr() == ("", "chatcore-server: the sky is falling\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["serve", "--help"]])
def test_the_help_shows_every_option(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0

    told = capsys.readouterr().out
    assert all(setting.flag in told for setting in settings())
    assert "--config" in told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0

    assert capsys.readouterr().out.startswith("chatcore-server, version ")


@pytest.mark.parametrize("missing", ["click", "aiosqlite", "websockets", "argon2", "platformdirs", "filelock"])
def test_a_missing_extra_is_named_in_one_line(missing: str) -> None:
    script = f"import sys; sys.modules[{missing!r}] = None; from chatcore_server.__main__ import main; sys.exit(main())"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr == (
        f"chatcore-server: {missing} is not installed; install chatcore with the extra `server`: "
        "pip install 'chatcore[server]'\n"
    )


def test_a_command_that_is_interrupted_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("chatcore_server.admin.app.fsck", interrupted)

    assert main(["fsck", "--db", "chat.db"]) == 130

    assert capsys.readouterr().err.strip() == ""
