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
@click.option("--rivals", is_flag=True,
              help="Compare with other suites' fixed tolerances on the same cases.")  # fmt: skip
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def selftest(
    faults: tuple[str, ...], seed: int, examples: int, jobs: int, rivals: bool, form: str
) -> None:
    """Let the suite judge faulty backends, which it must catch, and honest ones, which pass.

    A faulty backend is NumPy's with one op replaced by a mistake that real code made. Exits with 1
    if a fault gets through or an honest backend fails a test.

    With --rivals every backend that can run here is an honest one, and the table tells how many
    faults and false alarms torch.testing.assert_close, JAX's and ONNX's tests have.

    \b
    Examples:
      tensorcts selftest
      tensorcts selftest --fault softmax_without_maximum --format json
      tensorcts selftest --rivals
    """
    from tensorcts.conformance.faults import commands
    from tensorcts.conformance.runner import Settings

    command = commands.compare if rivals else commands.run
    held = command(faults, Settings(seed, examples), jobs, as_json=form == "json")
    sys.exit(0 if held else 1)
