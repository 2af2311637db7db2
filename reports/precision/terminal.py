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

WIDE = 200
"""Columns of what is no terminal: a log keeps whole lines."""

LEFT = ("function", "dtype", "backend", "inputs")
RIGHT = ("max ulp", "at", "mean", "rms", "99.9 %", "misrounded")


def print_table(sweeps: Sequence[Sweep], console: Console) -> None:
    """What the sweeps found, one line each; then those that have no figures, with the reason."""
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in LEFT:
        table.add_column(column, no_wrap=True)
    for column in RIGHT:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("meets", no_wrap=True)
    table.add_column("also")
    for sweep in sweeps:
        if not sweep.failure:
            table.add_row(*_cells(sweep))
    if table.row_count:
        console.print(table)
    for sweep in sweeps:
        if sweep.failure:
            console.print(f"{' '.join(sweep.key)}: {sweep.failure}", soft_wrap=True, markup=False)


def _cells(sweep: Sweep) -> list[str]:
    return [
        sweep.function,
        sweep.dtype,
        sweep.backend.name,
        sweep.inputs,
        f"{sweep.max:.5g}",
        _inputs(sweep.worst),
        f"{sweep.mean:.3g}",
        f"{sweep.rms:.3g}",
        f"{sweep.percentiles['99.9']:.3g}",
        f"{sweep.counts.get('misrounded', 0) / max(sweep.compared, 1):.3%}",
        sweep.profile or ("none" if sweep.limits else ""),
        ", ".join(f"{sweep.counts[k]:,} {name}" for k, name in SHORT.items() if k in sweep.counts),
    ]


def _inputs(point: Point | None) -> str:
    return ", ".join(point.inputs) if point else ""
