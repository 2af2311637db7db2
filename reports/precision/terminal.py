"""The terminal: one line a sweep."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tensorcts.reports.precision.records import Point, Sweep

SHORT = {
    "nan_for_a_number": "NaN",
    "number_for_nan": "no NaN",
    "infinity_for_a_number": "inf",
    "number_for_infinity": "no inf",
    "sign_of_zero": "±0",
    "flushed": "flushed",
    "monotonicity": "steps",
    "symmetry": "f(-x)",
}
"""How counters are called in the last column."""


def print_table(sweeps: Sequence[Sweep], console: Console) -> None:
    """What the sweeps found, one line each."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("function", "dtype", "backend"):
        table.add_column(column, no_wrap=True)
    for column in ("inputs", "max ulp", "at", "mean", "rms", "99.9 %", "rounded", "profile"):
        table.add_column(column, justify="left" if column == "profile" else "right", no_wrap=True)
    table.add_column("else")
    for sweep in sweeps:
        table.add_row(*_cells(sweep))
    console.print(table)


def _cells(sweep: Sweep) -> list[str]:
    head = [sweep.function, sweep.dtype, sweep.backend.name]
    if sweep.failure:
        return [*head, sweep.inputs, *[""] * 7, sweep.failure]
    return [
        *head,
        f"{sweep.points:,}",
        f"{sweep.max:.5g}",
        _inputs(sweep.worst),
        f"{sweep.mean:.3g}",
        f"{sweep.rms:.3g}",
        f"{sweep.percentiles['99.9']:.3g}",
        f"{100 * sweep.correctly_rounded:.4g} %",
        sweep.profile or ("none" if sweep.limits else ""),
        ", ".join(f"{sweep.counts[k]:,} {name}" for k, name in SHORT.items() if k in sweep.counts),
    ]


def _inputs(point: Point | None) -> str:
    return ", ".join(point.inputs) if point else ""
