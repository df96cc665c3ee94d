"""Where the window stands when it is opened again."""

import json
from pathlib import Path

import pytest
from chatcore_tk.placing import Room, placed

from tests.tk.desktop import window

ROOM, LEFT_TOO = Room(0, 0, 1500, 1000), Room(-1920, 0, 3420, 1080)


@pytest.mark.parametrize(
    ("remembered", "room", "geometry"),
    [
        ("", ROOM, "980x640"),
        ("800x600", ROOM, "800x600"),
        ("800x600+100+50", ROOM, "800x600+100+50"),
        ("800x600+3000+50", ROOM, "800x600+700+50"),  # on a screen that is not there any more
        ("800x600+-1900+50", LEFT_TOO, "800x600+-1900+50"),
        ("800x600+-1900+50", ROOM, "800x600+0+50"),
        ("800x600+0+-700", ROOM, "800x600+0+0"),
        ("99999x99999+0+0", ROOM, "1500x1000+0+0"),
        ("10x10+1495+995", ROOM, "360x320+1140+680"),
        ("980x640+0+0", Room(0, 0, 640, 480), "640x480+0+0"),
        ("10x10", Room(0, 0, 320, 240), "320x240"),
    ],
)
def test_a_window_is_brought_back_onto_the_screens_that_are_there(remembered: str, room: Room, geometry: str) -> None:
    assert placed(remembered, room, usual=(980, 640), smallest=(360, 320)) == geometry


@pytest.mark.checkout
@pytest.mark.needs("Xvfb")
@pytest.mark.needs("xdotool")
@pytest.mark.parametrize("geometry", ["99999x99999+0+0", "800x600+9000+9000", "800x600+-9000+-9000"])
async def test_an_absurd_size_or_place_that_is_remembered_ends_nothing_and_hides_nothing(
    display: str, tmp_path: Path, geometry: str
) -> None:
    folder = tmp_path / "home" / "chatcore"
    folder.mkdir(parents=True)
    (folder / "window.json").write_text(json.dumps({"geometry": geometry, "list_width": 10**9, "size": 10**6}))

    async with window(display, tmp_path / "home") as alice:
        x, y, width, height = (await alice.until(lambda seen: seen["form"]))["place"]

        assert 0 <= x <= x + width <= 1500
        assert 0 <= y <= y + height <= 1000
