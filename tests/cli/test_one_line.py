"""Fields of one line, into which somebody pastes a whole file by mistake."""

import pytest
from chatcore_cli.first_start import LogInScreen
from chatcore_cli.one_line import MOST, one_line

from chatcore.testing import ChatWorld
from chatcore.view.credentials import Credentials
from chatcore.view.language import ENGLISH
from tests.cli.emulator import CTRL_F, form, paste, terminal

FILE = "a line of a file\n" * 3_000  # a pipe holds no more


def test_of_a_long_text_the_beginning_is_kept_and_told_once() -> None:
    heard: list[str] = []
    field = one_line("name", heard.append)

    field.insert_text("ann " + "x" * MOST)
    field.insert_text("!")

    assert field.text == ("ann " + "x" * MOST)[:MOST]
    assert set(heard) == {field.text}
    assert field.cursor_position == MOST


def test_what_is_written_into_a_full_field_can_be_taken_out_again() -> None:
    field = one_line("name", lambda _text: None)
    field.insert_text("x" * MOST)

    field.delete_before_cursor(MOST - 3)
    field.insert_text("y")

    assert field.text == "xxxy"


async def test_a_file_pasted_into_the_search_leaves_its_beginning_there() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.type(CTRL_F, paste(FILE))

            assert len(t.app.current_buffer.text) == MOST


@pytest.mark.parametrize("is_marked", [True, False])
async def test_a_file_pasted_into_a_form_leaves_its_beginning_there(is_marked: bool) -> None:
    async def enter(_credentials: Credentials, _tell: object) -> None:
        raise AssertionError("nothing was sent")

    async with (
        ChatWorld() as world,
        form(world, lambda: LogInScreen(ENGLISH, enter, server="ws://localhost:1", name="alice")) as (t, _),
    ):
        text = FILE.replace("\n", " ")[: 2 * MOST]
        await t.type(paste(text) if is_marked else text)

        assert t.app.current_buffer.text == text[:MOST]
