"""The commands that judge: run, reproduce, model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from tensorcts.conformance.cli.group import FORMATS, main


@main.command()
@click.option(
    "--backend",
    "backends",
    multiple=True,
    required=True,
    metavar="NAME[:DEVICE]",
    help="Backend to judge; repeat to see several side by side.",
)
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Only this op (repeatable).")
@click.option(
    "--dtype", "dtypes", multiple=True, metavar="NAME", help="Only this dtype (repeatable)."
)
@click.option(
    "--check", "checks", multiple=True, metavar="NAME", help="Only this check (repeatable)."
)
@click.option(
    "--report",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("tensorcts-report"),
    show_default=True,
    metavar="DIR",
    help="Folder for the record and the HTML page.",
)
@click.option(
    "--examples",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Random cases a test draws.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Every case follows from it.")
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many seeds each test is made from, from --seed on.",
)
@click.option("--profile", metavar="NAME", help="Judge by this profile, not the declared one.")
@click.option(
    "--waivers",
    "waiver_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="TOML file of known defects, beside those shipped.",
)
@click.option(
    "--isolate", is_flag=True, help="Run the backend in a worker: a crash costs one case."
)
@click.option(
    "--case-timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="With --isolate: seconds after which a case hangs.",
)
@click.option("--resume", is_flag=True, help="Go on with an interrupted run in the report folder.")
@click.option(
    "--format",
    "form",
    type=FORMATS,
    default="text",
    show_default=True,
    help="How the summary is printed.",
)
def run(
    backends: tuple[str, ...],
    ops: tuple[str, ...],
    dtypes: tuple[str, ...],
    checks: tuple[str, ...],
    folder: Path,
    examples: int,
    seed: int,
    seeds: int,
    profile: str | None,
    waiver_file: Path | None,
    isolate: bool,
    case_timeout: float,
    resume: bool,
    form: str,
) -> None:
    """Run the suite on one or more backends and write a report.

    \b
    Examples:
      tensorcts run --backend opencl
      tensorcts run --backend numpy --backend torch --op gelu --dtype float32
      tensorcts run --backend cuda --isolate --report cuda-report
      tensorcts run --backend torch --op exp --profile correctly-rounded
    """
    from tensorcts.conformance import waivers
    from tensorcts.conformance.runner import Settings
    from tensorcts.conformance.session import Session, all_waivers

    tests = _select(ops, dtypes, checks)
    extra = waivers.read(waiver_file) if waiver_file else []
    settings = Settings(seed, examples, profile, seeds)
    session = Session(backends, settings, all_waivers(backends, extra), isolate, case_timeout)
    try:
        held = _run(session, tests, folder, resume, form)
    finally:
        session.close()
    sys.exit(0 if held else 1)


def _run(session: Any, tests: list[Any], folder: Path, resume: bool, form: str) -> bool:
    """Run the tests that are left, record each; True if everything held."""
    from rich.console import Console

    from tensorcts.conformance.recording import Recorder
    from tensorcts.reports import terminal

    recorder = Recorder(session, folder, resume=resume)
    done = {(r.id, r.backend) for r in recorder.record.results}
    pairs = [(t, b) for t in tests for b in session.backends if (t.id, b) not in done]
    interrupted = False
    progress_console = Console(stderr=True, quiet=form == "json")
    with terminal.progress(len(pairs), progress_console) as advance:
        try:
            for test, backend in pairs:
                result = session.run(test, backend)
                recorder.add(result)
                advance(result)
        except KeyboardInterrupt:
            interrupted = True
    recorder.finish(interrupted=interrupted)
    if form == "json":
        click.echo(json.dumps(recorder.summary(), indent=2))
    else:
        recorder.print_summary(Console())
    if interrupted:
        click.echo(f"interrupted; 'tensorcts run … --report {folder} --resume' goes on", err=True)
    return recorder.held


def _select(ops: tuple[str, ...], dtypes: tuple[str, ...], checks: tuple[str, ...]) -> list[Any]:
    from tensorcts.conformance.session import select

    try:
        return select(ops, dtypes, checks)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def reproduce(file: Path) -> NoReturn:
    """Run the reproducer in FILE again; exits with 1 if the case still fails.

    \b
    Example:
      tensorcts reproduce tensorcts-report/reproducers/gelu-float32-random-torch.py
    """
    from tensorcts.conformance.reproduce import run_file

    try:
        run_file(file)
    except Exception as error:  # the file may hold anything
        raise click.UsageError(f"can't run the reproducer {file}: {error}") from error
    raise click.UsageError(f"{file} is no reproducer: it judges no case")


@main.command()
@click.argument("name", type=click.Choice(["minilm"]))
@click.option("--backend", "backends", multiple=True, required=True, metavar="NAME[:DEVICE]",
              help="Backend to judge (repeatable).")  # fmt: skip
@click.option("--dtype", type=click.Choice(["float32", "float16", "bfloat16"]), default="float32",
              show_default=True, help="Dtype of the weights and of every result.")  # fmt: skip
@click.option("--text", "texts", multiple=True, help="A sentence of your own (repeatable).")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the findings to FILE as JSON.")  # fmt: skip
def model(
    name: str, backends: tuple[str, ...], dtype: str, texts: tuple[str, ...], form: str,
    output: Path | None,
) -> None:  # fmt: skip
    """Judge a whole model with its real weights, layer by layer: sentences in, embeddings out.

    step: each layer by itself, from the backend's own activations; drift: all layers up to it.

    \b
    Examples:
      tensorcts model minilm --backend opencl
      tensorcts model minilm --backend torch --dtype bfloat16 --text "Hello, world."
    """
    from tensorcts.conformance.models import commands

    held = commands.run(backends, dtype, texts, output, as_json=form == "json")
    sys.exit(0 if held else 1)
