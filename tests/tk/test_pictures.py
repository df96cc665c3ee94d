"""Small smooth pictures."""

import tkinter as tk

import pytest
from chatcore_tk import pictures as module
from chatcore_tk.pictures import Pictures
from chatcore_tk.sheet import Sheet

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

RED = "#ff0000"


@pytest.fixture
def sheet(root: tk.Tk) -> Sheet:
    return Sheet(root)


@pytest.fixture(params=["pillow", "plain"])
def pictures(root: tk.Tk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pictures:
    if request.param == "plain":
        monkeypatch.setattr(module, "_tk", None)  # what is there where Pillow is not installed
    return Pictures(root)


def test_each_covers_just_the_room_that_is_meant(pictures: Pictures, sheet: Sheet) -> None:
    boxes = []
    for shapes in (
        [pictures.dot(50, 60, 10, RED)],
        [pictures.pill(10, 20, 40, 16, RED)],
        pictures.card(10, 20, 100, 50, 8, RED),
        pictures.card(10, 20, 6, 50, 8, RED),  # too narrow for such corners
    ):
        sheet.paint(shapes)
        boxes.append(sheet.bbox("all"))

    wanted = [(45, 55, 55, 65), (10, 20, 50, 36), (10, 20, 110, 70), (10, 20, 16, 70)]
    assert [pytest.approx(box, abs=1) for box in wanted] == boxes


def test_a_picture_is_drawn_once_for_all_places_and_anew_for_another_colour(root: tk.Tk) -> None:
    pictures = Pictures(root)

    def names(colour: str, x: int) -> list[object]:
        shapes = [pictures.dot(x, 5, 10, colour), *pictures.card(x, 0, 50, 50, 8, colour)]
        return [shape[4] for shape in shapes if shape[0] == "image"]

    assert len(set(names(RED, 5))) == 5
    assert names(RED, 5) == names(RED, 200)
    assert not set(names(RED, 5)) & set(names("#00ff00", 5))


def test_corners_are_round_and_the_middle_has_its_colour(root: tk.Tk) -> None:
    pictures = Pictures(root)  # which keeps what it has drawn
    name = str(pictures.pill(0, 0, 40, 20, RED)[4])

    assert root.tk.call(name, "transparency", "get", 0, 0)
    assert root.tk.call(name, "get", 20, 10) == (255, 0, 0)
