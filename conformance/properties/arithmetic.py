"""Arithmetic that a compiler may change: contraction, and what fast math takes for granted.

products    (1 + e)² - (1 + 2e): e² where product and sum are contracted to one operation (fma), or
            computed in a wider format; 0 where the product is rounded
division    whole sums over the number of terms: products with its rounded reciprocal are off
not_finite  what functions make of NaN and infinities, which fast math says there are none of
zero_signs  the signs of zero results, which it says do not matter

Whether sums are reassociated is told by their ``order`` (``accumulation``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import summing
from tensorcts.conformance.cases import Case
from tensorcts.conformance.properties.readings import Declared, Reading
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op

Array = NDArray[Any]
Numbers = tuple[list[complex], ...]
"""The numbers of each array."""

CONTRACTED, DIVIDED, ODD, ZEROS = PROBES = (
    "products in sums", "whole sums divided", "not finite", "signs of zeros",
)  # fmt: skip


def applies(op: Op, dtype: str) -> bool:
    """Whether the op shows any of it in the dtype."""
    return next(cases(op, dtype), None) is not None


def cases(op: Op, dtype: str) -> Iterator[Case]:
    """The calls that show what a compiler did."""
    if op.name in SUMS and dtype in SUMS[op.name][0]:
        _, numbers, attrs = SUMS[op.name]
        yield _case(op, dtype, numbers(_half(dtype)), CONTRACTED, attrs)
    if dtype in dtypes.FLOATING:
        if op.name in summing.MEANS and not dtypes.is_narrow(dtype):
            rows = _whole_sums(dtype)
            yield replace(summing.call(op.name, dtype, rows, rows), probe=DIVIDED)
        if op.name in NOT_FINITE:
            yield _case(op, dtype, NOT_FINITE[op.name], ODD)
        if op.name in SIGNED:
            yield _case(op, dtype, SIGNED[op.name], ZEROS)


def read(declared: Declared, outputs: tuple[Array, ...]) -> Reading:
    """What became of the numbers."""
    got = dtypes.widen(outputs[0])
    return READERS[declared.case.probe](declared, got)


def _case(
    op: Op, dtype: str, numbers: Numbers, probe: str, attrs: Mapping[str, Any] | None = None
) -> Case:
    arrays = tuple(np.array(each).astype(dtypes.numpy_dtype(dtype)) for each in numbers)
    return Case(op, dtype, arrays, attrs or {}, probe=probe)


# -- Products in sums ------------------------------------------------------------------------------


def _half(dtype: str) -> float:
    """e, whose square is lost where (1 + e)² is rounded: half of the dtype's bits or a bit more."""
    return 2.0 ** -((dtypes.format_of(dtype).p + 1) // 2)


def _of_lerp(e: float) -> Numbers:
    """x, and y = x + (1 + e), at the weight (1 + e)/4."""
    x = -(1 + 2 * e) / 4
    return [x], [x + 1 + e], [(1 + e) / 4]


SUMS: dict[str, tuple[tuple[str, ...], Callable[[float], Numbers], Mapping[str, Any]]] = {
    "fma": (dtypes.FLOATING, lambda e: ([1 + e], [1 + e], [-1 - 2 * e]), {}),
    "addcmul": (dtypes.FLOATING, lambda e: ([-1 - 2 * e], [1 + e], [1 + e]), {"value": 1.0}),
    "lerp": (dtypes.FLOATING, _of_lerp, {}),
    "cross": (
        dtypes.FLOATING,
        lambda e: ([0, 1 + e, 1 + 2 * e], [1 + 2 * e, 1, 1 + e]),
        {"axis": 0},
    ),
    "multiply": (
        dtypes.COMPLEX,
        lambda e: (
            [complex(1 + e, 1 + 2 * e), complex(1 + 2 * e, 1 + e)],
            [complex(1 + e, 1), complex(1, 1 + e)],
        ),
        {},
    ),
}
"""For ops that add products the dtypes, the arrays for e, and the attributes."""


def _read_products(declared: Declared, got: Array) -> Reading:
    """Whether e² is left anywhere: in the real parts, or the first component of the vector."""
    left = got.real[:1] if declared.case.op.name == "cross" else got.real
    products = "exact" if np.any(left != 0) else "rounded"
    found = declared.holds("products", products, f"(1 + e)² - (1 + 2e) is {left[0]:g}")
    name = declared.case.op.name
    claimed = declared.capabilities.correctly_rounded & {name, f"{name}/{declared.case.dtype}"}
    if products == "exact" or not claimed:
        return found
    text = f"{name} is declared correctly rounded, measured as two roundings: e² is lost"
    return found + Reading({}, (text,))


# -- Quotients -------------------------------------------------------------------------------------

TERMS = 49
"""Terms of each sum, no power of two, which fit a square window."""

WHOLE = np.arange(1.0, 200.0, 2.0)
"""The sums, each of one term and zeros."""


def _whole_sums(dtype: str) -> Array:
    return np.pad(WHOLE[:, None], ((0, 0), (0, TERMS - 1))).astype(dtype)


def _read_division(declared: Declared, got: Array) -> Reading:
    sums, count = WHOLE.astype(declared.case.dtype), np.dtype(declared.case.dtype).type(TERMS)
    wanted, inverse = sums / count, sums * (1 / count)
    off = np.flatnonzero(got.ravel() != wanted)
    if not off.size:
        return declared.holds("division", "rounded once", "")
    place, found = off[0], got.ravel()
    shown = f"{WHOLE[place]:g}/{TERMS} is {float(found[place])!r}, not {float(wanted[place])!r}"
    way = "by reciprocal" if np.array_equal(found, inverse) else "otherwise"
    return declared.holds("division", way, shown)


# -- Fast math -------------------------------------------------------------------------------------

_ODD: list[complex] = [np.nan, np.inf, -np.inf, 1.0]
_PAIRS: Numbers = (
    [np.nan, 1.0, np.nan, np.inf, -np.inf, np.inf],
    [1.0, np.nan, np.nan, np.inf, np.inf, -np.inf],
)

NOT_FINITE: dict[str, Numbers] = {
    **dict.fromkeys(("isnan", "isinf", "isfinite", "relu", "square"), (_ODD,)),
    **dict.fromkeys(
        ("equal", "not_equal", "less", "greater_equal", "maximum", "minimum", "subtract"), _PAIRS
    ),
}
"""For functions of numbers that need not be finite their arguments."""

_ZEROS: Numbers = ([0.0, -0.0, 0.0, -0.0, -1.0, 1.0], [0.0, 0.0, -0.0, -0.0, 0.0, -0.0])

SIGNED: dict[str, Numbers] = {
    **dict.fromkeys(("add", "subtract", "multiply", "copysign"), _ZEROS),
    **dict.fromkeys(("negative", "abs", "sqrt", "positive", "signbit"), ([0.0, -0.0],)),
    "divide": ([0.0, -0.0, 0.0, -0.0], [1.0, 1.0, -1.0, -1.0]),
}
"""For functions whose zeros have signs their arguments."""


def _defined(declared: Declared) -> Array:
    """What the definition makes of the arguments, with the options that are declared."""
    (expected,) = declared.expected(declared.model)
    return np.asarray(expected.hi)


def _read_odd(declared: Declared, got: Array) -> Reading:
    wrong = ~((got == (wanted := _defined(declared))) | (np.isnan(got) & np.isnan(wanted)))
    return _kept(declared, "not_finite", wrong, got)


def _read_zeros(declared: Declared, got: Array) -> Reading:
    wanted = _defined(declared)
    wrong = np.signbit(got) != np.signbit(wanted) if got.dtype.kind == "f" else got != wanted
    return _kept(declared, "zero_signs", wrong, got)


def _kept(declared: Declared, name: str, wrong: Array, got: Array) -> Reading:
    places = np.flatnonzero(wrong)
    if not places.size:
        return declared.holds(name, "kept", "")
    arguments = (repr(float(a[places[0]])) for a in declared.case.arrays if a is not None)
    call = f"{declared.case.op.name}({', '.join(arguments)}) is {got[places[0]]}"
    return declared.holds(name, "lost", call)


READERS: dict[str, Callable[[Declared, Array], Reading]] = {
    CONTRACTED: _read_products,
    DIVIDED: _read_division,
    ODD: _read_odd,
    ZEROS: _read_zeros,
}
