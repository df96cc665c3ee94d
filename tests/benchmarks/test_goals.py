"""A figure is held against the yardstick of its own run, and a regression is told by the exit status."""

import pytest

from benchmarks.goals import ECHO, Goal, percentile
from benchmarks.report import regressions, table, tell

pytestmark = pytest.mark.checkout

COST = Goal("a message", "message", "µs", 36)
CROWD = Goal("a crowd", "crowd", "ms", 90)
RATE = Goal("messages a second", "rate", "/s", 20_000, is_rate=True)


@pytest.fixture
def goals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.report.GOALS", (COST, CROWD))


def test_a_figure_is_held_against_the_yardstick_of_its_own_run() -> None:
    runs = [{ECHO: 18.0, "message": 36.0}, {ECHO: 36.0, "message": 72.0}, {ECHO: 20.0, "message": 41.0}, {ECHO: 9.0}]

    assert COST.most == 2
    assert COST.ratio(runs) == 2


def test_a_rate_is_held_against_it_by_how_long_one_takes() -> None:
    assert RATE.most == pytest.approx(50 / 18)
    assert RATE.ratio([{ECHO: 36.0, "rate": 10_000.0}]) == pytest.approx(100 / 36)


def test_milliseconds_are_held_against_microseconds_as_such() -> None:
    assert CROWD.most == 5_000
    assert CROWD.ratio([{ECHO: 36.0, "crowd": 180.0}]) == 5_000


def test_what_was_not_measured_has_no_ratio() -> None:
    assert COST.ratio([{"message": 36.0}, {ECHO: 18.0}]) is None


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (50, 2), (51, 3), (75, 3), (99, 4), (100, 4)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(percent: float, value: int) -> None:
    assert percentile([4, 2, 1, 3], percent) == value


@pytest.mark.usefixtures("goals")
def test_what_is_a_little_worse_than_its_goal_shows_in_the_table_and_is_no_regression(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [{ECHO: 18.0, "message": 47.0, "crowd": 90.0}]

    assert tell(runs, is_whole=True) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if "missed by 31%" in line]


@pytest.mark.usefixtures("goals")
def test_what_is_worse_than_its_goal_by_more_than_a_third_is_told_and_ends_with_status_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [{ECHO: 18.0, "message": 49.0, "crowd": 90.0}]

    assert regressions(runs) == ["a message"]
    assert tell(runs, is_whole=False) == 1
    assert capsys.readouterr().err == "bench: worse than its goal by more than a third: a message\n"


def test_where_a_goal_is_out_of_reach_a_regression_is_what_is_worse_than_what_there_is() -> None:
    goal = Goal("a message", "message", "µs", 36, reached=6)

    assert not goal.is_regression(7.9)
    assert goal.is_regression(8.1)


@pytest.mark.usefixtures("goals")
@pytest.mark.parametrize(
    ("ratio", "word"),
    [(1.7, "|"), (1.8, "within what chance does"), (2.6, "within what chance does"), (3.0, "missed by 50%")],
)
def test_a_quick_run_calls_missed_what_is_half_as_much_again_as_its_goal_and_not_what_chance_does(
    ratio: float, word: str
) -> None:
    (row,) = [
        row for row in table([{ECHO: 18.0, "message": 18.0 * ratio}], is_quick=True).splitlines() if "a mes" in row
    ]

    assert row.removesuffix("|").rstrip().endswith(word)


def test_a_quick_run_does_not_judge_by_the_worst_of_a_few_and_a_whole_one_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks.report.GOALS", (Goal("the worst", "worst", "µs", 36, is_brief=False),))
    runs = [{ECHO: 18.0, "worst": 100.0}]

    assert (regressions(runs, is_quick=True), regressions(runs)) == ([], ["the worst"])
    assert "too short to tell" in table(runs, is_quick=True)


@pytest.mark.usefixtures("goals")
def test_a_whole_benchmark_without_one_of_its_figures_ends_with_status_1() -> None:
    runs = [{ECHO: 18.0, "message": 36.0}]

    assert tell(runs, is_whole=False) == 0
    assert tell(runs, is_whole=True) == 1
