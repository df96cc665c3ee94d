"""What somebody wants of their terminal client."""

from pathlib import Path

import pytest
from chatcore_cli.keystroke import keystroke
from chatcore_cli.preferences import BadPreference, Preferences, read_preferences

from chatcore.testing import ChatWorld
from tests.cli.emulator import FOCUS_OUT, alt, terminal

FILE = """
layout = "compact"
bell = false
notify = "777"
hook = ["/bin/said", "--quietly"]
[keys]
alt-j = "/waiting"
f7 = "/date yesterday"
[colours]
rule = "#ff0000 bold"
"""


def test_all_of_it_stands_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(FILE)

    assert read_preferences(path) == Preferences(
        layout="compact",
        bell=False,
        notify="777",
        hook=("/bin/said", "--quietly"),
        keys={("escape", "j"): "/waiting", ("f7",): "/date yesterday"},
        colours={"rule": "#ff0000 bold"},
    )


def test_without_a_file_all_is_as_it_comes(tmp_path: Path) -> None:
    assert read_preferences(tmp_path / "terminal.toml") == Preferences()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("layout = 'wide'", "layout is one of bubbles, compact, not 'wide'"),
        ("bell = 'no'", "bell is true or false, not 'no'"),
        ("hook = 'said'", "hook is a list of a program and its arguments, not 'said'"),
        ("keys = 1", "keys is a table"),
        ("keys.j = '/help'", "keys: there is no key 'j'"),
        ("keys.alt-j = 'help'", "keys: alt-j is to do a command such as '/unread', not 'help'"),
        ("colours.rule = 'bluish'", "colours: rule cannot be 'bluish'"),
        ("colours.sky = '#000000'", "colours: sky cannot be '#000000'"),
        ("layout", "terminal.toml: "),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, written: str, said: str) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(written)

    with pytest.raises(BadPreference) as caught:
        read_preferences(path)

    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_setting_of_another_version_is_said_and_the_others_hold(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(f"sounds = true\ntrouble = 'none'\n{FILE}")

    wanted = read_preferences(path)

    assert (wanted.layout, wanted.hook) == ("compact", ("/bin/said", "--quietly"))
    assert wanted.trouble == f"{path}: there is no setting 'sounds'"


@pytest.mark.parametrize(
    ("written", "stroke"),
    [
        ("alt-j", ("escape", "j")),
        ("Ctrl-G", ("c-g",)),
        ("alt-ctrl-x", ("escape", "c-x")),
        ("alt-up", ("escape", "up")),
        ("f5", ("f5",)),
        ("j", None),
        ("ctrl-up", None),
        ("", None),
    ],
)
def test_a_key_is_written_as_people_call_it(written: str, stroke: object) -> None:
    assert keystroke(written) == stroke


async def test_a_key_of_ones_own_does_a_command_and_what_is_written_stays() -> None:
    wanted = Preferences(keys={("escape", "j"): "/everybody"})
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice, preferences=wanted) as t:
            await t.open("bob")
            await t.type("begun", alt("j"))
            there = t.lines[0]
            await t.open("bob")

            assert "General chat" in there
            assert "> begun" in t.text


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        (Preferences(), "\a"),
        (Preferences(bell=False, notify="9"), "\x1b]9;bob: hi; ⏎ there\a"),
        (Preferences(bell=False, notify="777"), "\x1b]777;notify;bob;hi; ⏎ there\a"),
    ],
)
async def test_who_does_not_look_is_called_as_they_want(wanted: Preferences, written: str) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice, preferences=wanted) as t:
            await t.type(FOCUS_OUT)
            before = t.glass.raw
            await bob.post(await bob.conversation_with("alice"), "hi;\nthere")
            await t.settle()
            came = t.glass.raw.removeprefix(before)

    assert written.removesuffix("\a") in came
    assert ("\a" in came.replace("\x1b\\", "").split("\x1b]")[0]) == wanted.bell


@pytest.mark.checkout
def test_the_page_shows_a_file_that_holds(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "howto" / "use-the-terminal-client.md"
    path = tmp_path / "terminal.toml"
    path.write_text(page.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0], encoding="utf-8")

    wanted = read_preferences(path)

    assert (wanted.layout, wanted.notify, len(wanted.keys), len(wanted.colours)) == ("compact", "9", 2, 2)
