"""What is said of a wrong command line, in the person's language."""

import pytest
from chatcore_cli.cli import main
from chatcore_cli.usage import language_of

from chatcore.view.language import ENGLISH, load


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["send"], "chatcore: Brakuje: 'NAME'."),
        (["--nope"], "chatcore: Nie ma opcji --nope."),
        (["history", "bob", "--limit", "x"], "chatcore: Zła wartość '--limit': 'x' nie jest liczbą całkowitą"),
        (["--server", "http://x"], "chatcore: Zła wartość '--server': 'http://x' nie jest adresem"),
    ],
)
def test_a_wrong_command_line_is_told_in_the_language_that_it_asks_for(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "pl", *arguments]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_the_language_is_found_wherever_it_stands_on_the_line() -> None:
    polish = load("pl")

    assert language_of(["send", "--lang", "pl"], {}) == polish
    assert language_of(["send", "--lang=pl"], {}) == polish
    assert language_of(["send", "--lang"], {"CHATCORE_LANG": "pl"}) == polish
    assert language_of(["send"], {"LANG": "C"}) is ENGLISH
