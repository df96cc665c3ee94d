"""What is said of a wrong command line, in the person's language."""

from collections.abc import Callable, Sequence

import pytest
from chatcore_cli import cli as terminal
from chatcore_tk import cli as window

from chatcore.home.usage import language_of
from chatcore.view.language import ENGLISH, load

MAINS: list[tuple[str, Callable[[Sequence[str]], int]]] = [
    ("chatcore", terminal.main),
    ("chatcore-tk", window.main),
]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["send"], "chatcore: Brakuje: 'NAME'."),
        (["--nope"], "chatcore: Nie ma opcji --nope."),
        (["history", "bob", "--limit", "x"], "chatcore: Zła wartość '--limit': 'x' nie jest liczbą całkowitą"),
        (["--server", "http://x"], "chatcore: Zła wartość '--server': 'http://x' nie jest adresem"),
        (["frob"], "chatcore: Nie ma polecenia 'frob'."),
        (["list"], "chatcore: czyje hasło?"),
    ],
)
def test_a_wrong_command_line_is_told_in_the_language_that_it_asks_for(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert terminal.main(["--lang", "pl", *arguments]) == 2
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize(("program", "main"), MAINS)
@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--nope"], {}, "Nie ma opcji --nope."),
        (["--server"], {}, "--server wymaga wartości."),
        (["--allow-plaintext=x"], {}, "--allow-plaintext nie przyjmuje wartości."),
        (["--lang", "xx"], {"CHATCORE_LANG": "pl"}, None),
        ([], {"CHATCORE_ALLOW_PLAINTEXT": "x"}, "Zła wartość CHATCORE_ALLOW_PLAINTEXT: to ani prawda, ani fałsz"),
    ],
)
def test_all_programs_say_it_in_the_same_words(
    program: str,
    main: Callable[[Sequence[str]], int],
    arguments: list[str],
    environment: dict[str, str],
    said: str | None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert main(arguments if said is None else ["--lang", "pl", *arguments]) == 2

    err = capsys.readouterr().err
    assert err.startswith(f"{program}: {said or 'Invalid value for'}")
    assert err.count("\n") == 1


def test_what_is_too_much_on_the_line_of_the_window_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert window.main(["--lang", "pl", "one", "two"]) == 2
    assert capsys.readouterr().err == "chatcore-tk: Do czego to jest? one two\n"


def test_the_language_is_found_wherever_it_stands_on_the_line() -> None:
    polish = load("pl")

    assert language_of(["send", "--lang", "pl"], {}) == polish
    assert language_of(["send", "--lang=pl"], {}) == polish
    assert language_of(["send", "--lang"], {"CHATCORE_LANG": "pl"}) == polish
    assert language_of(["send"], {"LANG": "C"}) is ENGLISH
