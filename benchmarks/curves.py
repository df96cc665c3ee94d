"""What operations cost as something grows: a curve for each, how steep it is, the table and the JSON file."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import linear_regression, median

import attrs

from prove.figures import commit_now

from .axes import MESSAGE
from .goals import ECHO, REFERENCE, Run
from .meter import CORES

RECORD = Path(__file__).parent / "growth.json"
"""What the last full measurement of each axis gave: it is committed, and docs/performance.md tells of it."""

FLAT = 1.3
"""So many times its smallest cost may be the largest one of a message."""


@attrs.frozen
class Curve:
    """What one operation costs, in microseconds of CPU, at each size.

    Each cost was measured as so many times the echo of the same moment; here it is given for a moment in which an echo
    costs what it did where the goals were set.
    """

    operation: str
    costs: dict[int, float]

    @property
    def exponent(self) -> float:
        """The e of n^e: 0 is flat, 1 grows as the size does; fitted to the logarithms."""
        if len(self.costs) < 2:
            return math.nan
        return linear_regression([math.log(size) for size in self.costs], [math.log(c) for c in self.costs.values()])[0]

    @property
    def spread(self) -> float:
        """How many times the smallest cost the largest one is."""
        return max(self.costs.values()) / min(self.costs.values())

    @property
    def verdict(self) -> str:
        """Whether it is as flat as it has to be, where it has to."""
        if self.operation != MESSAGE:
            return ""
        return "flat" if self.spread <= FLAT else f"not within {FLAT}"


@attrs.frozen
class Growth:
    """What was measured along one axis."""

    name: str
    label: str
    runs: dict[int, list[Run]]
    "By size."

    def curves(self) -> Iterator[Curve]:
        """Return a curve for each operation."""
        echo = REFERENCE[ECHO]
        for operation in next(iter(self.runs.values()))[0]:
            if operation != ECHO:
                costs = {size: median(r[operation] / r[ECHO] for r in runs) * echo for size, runs in self.runs.items()}
                yield Curve(operation, costs)


def table(growths: Sequence[Growth]) -> str:
    """Return the table as Markdown."""
    rows = ["| what grows | operation | µs of CPU at each size | exponent | largest / smallest | |"]
    rows.append("|---|---|--:|--:|--:|---|")
    for growth in growths:
        what = f"{growth.label}: {', '.join(f'{size:,}' for size in growth.runs)}"
        for curve in growth.curves():
            costs = " · ".join(f"{cost:.3g}" if cost < 100 else f"{cost:,.0f}" for cost in curve.costs.values())
            figures = f"{curve.exponent:+z.2f} | {curve.spread:.2f} | {curve.verdict}".rstrip()
            rows.append(f"| {what} | {curve.operation} | {costs} | {figures} |")
            what = ""
    return "\n".join(rows)


def keep(growth: Growth, path: Path = RECORD) -> list[Growth]:
    """Put an axis into the record, with all that is needed to judge it; give all that are there."""
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told[growth.name] = {
        "label": growth.label,
        "commit": commit_now(),
        "cores": len(CORES),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "curves": {
            curve.operation: {"µs": curve.costs, "exponent": curve.exponent, "spread": curve.spread}
            for curve in growth.curves()
        },
        "runs": growth.runs,
    }
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [
        Growth(name, axis["label"], {int(size): runs for size, runs in axis["runs"].items()})
        for name, axis in told.items()
    ]
