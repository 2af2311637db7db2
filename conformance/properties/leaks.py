"""Memory over a thousand calls: Python's, the backend's own and the process's."""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend

WARM = 5
"""Calls that fill caches."""

STAGES = (40, 40, 40, 250, 1000, 1000)
"""Calls that show a leak each time, then such that prove it: what an allocator keeps levels off."""

KINDS = ("Python's memory", "the backend's memory", "the process's memory")
PER_CALL = (64, 1, 1024)
"""Bytes a call from which growth is a leak: less than any array of Python's takes, more than its
free lists; the process's memory moves by pages, in steps."""

_STATM = Path("/proc/self/statm")


def run(backend: Backend, call: Callable[[], Any]) -> tuple[NDArray[np.int64]]:
    """How many calls were made, and by how many bytes each kind of memory grew.

    Where a few calls show no growth there is none; where they do, all stages must show it.
    """
    _repeat(call, WARM)
    tracemalloc.start(1)
    gc.freeze()  # what is there already need not be searched for garbage
    try:
        for calls in STAGES:
            grown = _growth(backend, call, calls)
            if not any(_leaks(grown, calls)):
                break
    finally:
        gc.unfreeze()
        tracemalloc.stop()
    return (np.array([calls, *grown]),)


def grown(found: NDArray[np.int64]) -> tuple[int, str]:
    """The bytes that leaked, and in which memory over how many calls."""
    calls, *growth = found.tolist()
    leaking = [i for i, leaks in enumerate(_leaks(growth, calls)) if leaks]
    if not leaking:
        return 0, ""
    return growth[leaking[0]], f"bytes more of {KINDS[leaking[0]]} after {calls} calls"


def _leaks(growth: list[int], calls: int) -> list[bool]:
    return [grown >= least * calls for grown, least in zip(growth, PER_CALL, strict=True)]


def _growth(backend: Backend, call: Callable[[], Any], calls: int) -> list[int]:
    _repeat(call, 1)
    before = _figures(backend)
    _repeat(call, calls)
    return [after - b for after, b in zip(_figures(backend), before, strict=True)]


def _repeat(call: Callable[[], Any], calls: int) -> None:
    for _ in range(calls):
        call()


def _figures(backend: Backend) -> list[int]:
    """Each kind of memory in bytes; 0 for what can't be told here."""
    gc.collect()
    pages = int(_STATM.read_text().split()[1]) if _STATM.exists() else 0
    resident = pages * os.sysconf("SC_PAGE_SIZE") if pages else 0
    return [tracemalloc.get_traced_memory()[0], backend.memory() or 0, resident]
