"""Calls repeated: the same twice, a row in other batches, from eight threads, a thousand times.

deterministic    the same call gives the same bits again
batch_invariant  a row of the first axis gives the same bits alone as among others
thread_safe      calls from eight threads give what each of them gives alone
leak_free        no memory grows over a thousand calls
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend
from tensorcts.conformance import summing
from tensorcts.conformance.calling import function_of
from tensorcts.conformance.cases import Arrays, Case
from tensorcts.conformance.properties import concurrency, leaks
from tensorcts.conformance.properties.readings import Declared, Reading
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op
from tensorcts.tolerances.budgets import exact_ops

Array = NDArray[Any]
Results = tuple[Array, ...]

TWICE, BATCH, THREADS, MEMORY = PROBES = (
    "the same call again", "a row in other batches", "calls from eight threads", "a thousand calls",
)  # fmt: skip

SHAPE = (9, 33)
"""Odd sizes beyond those of vectors, so that rows meet other lanes in other batches."""

AGAIN = 10
_KNOWN = frozenset(map(dtypes.numpy_dtype, dtypes.STORABLE))
SLICES = (*(slice(row, row + 1) for row in range(SHAPE[0])), slice(2, 7))
"""Every row alone, as another order of its sum often rounds to the same number; and a batch."""


def applies(op: Op, dtype: str, usual: str) -> bool:
    """Whether an op's calls are repeated in the dtype: in one of each, for sums in all floats."""
    sums = op.name in summing.SUMS and dtype in dtypes.FLOATING
    return (sums or dtype == usual) and all(c.trait != "uninitialized" for c in op.choices)


def cases(
    op: Op, dtype: str, drawn: Callable[[tuple[int, ...]], Case], usual: str
) -> Iterator[Case]:
    """The calls to repeat."""
    if not applies(op, dtype, usual):
        return
    case = _sum(op, dtype) if op.name in summing.TERMS | summing.PRODUCTS else drawn(SHAPE)
    yield replace(case, probe=TWICE)
    if {"axis", "keepdims"} <= case.attrs.keys():  # all at once by kernels of their own
        yield replace(case, attrs={**case.attrs, "axis": None}, probe=TWICE)
    if op.name not in exact_ops() and dtypes.is_inexact(dtype) and _batches(case):
        yield replace(case, probe=BATCH)
    if dtype == usual:
        yield replace(case, probe=THREADS)
        yield replace(case, probe=MEMORY)


def _sum(op: Op, dtype: str) -> Case:
    generator, number = np.random.default_rng(7), dtypes.numpy_dtype(dtype)
    shapes = SHAPE, (SHAPE[1], 17)
    return summing.call(
        op.name, dtype, *(generator.standard_normal(s).astype(number) for s in shapes)
    )


# -- Running ---------------------------------------------------------------------------------------


def run(backend: Backend, case: Case) -> Results:
    """The results of the calls that the case's probe asks for."""
    match case.probe:
        case "the same call again":
            call = _call(backend, case, case.arrays)
            return tuple(result for _ in range(AGAIN) for result in call())
        case "a row in other batches":
            whole = _call(backend, case, case.arrays)()
            alone = [_call(backend, case, arrays)() for _, arrays in _batches(case)]
            among = [tuple(r[rows] for r in whole) for rows, _ in _batches(case)]
            return tuple(r for results in (*among, *alone) for r in results)
        case "calls from eight threads":
            inputs = [_rolled(case, thread) for thread in range(concurrency.THREADS)]
            return concurrency.run([_call(backend, case, arrays) for arrays in inputs])
    return leaks.run(backend, _call(backend, case, case.arrays, fetch=False))


def _call(
    backend: Backend, case: Case, arrays: Arrays, *, fetch: bool = True
) -> Callable[[], Results]:
    """A call with arrays that are on the device already; it gives the results if ``fetch``."""
    inputs = [None if a is None else backend.to_device(a) for a in arrays]
    function = function_of(backend, case)

    def call() -> Results:
        with np.errstate(all="ignore"):
            result = function(*inputs, **case.attrs)
        backend.synchronize()
        results = result if isinstance(result, tuple | list) else (result,)
        return tuple(np.asarray(backend.to_host(r)) for r in results) if fetch else ()

    return call


def _rolled(case: Case, places: int) -> Arrays:
    """The arrays with their inexact numbers moved by some places, so that results differ."""
    return tuple(
        np.roll(a, places) if a is not None and a.dtype.kind not in "biu" else a
        for a in case.arrays
    )


def _batches(case: Case) -> list[tuple[slice, Arrays]]:
    """Slices of the first axis, and the arrays whose result is that slice of the whole result.

    The definition decides it: none where rows don't stand for themselves.
    """
    wide = [None if a is None else dtypes.widen(a) for a in case.arrays]
    lengths = {len(a) for a in wide if a is not None and a.ndim > 1}
    for chosen in (range(len(wide)), (0,)):
        found = [(rows, _sliced(case.arrays, chosen, rows)) for rows in SLICES]
        if len(lengths) and all(_stands(case, wide, chosen, rows) for rows in SLICES):
            return found
    return []


def _sliced(arrays: Any, chosen: Any, rows: slice) -> Any:
    return tuple(
        a[rows] if a is not None and a.ndim > 1 and place in chosen else a
        for place, a in enumerate(arrays)
    )


def _stands(case: Case, wide: list[Any], chosen: Any, rows: slice) -> bool:
    """Whether the definition gives of the sliced arrays the slice of its result."""
    try:
        with np.errstate(all="ignore"):
            whole = case.op.function(*wide, **case.attrs)
            part = case.op.function(*_sliced(wide, chosen, rows), **case.attrs)
    except (ValueError, IndexError, TypeError):
        return False
    pairs = zip(*(r if isinstance(r, tuple) else (r,) for r in (part, whole)), strict=True)
    return all(
        np.ndim(w) > 1 and p.shape == w[rows].shape and np.allclose(p, w[rows], equal_nan=True)
        for p, w in pairs
    )


# -- Reading ---------------------------------------------------------------------------------------


def read(declared: Declared, outputs: Results) -> Reading:
    """Whether the calls agreed."""
    probe = declared.case.probe
    if probe == THREADS:
        differing, calls = outputs[0].tolist()
        return _claimed(declared, "thread_safe", differing, f"of {calls} results differ")
    if probe == MEMORY:
        return _claimed(declared, "leak_free", *leaks.grown(outputs[0]))
    half = len(outputs) // (AGAIN if probe == TWICE else 2)
    differing = sum(
        _bits(a) != _bits(b) for a, b in zip(outputs[half:], outputs * AGAIN, strict=False)
    )
    if probe == TWICE:
        return _claimed(declared, "deterministic", differing, f"of {AGAIN - 1} repetitions differ")
    return _claimed(declared, "batch_invariant", differing, f"of {half} slices differ")


def _bits(array: Array) -> tuple[Any, ...]:
    if array.dtype not in _KNOWN:
        array = array.astype(str)  # a long double is padded with whatever was in memory
    return array.shape, array.dtype, array.tobytes()


def _claimed(declared: Declared, name: str, count: int, what: str) -> Reading:
    return declared.holds(name, "no" if count else "yes", f"{count:,} {what}")
