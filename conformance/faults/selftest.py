"""The suite put to the test: each fault under the suite's own checks, then the honest backends."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test, checks_of
from tensorcts.conformance.faults.backends import faulty, honest, without
from tensorcts.conformance.faults.registry import Fault, named
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.runner import Settings, run_test
from tensorcts.conformance.session import Session, all_waivers
from tensorcts.reference.gradients import first, is_backward
from tensorcts.reference.registry import get
from tensorcts.reports.records import FAILURES, Result

Item = TypeVar("Item")
Found = TypeVar("Found")
Place = tuple[str, str, str]
"""A test by its op, dtype and check, which travels between processes."""


@dataclass(frozen=True)
class Finding:
    """What became of a fault.

    tried: the tests that it went through; the last one caught it, unless ``by`` is empty.
    by, message: the check that caught it, and what that said.
    """

    fault: str
    tried: tuple[Place, ...]
    by: str = ""
    message: str = ""

    @property
    def caught(self) -> bool:
        """Whether a check caught it."""
        return bool(self.by)


@dataclass(frozen=True)
class Alarm:
    """What an honest backend got for a test.

    message: why it failed, empty where it did not. cases: how many were judged.
    """

    backend: str
    test: str
    message: str
    cases: int


@dataclass(frozen=True)
class Selftest:
    """How a self-test is run: the settings of its sessions, the folder of the truths, processes."""

    settings: Settings
    folder: Path | None
    jobs: int = 1

    def findings(self, names: Iterable[str]) -> Iterator[Finding]:
        """What becomes of each fault, as they come."""
        return each(self.jobs, partial(_attempt, self.settings, self.folder), names)

    def alarms(self, places: Iterable[Place]) -> Iterator[Alarm]:
        """What the honest backends get for each test, as they come."""
        return each(self.jobs, partial(_try_honest, self.settings, self.folder), places)


def each(jobs: int, function: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
    """What a function gives for each item, in order, made by so many processes."""
    if jobs == 1:
        yield from map(function, items)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from pool.map(function, items)


def tests_of(fault: Fault) -> Iterator[Test]:
    """The suite's tests of the fault's op, in the dtypes in which it shows."""
    op = get(fault.op)
    if is_backward(op):
        yield from (Test(first(op), dtype, "gradient") for dtype in fault.dtypes)
        return
    for dtype in fault.dtypes:
        for check in checks_of(op, dtype):
            if fault.accepts or check != "bad_arguments":
                yield Test(op, dtype, check)


def attempt(fault: Fault, settings: Settings, folder: Path | None) -> Finding:
    """Run a fault through its tests until one catches it.

    A case that the honest backend fails too tells nothing of the fault.
    """
    host, other = InProcess(faulty(fault)), InProcess(without(fault))
    right = Judge(other.capabilities, other.run, opened(folder), way=other.way)
    judge = Judge(host.capabilities, host.run, opened(folder), partial(_failing_too, right))
    tried: list[Place] = []
    for test in tests_of(fault):
        tried.append((test.op.name, test.dtype, test.check))
        result = run_test(test, fault.name, host, judge, settings)
        if result.verdict in FAILURES:
            return Finding(fault.name, tuple(tried), test.check, said(result))
    return Finding(fault.name, tuple(tried))


def _attempt(settings: Settings, folder: Path | None, name: str) -> Finding:
    return attempt(named(name), settings, folder)


def _failing_too(honest: Judge, case: Case) -> str:
    return "the honest backend fails it too" if honest(case).verdict in FAILURES else ""


def _try_honest(settings: Settings, folder: Path | None, place: Place) -> Alarm:
    op, dtype, check = place
    test, backend = Test(get(op), dtype, check), honest(op).name
    session = Session([backend], settings, all_waivers([backend], ()), cache=opened(folder))
    result = session.run(test, backend)
    message = said(result) if result.verdict in FAILURES else ""
    return Alarm(backend, test.id, message, result.cases)


def said(result: Result) -> str:
    """The message of a failure with its worst element, in one line."""
    worst = result.worst
    if worst is None:
        return f"{result.verdict}: {result.message}"
    size = "" if worst.ulp is None else f" ({worst.ulp:.3g} ulp, allowed {worst.allowed})"
    return f"{result.verdict}: {worst.got} for {worst.truth}{size}"


@cache
def opened(folder: Path | None) -> Cache:
    """The cache of a folder, one for all tests of a process."""
    return Cache(folder)
