"""Aliasing: whether a result shares its argument's memory, found out by writing to one of them.

A case of the check ``aliasing`` carries a probe. After the call the backend overwrites the result,
or the first argument, with marks, and the other is read again: it must hold the marks where the op
is a view of that element, and what it held before where it is not. Or the op is called again: with
other numbers, which must not change the result of the first call, or with other numbers in the same
memory, which must not be taken for the first ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.cases import Case
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op

WRITE_RESULT = "write to the result"
WRITE_ARGUMENT = "write to the argument"
CALL_AGAIN = "call it again"
USE_AGAIN = "call it again in the same memory"
FURTHER_CALLS = (CALL_AGAIN, USE_AGAIN)
PROBES = (WRITE_RESULT, WRITE_ARGUMENT, *FURTHER_CALLS)


def probes(op: Op) -> tuple[str, ...]:
    """The probes of an op; what leaves its result uninitialized may find there what was before."""
    left = any(choice.trait == "uninitialized" for choice in op.choices)
    return PROBES[:-1] if left else PROBES


def other_arguments(case: Case) -> list[NDArray[Any] | None]:
    """Those of a further call: the numbers of the first array in the order from behind."""
    first, *rest = case.arrays
    if first is None or not dtypes.is_inexact(dtypes.name_of(first.dtype)):
        return [first, *rest]
    return [np.flip(first).copy(), *rest]


def marks(like: NDArray[Any]) -> NDArray[Any]:
    """An array of the same shape and dtype, all elements of which are other numbers."""
    numbers = (np.arange(like.size) % 100 + 20).reshape(like.shape)
    if like.dtype == bool:
        return np.asarray(~like)
    return numbers.astype(np.float64).astype(like.dtype)


def overlaps(case: Case) -> bool:
    """Whether elements of the result stand for one element of the argument, as in ``expand``."""
    found = _positions(case)
    return found is not None and np.unique(found).size < found.size


def fault(
    case: Case, written: NDArray[Any], before: NDArray[Any], after: NDArray[Any], *, views: bool
) -> str:
    """What is wrong with what the other array holds, or "" where nothing is.

    written: what the array that was written to held before.
    before, after: what the other one held before the write and after it.
    views: whether the backend has views; without them an op that always gives one may copy.
    """
    untouched = _same(before, after)
    if case.op.aliases == "never" or (untouched and (case.op.aliases == "may" or not views)):
        return "" if untouched else f"a {case.probe} changed the other, whose memory is its own"
    positions = _positions(case)
    assert positions is not None
    if _same(after, _shown(case.probe, marks(written), before, positions)):
        return ""
    shown = "did not show in" if untouched else "came to other elements of"
    return f"a {case.probe} {shown} the other, which is a view of the same memory"


def mixed_up(probe: str, outputs: tuple[NDArray[Any], ...]) -> str:
    """What a further call did that it must not, or "" where nothing is."""
    first, second, third = (output.tobytes() for output in outputs)
    if probe == CALL_AGAIN:
        return "" if second == third else "a further call changed it"
    stale = second == first != third
    return "the result of what its memory held before came back" if stale else ""


def _shown(
    probe: str, marked: NDArray[Any], before: NDArray[Any], positions: NDArray[Any]
) -> NDArray[Any]:
    """What the other array holds where the two share their memory."""
    if probe == WRITE_ARGUMENT:
        return np.asarray(marked.reshape(-1).view(before.dtype)[positions])
    shown = before.copy()
    shown.reshape(-1).view(marked.dtype)[positions.ravel()] = marked.ravel()
    return shown


def _positions(case: Case) -> NDArray[Any] | None:
    """For each element of a view the place of its element in the argument; None for no view.

    Where the view is one of the parts of complex numbers, places are counted in parts.
    """
    x = case.arrays[0]
    if case.op.aliases == "never" or x is None:
        return None
    places: NDArray[Any] = np.arange(x.size).reshape(x.shape)
    if case.op.own_dtype:
        return places  # read as other numbers, each stays in its place
    if x.dtype.kind == "c" and case.op.result == "real":
        places = 2 * places + 1j * (2 * places + 1)
    result = case.op.function(places, *case.arrays[1:], **case.attrs)
    return np.asarray(result[0] if isinstance(result, tuple) else result).astype(np.intp)


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()
