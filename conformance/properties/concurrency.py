"""Calls from several threads at once, each with arguments of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Barrier
from typing import Any

import numpy as np
from numpy.typing import NDArray

THREADS = 8
ROUNDS = 3
"""Calls that each thread makes."""

Call = Callable[[], tuple[NDArray[Any], ...]]


def run(calls: Sequence[Call]) -> tuple[NDArray[np.int64]]:
    """How many results differ from what the call gives alone, and of how many."""
    alone = [_bits(call()) for call in calls]
    start = Barrier(len(calls))

    def thread(place: int) -> int:
        start.wait()
        return sum(_bits(calls[place]()) != alone[place] for _ in range(ROUNDS))

    with _hurried():
        differing = sum(_pool(len(calls)).map(thread, range(len(calls))))
    return (np.array([differing, ROUNDS * len(calls)]),)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that never end.

    One that ends frees memory without the interpreter's lock; CPython crashes where ``tracemalloc``
    starts at that moment, as it does for the leaks that are looked for next.
    """
    return ThreadPoolExecutor(threads)


@contextmanager
def _hurried() -> Iterator[None]:
    """Threads take turns so often that a call is interrupted between any two steps."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _bits(results: tuple[NDArray[Any], ...]) -> list[bytes]:
    return [result.tobytes() for result in results]
