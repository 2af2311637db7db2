"""The command that measures what a backend is: fingerprint."""

from __future__ import annotations

import json
import sys

import click

from tensorcts.conformance.cli.group import FORMATS, main


@main.command()
@click.option("--backend", "backends", multiple=True, required=True, metavar="NAME[:DEVICE]",
              help="Backend to measure (repeatable).")  # fmt: skip
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Only this op (repeatable).")
@click.option(
    "--dtype", "dtypes", multiple=True, metavar="NAME", help="Only this dtype (repeatable)."
)
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def fingerprint(
    backends: tuple[str, ...], ops: tuple[str, ...], dtypes: tuple[str, ...], form: str
) -> None:
    """Measure a backend: bits, rounding, order, intermediates, contraction, ties, casts, leaks.

    Exits with 1 if the figures refute what the backend declares.

    \b
    Examples:
      tensorcts fingerprint --backend torch --op matmul --op sum
      tensorcts fingerprint --backend opencl --format json
    """
    from rich.console import Console

    from tensorcts.conformance.runner import Settings
    from tensorcts.conformance.session import Session, all_waivers, select
    from tensorcts.reports import fingerprints
    from tensorcts.reports.records import FAILURES, Record

    try:
        tests = select(ops, dtypes, ("properties",))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    session = Session(backends, Settings(0, 0), all_waivers(backends, []))
    record = Record(session.describe(), list(session.run_all(tests)), None)
    failing = [result for result in record.results if result.verdict in FAILURES]
    if form == "json":
        found = {name: fingerprints.by_op(record, name) for name in backends}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        fingerprints.print_lines(record, Console())
    for result in failing:
        click.echo(f"{result.id} on {result.backend}: {result.verdict}: {result.message}", err=True)
    sys.exit(1 if failing else 0)
