"""The command that measures how accurate functions are over all their inputs: precision."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tensorcts.conformance.cli.group import FORMATS, main

if TYPE_CHECKING:
    from tensorcts.conformance.precision.judging import Place


@main.command()
@click.option("--backend", "backends", multiple=True, required=True, metavar="NAME[:DEVICE]",
              help="Backend to measure (repeatable).")  # fmt: skip
@click.option("--op", "ops", multiple=True, metavar="NAME",
              help="Only this function (repeatable); a cast is astype-float16, say.")  # fmt: skip
@click.option(
    "--dtype", "dtypes", multiple=True, metavar="NAME", help="Only this dtype (repeatable)."
)
@click.option("--exhaustive", is_flag=True,
              help="All 2**32 inputs of float32, all pairs of 16-bit floats.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, file_okay=False),
              default="tensorcts-precision", show_default=True,
              help="Folder of records, and of journals to go on from.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Samples follow from it.")
@click.option("-j", "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1,
              show_default="one a processor", help="Processes that share the work.")  # fmt: skip
@click.option(
    "--judge",
    type=click.Choice(["host", "gpu"]),
    show_default="where results lie",
    help="Where truths are computed and errors counted; the GPU is for float32.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler that spreads the work.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def precision(
    backends: tuple[str, ...],
    ops: tuple[str, ...],
    dtypes: tuple[str, ...],
    exhaustive: bool,
    report: Path,
    seed: int,
    jobs: int,
    judge: Place | None,
    scheduler: str | None,
    form: str,
) -> None:
    """Measure how far functions are off over all their inputs, in ulps of the exact result.

    All inputs of 16-bit and 8-bit floats; of float32 with --exhaustive, else samples of every
    binade with the function's hard arguments, as for float64.

    \b
    Examples:
      tensorcts precision --backend torch --op gelu --dtype bfloat16
      tensorcts precision --backend numpy --op exp --dtype float32 --exhaustive
      tensorcts precision --backend numpy --dtype float32 --exhaustive --judge gpu -j 15
      tensorcts precision --backend opencl --exhaustive --scheduler tcp://10.0.0.1:8786
    """
    from tensorcts.conformance.precision import commands
    from tensorcts.conformance.precision.commands import Choice

    try:
        chosen = Choice(backends, ops, dtypes, exhaustive, seed, judge)
        whole = commands.run(chosen, report, jobs, scheduler, as_json=form == "json")
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(0 if whole else 1)
