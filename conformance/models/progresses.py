"""How far a model's judgement is: a bar on a terminal, a line a backend elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tensorcts.conformance.models.judging import RUNS


@contextmanager
def progress(backend: str, console: Console) -> Iterator[Callable[[], None]]:
    """Show the runs of the definitions behind one judgement; call what is yielded after each."""
    if not console.is_terminal:
        console.print(f"{backend}: {RUNS} runs of the definitions", highlight=False)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(backend, total=RUNS)
        yield lambda: bar.advance(task)
