"""The commands that show: backends, catalogue, explain, graph, report."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tensorcts.conformance.cli.group import FORMATS, main

if TYPE_CHECKING:
    from tensorcts.backends.protocol import Backend, Capabilities


@main.command()
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def backends(form: str) -> None:
    """List the registered backends: what they run on here, or why they can't.

    \b
    Example:
      tensorcts backends --format json
    """
    from rich.console import Console
    from rich.table import Table

    rows = [_availability(name) for name in sorted(_registered())]
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("backend", "device", "ops", "dtypes", "versions, or why unavailable"):
        table.add_column(heading)
    for row in rows:
        what = row["unavailable"] or ", ".join(f"{k} {v}" for k, v in row["versions"].items())
        table.add_row(row["name"], row["device"], str(row["ops"]), str(len(row["dtypes"])), what)
    Console().print(table)


def _registered() -> list[str]:
    from tensorcts.backends.registry import registered

    return list(registered())


def _availability(name: str) -> dict[str, Any]:
    from tensorcts.backends import registry
    from tensorcts.backends.protocol import UnavailableError

    empty: dict[str, Any] = {"name": name, "device": "", "ops": 0, "dtypes": [], "versions": {}}
    try:
        backend = registry.load(name)
    except UnavailableError as reason:
        return {**empty, "unavailable": str(reason)}
    declared: Capabilities = backend.capabilities
    return {
        "name": name,
        "device": declared.device,
        "ops": len(backend.ops),
        "dtypes": sorted(declared.dtypes),
        "versions": dict(declared.versions),
        "unavailable": "",
    }


@main.command()
@click.option("--backend", "names", multiple=True, help="Ask these only (default: all available).")
@click.option("--try", "tried", is_flag=True, help="Count an offer only if a small call succeeds.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def catalogue(names: tuple[str, ...], tried: bool, form: str) -> None:
    """List every op: dtypes, gradients, cases, tolerance rule, and what each backend offers.

    A backend's column counts the op's dtypes that it offers.

    \b
    Examples:
      tensorcts catalogue
      tensorcts catalogue --backend opencl --try --format json
    """
    from rich.console import Console

    from tensorcts.backends import registry
    from tensorcts.conformance.catalogue import entries, print_table

    backends = {name: registry.load(name) for name in names} or _available()
    found = list(entries(backends, tried=tried))
    if form == "json":
        click.echo(json.dumps(found, indent=2))
    else:
        print_table(found, Console())


def _available() -> dict[str, Backend]:
    """The registered backends that can run here."""
    from tensorcts.backends import registry
    from tensorcts.backends.protocol import UnavailableError

    loaded = {}
    for name in sorted(_registered()):
        with contextlib.suppress(UnavailableError):
            loaded[name] = registry.load(name)
    return loaded


@main.command()
@click.argument("op")
@click.option("--profile", default="opencl", show_default=True, help="Tolerance profile shown.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def explain(op: str, profile: str, form: str) -> None:
    """Print all there is to know about an op on one page.

    \b
    Examples:
      tensorcts explain softmax
      tensorcts explain exp --profile tight
    """
    from rich.console import Console

    from tensorcts.conformance import explanation
    from tensorcts.tolerances import budgets

    budgets.known(profile)
    page = explanation.of(op, profile)
    if form == "json":
        click.echo(json.dumps(page, indent=2))
    else:
        explanation.print_page(page, Console())


@main.command()
@click.argument("op")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dot"]), default="text",
    show_default=True,
)  # fmt: skip
def graph(op: str, form: str) -> None:
    """Print the graph that reverse mode walks for an op, of a small sample: a tree with shapes.

    An op whose gradient is a formula of its own is one node.

    \b
    Examples:
      tensorcts graph softmax
      tensorcts graph layer_norm --format dot | dot -Tsvg > layer_norm.svg
    """
    from rich.console import Console

    from tensorcts.conformance import graphs

    found = graphs.of(op)
    if form == "json":
        click.echo(json.dumps(asdict(found), indent=2))
    elif form == "dot":
        click.echo(graphs.dot(found, op))
    else:
        graphs.print_tree(found, Console())


@main.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write one HTML page with all the records side by side.",
)
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def report(records: tuple[Path, ...], page: Path | None, form: str) -> None:
    """Show what one or more RECORDS (report folders, .jsonl or .jsonl.gz files) say.

    They are of conformance runs, or all of the precision command.

    \b
    Examples:
      tensorcts report tensorcts-report
      tensorcts report opencl-report cuda-report --html both.html
      tensorcts report tensorcts-precision numpy-2.3-precision --html precision.html
    """
    from rich.console import Console

    from tensorcts.conformance.recording import summary
    from tensorcts.reports import html, terminal
    from tensorcts.reports.precision.records import holds
    from tensorcts.reports.records import read

    if all(map(holds, records)):
        _report_precision(records, page, form)
        return
    found = [read(path) for path in records]
    if page is not None:
        _write(page, html.render(found))
    if form == "json":
        click.echo(json.dumps([summary(record) for record in found], indent=2))
        return
    for record in found:
        terminal.print_summary(record, Console())
    if page is not None:
        click.echo(str(page))


def _report_precision(paths: tuple[Path, ...], page: Path | None, form: str) -> None:
    from tensorcts.conformance.precision import commands
    from tensorcts.reports.precision import html
    from tensorcts.reports.precision.records import read

    found = [read(path) for path in paths]
    if page is not None:
        _write(page, html.render(found))
    commands.show([sweep for sweeps in found for sweep in sweeps], as_json=form == "json")
    if page is not None and form == "text":
        click.echo(str(page))


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"can't write {page}: {error}") from error
