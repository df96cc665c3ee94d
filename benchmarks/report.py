"""The report: a table with the goal beside each figure, and the same as JSON."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from prove.figures import commit_now

from .goals import GOALS, SURELY, TOLERANCE, YARDSTICKS, Goal, Run, figure
from .meter import CORES

RECORD = Path(__file__).parent / "results.json"
"""What the last full measurement gave: it is committed, and docs/performance.md tells of it."""

_HEAD = ("what", "figure", "goal", "× yardstick", "goal", "")


def table(runs: Sequence[Run], *, is_quick: bool = False) -> str:
    """Return the table, as Markdown too can show it.

    A quick run has no more than a word where it could be chance; by what a quick run can tell at all.
    """
    verdict = _quick_verdict if is_quick else _verdict
    rows: list[tuple[str, ...]] = [_HEAD, ("---", "--:", "--:", "--:", "--:", "---")]
    for name, unit in YARDSTICKS.items():
        if (value := figure(runs, name)) is not None:
            rows.append((f"*{name}*", f"{_number(value)} {unit}", "", "", "", ""))
    for goal in GOALS:
        value, ratio = figure(runs, goal.figure), goal.ratio(runs)
        if value is not None and ratio is not None:
            limit = f"{'≥' if goal.is_rate else '≤'} {_number(goal.limit)} {goal.unit}"
            against = f"≤ {_number(goal.most)} {goal.yardstick}"
            rows.append(
                (goal.what, f"{_number(value)} {goal.unit}", limit, _number(ratio), against, verdict(goal, ratio))
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )


def regressions(runs: Sequence[Run], *, is_quick: bool = False) -> list[str]:
    """Return the goals whose ratio is worse by more than a third than the goal, or than what is known to be reached."""
    measured = [(goal, goal.ratio(runs)) for goal in GOALS if goal.is_brief or not is_quick]
    return [goal.what for goal, ratio in measured if ratio is not None and goal.is_regression(ratio)]


def tell(runs: Sequence[Run], *, is_whole: bool, is_quick: bool = False) -> int:
    """Print the table; give the exit status, which is 1 where something is a regression.

    So it is where something was not measured, of a benchmark that `is_whole`.
    """
    print(table(runs, is_quick=is_quick))
    faults = [f"worse than its goal by more than a third: {what}" for what in regressions(runs, is_quick=is_quick)]
    if is_whole:
        faults += [f"not measured: {goal.what}" for goal in GOALS if goal.ratio(runs) is None]
    for fault in faults:
        print(f"bench: {fault}", file=sys.stderr)
    return 1 if faults else 0


def write(runs: Sequence[Run], path: Path, load: float) -> None:
    """Write what was measured, with all that is needed to judge it; `load` is the load average before."""
    goals = [
        {
            "what": goal.what,
            "figure": goal.figure,
            "unit": goal.unit,
            "median": figure(runs, goal.figure),
            "goal": goal.limit,
            "yardstick": goal.yardstick,
            "ratio": goal.ratio(runs),
            "most": goal.most,
        }
        for goal in GOALS
    ]
    machine = {"cores": len(CORES), "machine": platform.platform(), "python": platform.python_version()}
    told = {"commit": commit_now(), **machine, "load": round(load, 2), "goals": goals, "runs": runs}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _verdict(goal: Goal, ratio: float) -> str:
    return "" if ratio <= goal.most else f"missed by {(ratio / goal.most - 1):.0%}"


def _quick_verdict(goal: Goal, ratio: float) -> str:
    if not goal.is_brief:
        return "too short to tell"
    if ratio > goal.most * TOLERANCE:
        return _verdict(goal, ratio)
    return "" if ratio <= goal.most * SURELY else "within what chance does"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
