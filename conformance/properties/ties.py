"""Ties: which of equal elements is taken, which of two numbers as near, which of two zeros.

place     the first or the last of equal elements, on long rows that kernels split up
half_way  where a number goes that lies halfway between two
middle    the median of an even number of elements
zeros     which of +0 and -0 is called the larger, or the smaller
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.cases import Case
from tensorcts.conformance.properties.readings import Declared, Reading
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op

Array = NDArray[Any]

PROBE = "equally good"

LENGTH = 1030
EQUAL = ((0, 1), (3, 700), (31, 32), (255, 256), (511, 1029), tuple(range(LENGTH)))
"""For each row the places of its largest elements, in one block of a kernel or in two."""


@dataclass(frozen=True)
class Tie:
    """A call with ties, and what its result is called.

    defined: the figure that the definition asks for; empty where it leaves the tie open.
    """

    arrays: tuple[Any, ...]
    attrs: Mapping[str, Any]
    names: Mapping[str, Any]
    defined: str = ""


def applies(op: Op, dtype: str) -> bool:
    """Whether the op has ties in the dtype."""
    return dtype in dtypes.FLOATING and op.name in TIES


def cases(op: Op, dtype: str) -> Iterator[Case]:
    """The call with ties."""
    if applies(op, dtype):
        tie = TIES[op.name]()
        arrays = tuple(np.array(a, dtypes.numpy_dtype(dtype)) for a in tie.arrays)
        yield Case(op, dtype, arrays, tie.attrs, probe=PROBE)


def read(declared: Declared, outputs: tuple[Array, ...]) -> Reading:
    """What was taken."""
    name, tie = declared.case.op.name, TIES[declared.case.op.name]()
    got = _signed(outputs[0])
    taken = next(
        (text for text, each in tie.names.items() if np.array_equal(got, _signed(each))), "mixed"
    )
    reading = declared.holds("ties", taken, declared.case.describe())
    if taken == (tie.defined or taken) or declared.trait("ties"):
        return reading
    text = f"{name} is defined to take {tie.defined} of equally good ones, measured {taken}"
    return reading + Reading({}, (f"{text}: {declared.case.describe()}",))


def _signed(x: Any) -> Array:
    """The numbers, and the signs of those that are zero."""
    wide = np.asarray(x, np.float64)
    return np.stack([wide, np.where(wide == 0, np.signbit(wide), 0)])


# -- The ties --------------------------------------------------------------------------------------


def _places(sign: float) -> Tie:
    rows = np.zeros((len(EQUAL), LENGTH))
    for row, places in zip(rows, EQUAL, strict=True):
        row[list(places)] = sign
    names = {"the first": [p[0] for p in EQUAL], "the last": [p[-1] for p in EQUAL]}
    return Tie((rows,), {"axis": 1, "keepdims": False}, names, "the first")


def _halves() -> Tie:
    x = np.array([0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, -3.5])
    names = {
        "the even one": [0, 2, 2, 4, -0.0, -2, -2, -4],
        "the one away from zero": [1, 2, 3, 4, -1, -2, -3, -4],
        "the one toward zero": np.trunc(x),
        "the one above": np.ceil(x),
        "the one below": np.floor(x),
    }
    return Tie((x,), {}, names, "the even one")


def _middle() -> Tie:
    rows = np.array([[4.0, 1.0, 3.0, 2.0], [8.0, 6.0, 2.0, 4.0]])
    names = {"the lower": [2, 4], "the upper": [3, 6], "the mean": [2.5, 5]}
    return Tie((rows,), {"axis": 1, "keepdims": False}, names, "the lower")


def _zeros(larger: bool) -> Tie:
    ordered = [0.0, 0.0] if larger else [-0.0, -0.0]
    by_sign = "+0 above -0"
    names = {by_sign: ordered, "the first": [0.0, -0.0], "the second": [-0.0, 0.0]}
    return Tie(([0.0, -0.0], [-0.0, 0.0]), {}, names)


def _reduced_zeros(larger: bool) -> Tie:
    pair = _zeros(larger)
    return Tie((np.stack(pair.arrays, axis=1),), {"axis": 1, "keepdims": False}, pair.names)


TIES: dict[str, Callable[[], Tie]] = {
    "argmax": lambda: _places(1),
    "argmin": lambda: _places(-1),
    "round": _halves,
    "median": _middle,
    "maximum": lambda: _zeros(True),
    "fmax": lambda: _zeros(True),
    "max": lambda: _reduced_zeros(True),
    "minimum": lambda: _zeros(False),
    "fmin": lambda: _zeros(False),
    "min": lambda: _reduced_zeros(False),
}
"""For each op that has ties the call. Those of sorts and scans are options (``options``)."""
