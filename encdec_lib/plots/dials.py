"""Curves over the temperature of sampling: what is right, and how much samples differ."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from encdec_lib.plots.inputs import as_many, curves_over, numbers
from encdec_lib.plots.style import ATTENTION, DECODER, ENCODER, GREY, use_style


def dials(
    temperatures: list,
    quality: dict,
    variety: dict,
    real: tuple,
) -> Figure:
    """Draws what is right and how much samples differ, against temperature.

    Args:
      temperatures: along the horizontal axes.
      quality: from a name to percent right, one a temperature.
      variety: from the same names to the spread between samples of one caption.
      real: percent right and spread of real scenes, drawn as a dashed line.

    Returns:
      The Figure, two panels side by side.
    """
    use_style()
    count = len(numbers("temperatures", temperatures, 1))
    for name, curves in (("quality", quality), ("variety", variety)):
        curves_over(name, curves, count, "temperatures", most=3)
    as_many("real", numbers("real", real, 1), 2, "panels")
    figure, axes = plt.subplots(1, 2, figsize=(6.6, 3.2), layout="constrained")
    looks = (
        {"color": DECODER, "marker": "o", "linestyle": "-"},
        {"color": ENCODER, "marker": "s", "linestyle": "--"},
        {"color": ATTENTION, "marker": "D", "linestyle": "-."},
    )
    labels = ("digits right (%)", "difference of two samples")
    for ax, curves, level, label in zip(axes, (quality, variety), real, labels, strict=True):
        for look, (name, values) in zip(looks, curves.items(), strict=False):
            ax.plot(temperatures, values, label=name, markersize=5, **look)
        ax.axhline(level, color=GREY, linewidth=1.4, linestyle=(0, (2, 2)), label="real scenes")
        ax.set(xlabel="temperature", ylabel=label)
        ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
        ax.set_ylim(bottom=0)
    axes[0].set_ylim(0, 102)
    axes[0].legend(loc="lower left")
    return figure
