"""What a run measures: never the clients in a quick one, so that it can end well without them."""

import pytest

from benchmarks.parts import PARTS, chosen

pytestmark = pytest.mark.checkout


def test_a_whole_run_has_every_part() -> None:
    assert chosen([], quick=False) == list(PARTS)


def test_a_quick_run_has_all_but_the_clients_and_several_servers() -> None:
    assert [part.name for part in PARTS if part not in chosen([], quick=True)] == ["cluster", "clients"]


def test_what_is_asked_for_by_name_comes_with_the_yardsticks() -> None:
    assert [part.name for part in chosen(["clients"], quick=True)] == ["yardsticks", "clients"]
