"""What a curve of growth says, and where it is written down."""

from pathlib import Path

import pytest

from benchmarks.curves import Curve, Growth, keep
from benchmarks.goals import ECHO, Run
from benchmarks.page import tell

pytestmark = pytest.mark.checkout


def test_what_grows_with_the_square_root_has_the_exponent_of_one_half() -> None:
    curve = Curve("message", {1: 3.0, 100: 30.0, 10_000: 300.0})

    assert curve.exponent == pytest.approx(0.5)
    assert curve.spread == pytest.approx(100)


@pytest.mark.parametrize(("largest", "verdict"), [(39.0, "flat"), (39.1, "not within 1.3")])
def test_a_message_may_cost_a_little_more_somewhere(largest: float, verdict: str) -> None:
    assert Curve("message", {10: 30.0, 100: largest, 1_000: 31.0}).verdict == verdict


def test_a_cost_is_given_for_the_echo_with_which_the_goals_were_set() -> None:
    runs: dict[int, list[Run]] = {
        10: [{ECHO: 20.0, "message": 40.0}],
        100: [{ECHO: 40.0, "message": 80.0}],
        1_000: [{ECHO: 20.0, "message": 40.0}],
    }

    (curve,) = Growth("users", "users", runs).curves()

    assert curve.costs == {10: 36.0, 100: 36.0, 1_000: 36.0}


def test_an_axis_takes_its_former_place_in_the_record_and_leaves_the_others(tmp_path: Path) -> None:
    record, kept = tmp_path / "growth.json", []
    for name, cost in (("users", 40.0), ("online", 50.0), ("users", 60.0)):
        kept = keep(Growth(name, name, {10: [{ECHO: 20.0, "message": cost}]}), record)

    assert [(growth.name, growth.runs[10][0]["message"]) for growth in kept] == [("users", 60.0), ("online", 50.0)]


def test_the_table_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- growth -->\nformer\n<!-- end of growth -->\nafter\n")

    tell([Growth("users", "users", {size: [{ECHO: 20.0, "message": 40.0}] for size in (10, 100)})], page)

    text = page.read_text()
    assert text.startswith("before\n<!-- growth -->\n|")
    assert text.endswith("|\n<!-- end of growth -->\nafter\n")
    assert "| users: 10, 100 | message | 36 · 36 | +0.00 | 1.00 | flat |" in text
    assert "former" not in text
