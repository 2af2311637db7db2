"""The command that judges the suite itself: selftest."""

from __future__ import annotations

import os
import sys

import click

from tensorcts.conformance.cli.group import FORMATS, main


@main.command()
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME", help="Only this fault (repeatable)."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Every case follows from it.")
@click.option("--examples", type=click.IntRange(0), default=20, show_default=True,
              help="Random cases a test draws.")  # fmt: skip
@click.option("-j", "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1,
              show_default="one a processor", help="Processes that share the work.")  # fmt: skip
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def selftest(faults: tuple[str, ...], seed: int, examples: int, jobs: int, form: str) -> None:
    """Let the suite judge faulty backends, which it must catch, and honest ones, which pass.

    A faulty backend is NumPy's with one op replaced by a mistake that real code made. Exits with 1
    if a fault gets through or an honest backend fails a test.

    \b
    Examples:
      tensorcts selftest
      tensorcts selftest --fault softmax_without_maximum --format json
    """
    from tensorcts.conformance.faults import commands
    from tensorcts.conformance.runner import Settings

    held = commands.run(faults, Settings(seed, examples), jobs, as_json=form == "json")
    sys.exit(0 if held else 1)
