"""Elementary functions: quotients and roots that are hard to round, and what becomes of subnormals.

The quotients lie as near to the middle of two numbers as quotients can (x·2**s = m·y ± 1 for an odd
m of one bit more than the format's), the roots nearly so; whoever computes x·(1/y), or refines an
estimate once too few, rounds many of them to the wrong side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.cases import Case
from tensorcts.conformance.properties.readings import Declared, Reading
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op
from tensorcts.tolerances import ulps

Array = NDArray[Any]

HARD, TINY = PROBES = ("hard to round", "subnormals in and out")

LEVELS = ("no", "results", "all")
"""What becomes of subnormals, as ``flush_subnormals`` has it."""


def applies(op: Op, dtype: str) -> bool:
    """Whether the op is such a function of the dtype."""
    return dtype in dtypes.FLOATING and op.name in HARD_NUMBERS.keys() | FLUSHED.keys()


def cases(op: Op, dtype: str) -> Iterator[Case]:
    """The probes of an elementary function in a dtype."""
    if not applies(op, dtype):
        return
    number = dtypes.numpy_dtype(dtype)
    if op.name in HARD_NUMBERS:
        arrays = HARD_NUMBERS[op.name](dtype)
        yield Case(op, dtype, tuple(a.astype(number) for a in arrays), probe=HARD)
    if op.name in FLUSHED:
        tiny = dtypes.format_of(dtype).smallest_normal
        calls = np.array(FLUSHED[op.name](tiny)).astype(number)
        yield Case(op, dtype, tuple(a.copy() for a in calls.T), probe=TINY)


def _kept(tiny: float) -> list[tuple[float, ...]]:
    return [(0.75 * tiny,), (1.0,)]


FLUSHED: dict[str, Callable[[float], list[tuple[float, ...]]]] = {
    "multiply": lambda tiny: [(tiny, 0.5), (tiny / 2, 4.0)],
    "divide": lambda tiny: [(tiny, 2.0), (tiny / 2, 0.25)],
    "add": lambda tiny: [(-tiny, 1.5 * tiny), (0.75 * tiny, 0.75 * tiny)],
    "subtract": lambda tiny: [(tiny, 1.5 * tiny), (0.75 * tiny, -0.75 * tiny)],
    "exp": lambda tiny: [(np.log(tiny) - 0.5,), (1.0,)],
    "sqrt": lambda tiny: [(1.0,), (0.5 * tiny,)],
    **dict.fromkeys(("abs", "negative", "relu", "sin", "tanh", "expm1", "log1p"), _kept),
}
"""Arguments with a subnormal result, and a subnormal one with a normal result; 1 where none is."""


# -- Numbers that are hard to round ----------------------------------------------------------------


@cache
def _quotients(dtype: str) -> tuple[Array, Array]:
    p = dtypes.format_of(dtype).p
    generator = np.random.default_rng(3)
    pairs = []
    for y in generator.integers(2 ** (p - 1), 2**p, 400).tolist():
        for rest in (1, -1):
            divisor = y | 1
            m = -rest * pow(divisor, -1, 2 ** (p + 1)) % 2 ** (p + 1)
            if m >= 2**p:
                pairs.append(((m * divisor + rest) >> (p + 1), divisor))
    x, y = np.array(pairs, np.float64).T
    return x / 2.0 ** (p - 1), y / 2.0 ** (p - 1)


def _reciprocals(dtype: str) -> tuple[Array]:
    """Random numbers: no quotient of 1 comes as near to a middle as others do."""
    return (_quotients(dtype)[1],)


@cache
def _roots(dtype: str) -> tuple[Array]:
    """Numbers whose roots are m·(1 ± tiny): m² = c modulo 2**s for a small c."""
    p = dtypes.format_of(dtype).p
    found = []
    for s in (p + 1, p + 2):
        for c in range(-127, 128, 8):
            for m in _square_roots(c, s):
                x = (m * m - c) >> s
                if m > 2**p and 2 ** (p - 1) <= x < 2**p:
                    found.append(x * 2.0 ** (s - 2 * p))
    return (np.array(found),)


def _square_roots(c: int, s: int) -> set[int]:
    """The roots of c, which is 1 modulo 8, modulo 2**s: one bit more at a time."""
    roots = {1, 3, 5, 7}
    for bits in range(4, s + 1):
        candidates = {r + k * 2 ** (bits - 2) for r in roots for k in range(4)}
        roots = {r % 2**bits for r in candidates if (r * r - c) % 2**bits == 0}
    return roots


HARD_NUMBERS: dict[str, Callable[[str], tuple[Array, ...]]] = {
    "divide": _quotients,
    "reciprocal": _reciprocals,
    "sqrt": _roots,
}


# -- Readings --------------------------------------------------------------------------------------


def read(declared: Declared, outputs: tuple[Array, ...]) -> Reading:
    """How quotients and roots are rounded, or what became of subnormals."""
    got = dtypes.widen(outputs[0])
    return (_read_rounding if declared.case.probe == HARD else _read_flushing)(declared, got)


def _read_rounding(declared: Declared, got: Array) -> Reading:
    case = declared.case
    arrays = [dtypes.widen(a) for a in case.arrays if a is not None]
    truth = np.asarray(case.op.function(*arrays))  # float64's own are correctly rounded
    right = dtypes.widen(dtypes.round_once(truth, np.zeros(truth.shape), case.dtype))
    wrong = np.flatnonzero(got != right)
    if not wrong.size:
        return Reading({"correctly_rounded": "yes"})
    figure = (
        "by reciprocal" if _by_reciprocal(case, got) else f"{_off(got, right, case):.0f} ulp off"
    )
    measured = {"correctly_rounded": figure}
    claims = declared.capabilities.correctly_rounded
    if not claims & {case.op.name, f"{case.op.name}/{case.dtype}"}:
        return Reading(measured)
    place = wrong[0]
    call = f"{case.op.name}({', '.join(repr(float(a[place])) for a in arrays)})"
    shown = f"{call} is {float(right[place])!r}, not {float(got[place])!r}"
    text = f"{case.op.name} is declared correctly rounded, measured {figure} in {wrong.size} of "
    return Reading(measured, (f"{text}{got.size} hard cases: {shown}",))


def _off(got: Array, right: Array, case: Case) -> float:
    """The largest distance, in ulps."""
    unit = ulps.kahan_ulp(right, np.zeros(right.shape), dtypes.format_of(case.dtype))
    return float(np.nanmax(np.abs(got - right) / unit))


def _by_reciprocal(case: Case, got: Array) -> bool:
    """Whether the quotients are products with rounded reciprocals."""
    if case.op.name != "divide" or case.arrays[0] is None or case.arrays[1] is None:
        return False
    x, y = (dtypes.widen(a) for a in case.arrays)  # type: ignore[arg-type]
    none = np.zeros(y.shape)
    inverse = dtypes.widen(dtypes.round_once(1 / y, none, case.dtype))
    return np.array_equal(dtypes.widen(dtypes.round_once(x * inverse, none, case.dtype)), got)


def _read_flushing(declared: Declared, got: Array) -> Reading:
    level = "all" if got[1] == 0 else "results" if got[0] == 0 else "no"
    wanted = declared.flush
    measured = {"flush_subnormals": level}
    if LEVELS.index(level) <= LEVELS.index(wanted):
        return Reading(measured)
    call = declared.case.describe()
    shown = "a subnormal argument" if level == "all" else "a subnormal result"
    text = f"flush_subnormals is declared {wanted}, measured {level}: {shown} of {call} became 0"
    return Reading(measured, (text,))
