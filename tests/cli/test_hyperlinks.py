"""Links that a terminal opens."""

from chatcore_cli.cells import wrap
from chatcore_cli.preferences import Preferences

from chatcore.testing import ChatWorld
from chatcore.view.links import places
from tests.cli.emulator import CTRL_UP, terminal

ADDRESS = "https://example.org/a/long/way"


def test_a_link_that_is_broken_over_lines_leads_on_each_of_them_to_the_whole() -> None:
    text = f"see\nhere {ADDRESS} and there"
    lines = wrap(text, 14)

    parts = [(lines[n][start:stop], to) for n, found in enumerate(places(text, lines)) for start, stop, to in found]

    assert "".join(part for part, _ in parts) == ADDRESS
    assert {to for _, to in parts} == {ADDRESS}


async def test_each_cell_of_a_link_is_one_and_no_other_cell_even_where_only_some_are_drawn() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), f"<{ADDRESS}>")
        async with terminal(world, alice) as t:
            await t.open("bob")
            whole = t.glass.raw
            await t.type(CTRL_UP)
            raw = t.glass.raw
            shown = t.text

    opened = raw.split("\x1b]8;id=")[1:]
    linked = [part.partition("\x1b\\")[2].partition("\x1b]8;;\x1b\\")[0] for part in opened]
    assert f"<{ADDRESS}>" in shown
    assert [cell[-1] for cell in linked[: len(ADDRESS)]] == list(ADDRESS)
    assert raw.count("\x1b]8;;\x1b\\") == len(opened) > whole.count("\x1b]8;id=") >= len(ADDRESS)
    assert all(part.startswith(part.partition(";")[0] + f";{ADDRESS}\x1b") for part in opened)


async def test_who_wants_no_links_gets_none() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), ADDRESS)
        async with terminal(world, alice, preferences=Preferences(links=False)) as t:
            await t.open("bob")

            assert "\x1b]8;" not in t.glass.raw
