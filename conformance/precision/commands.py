"""What ``tensorcts precision`` does: choose tasks, sweep them, write and show their records."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tensorcts.conformance import session
from tensorcts.conformance.precision import blocks, functions, judging, recording, sweeps
from tensorcts.conformance.precision.functions import Function
from tensorcts.conformance.precision.gpu import placing
from tensorcts.conformance.precision.journals import Journal
from tensorcts.conformance.precision.judging import Place, Task
from tensorcts.conformance.precision.sweeps import Step
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reports.precision import html, records, terminal
from tensorcts.reports.precision.records import Sweep
from tensorcts.tolerances import budgets


@dataclass(frozen=True)
class Choice:
    """What is to be swept; no ops or dtypes mean all of them.

    judge: where truths and counts are made, where that can be; None: where the results lie.
    """

    backends: Sequence[str]
    ops: Sequence[str]
    dtypes: Sequence[str]
    exhaustive: bool
    seed: int
    judge: Place | None = None


def tasks(choice: Choice) -> list[Task]:
    """The sweeps, of what the backends offer.

    Raises ValueError or UnknownOpError for what can't be swept or is not there, UnavailableError
    for a GPU that is to judge and is not there.
    """
    if choice.judge == "gpu":
        placing.require_gpu()
    for name in choice.dtypes:
        if name not in STORABLE:
            raise ValueError(f"unknown dtype {name!r}; there are {', '.join(STORABLE)}")
    chosen = [functions.find(name) for name in choice.ops] or list(functions.everything())
    found = [
        _task(backend, function, dtype, choice)
        for backend in choice.backends
        for dtype in dict.fromkeys(d for f in chosen for d in f.dtypes)
        for function in chosen
        if dtype in function.dtypes
        and (not choice.dtypes or dtype in choice.dtypes)
        and judging.offers(backend, function, dtype)
    ]
    if not found:
        raise ValueError("nothing to sweep: no backend offers such a function in such a dtype")
    return found


def _task(backend: str, function: Function, dtype: str, choice: Choice) -> Task:
    plan = blocks.plan(function, dtype, exhaustive=choice.exhaustive, seed=choice.seed)
    place, size = placing.of(judging.host(backend).backend, plan, choice.judge)
    return Task(backend, function.name, dtype, plan.kind, choice.seed, size, place)


def run(choice: Choice, folder: Path, jobs: int, scheduler: str | None, *, as_json: bool) -> bool:
    """Sweep, write a record of each into the folder, and show them; whether all have figures."""
    chosen, console = tasks(choice), Console(stderr=as_json)
    journals = {task: journal(folder, task) for task in chosen}
    found: list[Sweep] = []
    with sweeps.executor_for(scheduler, jobs) as executor, _progress(chosen, console) as step:
        started = time.monotonic()
        for swept in sweeps.sweep(chosen, executor, journals, step):
            sweep = recording.record(swept, time.monotonic() - started)
            records.add(folder / f"{_file(swept.task.backend)}.jsonl", sweep)
            found.append(sweep)
            started = time.monotonic()
    show(found, as_json=as_json)
    _write_page(folder, console)
    return not any(sweep.failure for sweep in found)


def show(found: Sequence[Sweep], *, as_json: bool) -> None:
    """Show records."""
    if as_json:
        click.echo("".join(map(records.to_line, found)), nl=False)
    else:
        terminal.print_table(found, Console())


def _write_page(folder: Path, console: Console) -> None:
    """Write the page on all that the folder holds, or say what is missing for it."""
    page = folder / "precision.html"
    try:
        page.write_text(html.render([records.read(folder)]), "utf-8")
    except html.MissingError as error:
        console.print(f"no page: {error}", markup=False, soft_wrap=True)
    else:
        console.print(str(page), markup=False, soft_wrap=True)


def identity(task: Task) -> dict[str, object]:
    """What decides a task's tallies: a journal is continued only by the same."""
    versions = dict(judging.host(task.backend).capabilities.versions)
    return asdict(task) | {"versions": versions, "definitions": budgets.fingerprint(),
                           "suite": session.suite_version()}  # fmt: skip


def journal(folder: Path, task: Task) -> Journal:
    """The journal of a task in a report's folder."""
    name = f"{_file(task.backend)}-{task.function}-{task.dtype}-{task.kind}-{task.seed}.jsonl"
    return Journal(folder / "journals" / name.replace(" ", "-"), identity(task))


def _file(backend: str) -> str:
    return backend.replace(":", "-")


@contextmanager
def _progress(tasks: Sequence[Task], console: Console) -> Iterator[Step]:
    """A bar of all blocks that vanishes at the end."""
    total = sum(task.plan.count for task in tasks)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task("blocks", total=total)

        def step(task: Task, block: int) -> None:
            bar.update(line, advance=1, description=f"{task.function} {task.dtype} {task.backend}")

        yield step
