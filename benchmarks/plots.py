"""The plots of growth, for the documentation: one picture for each axis, all scales logarithmic."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

from .curves import Growth

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def draw(growth: Growth) -> None:
    """Draw the curves of one axis; a flat one is a level line."""
    figure, axes = plt.subplots(figsize=(7.2, 4), dpi=100, layout="constrained")
    for curve in growth.curves():
        label = f"{curve.operation}: n^{curve.exponent:.2f}"
        axes.plot(list(curve.costs), list(curve.costs.values()), marker="o", markersize=4, label=label)
    axes.set(xscale="log", yscale="log", xlabel=growth.label, ylabel="µs of the server's CPU, for one")
    plain = FuncFormatter(lambda value, _: f"{value:,.0f}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(plain)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False, fontsize="small")
    figure.savefig(IMAGES / f"growth-{growth.name}.png")
    plt.close(figure)
