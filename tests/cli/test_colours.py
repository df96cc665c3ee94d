"""What can be told from its ground, with few colours, on terminals whose palettes differ."""

import pytest
from prompt_toolkit.output import ColorDepth
from pyte.screens import Char

from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_F, CTRL_UP, ENTER, F1, ChatEmulator, terminal
from tests.contrast import contrast

NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")

# Ground, letters, then the eight colours and their bright forms.
PALETTES = {
    "xterm": "000000 e5e5e5 000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "xterm, light": "ffffff 000000 000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "console": "000000 aaaaaa 000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "solarized": "002b36 839496 073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 "
    "002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
    "solarized, light": "fdf6e3 657b83 073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 "
    "002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
}
LEAST = 1.5
"""The ratio of light (WCAG) below which nobody would see anything; these palettes have no better pairs."""


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("depth", [ColorDepth.DEPTH_1_BIT, ColorDepth.DEPTH_4_BIT, ColorDepth.DEPTH_8_BIT])
async def test_everything_on_the_screen_can_be_told_from_its_ground(depth: ColorDepth, palette: str) -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        conversation = await alice.conversation_with("bob")
        await alice.post(conversation, "Hello!")
        await bob.mark_read(conversation, 1)
        await bob.post(conversation, "How are you?")
        await carol.post(await carol.conversation_with("alice"), "unread")
        async with terminal(world, alice, depth=depth) as t:
            for keys in ("", CTRL_F, "bob", ENTER, "what is written", CTRL_UP, F1):
                await t.type(keys)
                await t.settle()
                assert hidden(t, PALETTES[palette].split()) == []
            await world.kill()
            await t.settle()
            assert hidden(t, PALETTES[palette].split()) == []


def hidden(t: ChatEmulator, palette: list[str]) -> list[str]:
    """Return what stands on the screen and cannot be seen."""
    return [
        f"{cell.data} {cell.fg} on {cell.bg} at {row}:{column}"
        for row, line in sorted(t.glass.screen.buffer.items())
        for column, cell in sorted(line.items())
        if cell.data.strip() and apart(cell, palette) < LEAST
    ]


def apart(cell: Char, palette: list[str]) -> float:
    letters, ground = colour(cell.fg, palette, palette[1]), colour(cell.bg, palette, palette[0])
    return contrast(f"#{letters}", f"#{ground}")


def colour(name: str, palette: list[str], default: str) -> str:
    bright = name.startswith("bright")
    plain = name.removeprefix("bright").replace("yellow", "brown")
    if plain in NAMES:
        return palette[2 + NAMES.index(plain) + 8 * bright]
    return default if name == "default" else name
