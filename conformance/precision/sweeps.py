"""Sweeps: all blocks of some tasks, spread over an executor, block by block into journals."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

from tensorcts.backends.protocol import UnavailableError
from tensorcts.conformance.precision import judging
from tensorcts.conformance.precision.journals import Journal
from tensorcts.conformance.precision.judging import SweepError, Task
from tensorcts.conformance.precision.tallies import Tally, merge

T = TypeVar("T")

Work = tuple[Task, int]
"""A task's block."""

Step = Callable[[Task, int], None]
"""Is told of each block that is done."""


@dataclass(frozen=True)
class Swept:
    """What came of a task: its tally, or why there is none."""

    task: Task
    tally: Tally
    failure: str = ""


def sweep(
    tasks: Sequence[Task], executor: Executor, journals: dict[Task, Journal], step: Step
) -> Iterator[Swept]:
    """Judge every block that is not in its task's journal yet; yield each task when it is done."""
    work = [(t, b) for t in tasks for b in range(t.plan.count) if b not in journals[t].done]
    results = zip(work, executor.map(attempt, work), strict=True)
    for task in tasks:
        left = task.plan.count - len(journals[task].done)
        failure = ""
        for (_, block), found in (next(results) for _ in range(left)):
            if isinstance(found, Tally):
                journals[task].add(block, found)
            else:
                failure = failure or found
            step(task, block)
        yield Swept(task, merge(journals[task].done.values()), failure)


def attempt(work: Work) -> Tally | str:
    """A block's tally, or why the backend gives none."""
    try:
        return judging.judge(*work)
    except SweepError as error:
        return str(error)


# -- Executors -------------------------------------------------------------------------------------


class Serial(Executor):
    """Runs everything in this process, one thing after another as their results are asked for."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run it at once."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future

    def map(
        self, fn: Callable[..., T], *iterables: Iterable[Any],
        timeout: float | None = None, chunksize: int = 1,
    ) -> Iterator[T]:  # fmt: skip
        """Run each when its result is asked for."""
        return map(fn, *iterables)


@contextmanager
def executor_for(scheduler: str | None, jobs: int) -> Iterator[Executor]:
    """Where the blocks are judged: on a Dask cluster, in processes here, or in this one.

    scheduler: the address of Dask's scheduler.
    """
    if scheduler is not None:
        with cluster(scheduler) as client:
            yield client.get_executor()
    elif jobs == 1:
        yield Serial()
    else:
        with ProcessPoolExecutor(jobs, get_context("spawn"), _keep_to_one_core) as pool:
            yield pool


def cluster(scheduler: str) -> Any:
    """A client of a Dask cluster; raises UnavailableError without Dask or a scheduler there."""
    try:
        return importlib.import_module("distributed").Client(scheduler)
    except ImportError as error:
        raise UnavailableError(
            "--scheduler needs the package distributed: pip install 'tensorcts[cluster]'"
        ) from error
    except OSError as error:
        raise UnavailableError(f"no Dask scheduler answers at {scheduler}: {error}") from error


def _keep_to_one_core() -> None:
    """Keep what a backend loads from threads of its own: the processes share the work."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POCL_MAX_PTHREAD_COUNT"):
        os.environ.setdefault(name, "1")
