"""The plots of growth, for the documentation: one picture for each axis, all scales logarithmic."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from .axes import MESSAGE
from .curves import Growth

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def draw(growth: Growth) -> None:
    """Draw the curves of one axis; a flat one is a level line, and that of a message is thick."""
    figure, axes = plt.subplots(figsize=(7.6, 4), dpi=100, layout="constrained")
    for curve in sorted(growth.curves(), key=lambda curve: -list(curve.costs.values())[-1]):
        label = f"{curve.operation} (e = {curve.exponent:z.2f})".replace(", for", ",\nfor")
        (line,) = axes.plot(list(curve.costs), list(curve.costs.values()), marker="o", markersize=4, label=label)
        if curve.operation == MESSAGE:
            line.set(color="black", linewidth=2.5)
    axes.set(xscale="log", yscale="log", xlabel=growth.label, ylabel="µs of the server's CPU")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.grid(which="major", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False, fontsize="small")
    figure.savefig(IMAGES / f"growth-{growth.name}.png")
    plt.close(figure)
