"""The command that lists the dtypes: their limits, and what two of them have in common."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from tensorcts.conformance.cli.group import FORMATS, main


@main.command()
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def dtypes(form: str) -> None:
    """List the dtypes with their limits, and the common dtype of every two of them.

    Beside ours stand NumPy's and PyTorch's answers; ≠ marks those that differ.

    \b
    Examples:
      tensorcts dtypes
      tensorcts dtypes --format json
    """
    from tensorcts.reference.promotions import table

    limits = _limits()
    if form == "json":
        rows = [{**asdict(row), "differing": row.differing} for row in table()]
        click.echo(json.dumps({"dtypes": limits, "promotions": rows}, indent=2))
        return
    from rich.console import Console

    Console().print(_limits_table(limits), "", _promotions_table())


def _limits() -> list[dict[str, Any]]:
    from tensorcts.reference import dtypes, limits

    found = []
    for name in dtypes.STORABLE:
        row: dict[str, Any] = {"name": name, "bits": limits.bits_of(name)}
        if dtypes.is_inexact(name):
            facts = asdict(limits.finfo(name))
            row |= {"parts": facts["dtype"]} if dtypes.is_complex(name) else {}
            row |= {k: v for k, v in facts.items() if k not in ("dtype", "bits")}
        elif name in dtypes.INTEGER:
            row |= {"max": limits.iinfo(name).max, "min": limits.iinfo(name).min}
        found.append(row | {"storage_only": name in dtypes.STORAGE})
    return found


def _limits_table(limits: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    columns = ("name", "bits", "max", "smallest_normal", "smallest_subnormal", "eps")
    table = Table(box=None, pad_edge=False)
    for column in columns:
        side: Any = "left" if column == "name" else "right"
        table.add_column(column.replace("_", "\n"), justify=side, no_wrap=True)
    for row in limits:
        table.add_row(*(_written(row.get(column, "")) for column in columns))
    return table


def _written(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _promotions_table() -> Any:
    from rich.table import Table

    from tensorcts.reference.promotions import LIBRARIES, table

    shown = Table(box=None, pad_edge=False)
    for heading in ("one dtype", "the other", "tensorcts", *LIBRARIES):
        shown.add_column(heading)
    for row in table():
        answers = (
            f"[yellow]≠ {getattr(row, name)}[/]" if name in row.differing else getattr(row, name)
            for name in LIBRARIES
        )
        shown.add_row(row.a, row.b, row.tensorcts, *answers)
    return shown
