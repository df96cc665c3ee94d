"""The help has every key and command, in the language and the width of the screen."""

import pytest
from chatcore_cli.cells import width
from chatcore_cli.help import COLUMN, help_lines
from chatcore_cli.keys import KEYS
from chatcore_cli.slash_commands import COMMANDS

from chatcore.view.language import ENGLISH, Language, load

POLISH = load("pl")


def lines(language: Language, cells: int) -> list[str]:
    return ["".join(fragment[1] for fragment in line) for line in help_lines(language, cells)]


def test_every_key_of_the_table_is_in_the_help() -> None:
    text = "\n".join(lines(ENGLISH, 80))

    for section in KEYS:
        assert section.title in text
        assert all(key.shown in text and key.does in text for key in section.keys if key.shown)
    assert all(f"/{command.name}" in text for command in COMMANDS)


def test_it_begins_with_a_title_and_puts_an_empty_line_before_each_other() -> None:
    text = lines(POLISH, 80)

    assert text[0] == "Rozmowy"
    assert [text[row - 1] for row, line in enumerate(text) if line in {"Wiadomości", "Polecenia"}] == ["", ""]


@pytest.mark.parametrize("cells", [30, 40, 59, 80])
def test_what_a_key_does_is_wrapped_beside_it_and_no_line_is_too_wide(cells: int) -> None:
    text = lines(POLISH, cells)

    assert all(width(line) <= cells for line in text)
    beside = "".join(line[COLUMN + 2 :].replace(" ", "") for line in text)
    assert all(POLISH.gettext(command.does).replace(" ", "") in beside for command in COMMANDS)
