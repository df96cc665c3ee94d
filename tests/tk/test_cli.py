"""The command line of the window: what it makes of its options, and of a place where no window can be."""

import pytest
from chatcore_tk import app
from chatcore_tk.app import NoDisplay, Options
from chatcore_tk.cli import main

from chatcore.process.folders import NoHome
from chatcore.view.language import load

PLAIN = {"LANG": "C", "LC_ALL": "", "LC_MESSAGES": "", "LANGUAGE": ""}


class Shown:
    """In the window's place, which would stay until somebody closes it."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble
        self.options: list[Options] = []

    def __call__(self, options: Options) -> None:
        self.options.append(options)
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)


def run(monkeypatch: pytest.MonkeyPatch, shown: Shown, *arguments: str, **environment: str) -> int:
    monkeypatch.setattr(app, "run", shown)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return main(arguments)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--server", "wss://chat.example", "--user", "alice", "--lang", "pl", "--allow-plaintext"), {}),
        (
            (),
            {
                "CHATCORE_SERVER": "wss://chat.example",
                "CHATCORE_USER": "alice",
                "CHATCORE_LANG": "pl",
                "CHATCORE_ALLOW_PLAINTEXT": "1",
            },
        ),
    ],
)
def test_options_are_taken_from_the_line_and_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    shown = Shown()

    assert run(monkeypatch, shown, *arguments, **environment) == 0

    assert shown.options == [
        Options(server="wss://chat.example", user="alice", language=load("pl"), allow_plaintext=True)
    ]


def test_without_options_the_window_remembers_or_asks_and_speaks_the_system_s_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = Shown()

    run(monkeypatch, shown, LANG="pl_PL.UTF-8")

    assert shown.options == [Options(server=None, user=None, language=load("pl"), allow_plaintext=False)]


@pytest.mark.parametrize("trouble", [NoHome("there is no folder"), NoDisplay("no display name")])
def test_where_there_can_be_no_window_one_line_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], trouble: Exception
) -> None:
    status = run(monkeypatch, Shown(trouble))

    said = capsys.readouterr().err
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("chatcore-tk: ")
    assert str(trouble) in said


def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(monkeypatch, shown := Shown(), "--lang", "xx")

    assert (status, shown.options) == (2, [])
    assert "'en', 'pl'" in capsys.readouterr().err
