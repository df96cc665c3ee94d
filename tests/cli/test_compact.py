"""The compact layout."""

from chatcore_cli.cells import width
from chatcore_cli.compact import compact_lines
from chatcore_cli.preferences import Preferences
from chatcore_cli.render import Line
from hypothesis import given
from hypothesis import strategies as st

from chatcore import ItemState
from chatcore.testing import ChatWorld
from chatcore.view.separators import Separators
from tests.cli.emulator import CTRL_UP, terminal
from tests.cli.test_render import bubble, item, names


def plain(lines: list[Line]) -> list[str]:
    return ["".join(part[1] for part in line if "ZeroWidth" not in part[0]) for line in lines]


@given(names, st.text(st.sampled_from("ab c你\n"), max_size=120), st.sampled_from(ItemState), st.integers(16, 120))
def test_no_line_leaves_the_column_and_nothing_of_the_text_is_lost(
    name: str, text: str, state: ItemState, cells: int
) -> None:
    words = bubble(own=state is not ItemState.UNREAD, sender=name, text=text, status="so")

    lines = plain(compact_lines(item(state), words, Separators("", ""), cells=cells, picked=False))

    assert all(width(line) <= max(cells, 13) for line in lines)
    assert "".join(text.split()) in "".join("".join(lines).split())


async def test_a_message_begins_in_one_line_and_goes_on_below_its_text() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await bob.post(conversation, "hello " * 12)
        await alice.post(conversation, "hi")
        async with terminal(world, alice, preferences=Preferences(layout="compact")) as t:
            await t.open("bob")
            drawn = t.talk[-3:]
            await t.type(CTRL_UP)
            picked = t.talk[-1]

    assert drawn[0].startswith("22:13    bob hello hello")
    assert drawn[1].startswith("         hello")
    assert drawn[2] == "22:13 ✓  You hi"
    assert picked == "22:13 ✓  You (sent) hi"


async def test_the_layout_is_changed_by_a_command_and_back() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "hi")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("/compact", "\r", "\r")
            compact = t.talk[-1]
            await t.type("/compact", "\r", "\r")

            assert (compact, t.talk[-1]) == ("22:13    bob hi", "▎ hi")
