"""Where single functions are hard: inputs at their edges, and complex ones that are kept away from.

Beside the special values of a dtype stand, for a function, the arguments at which it overflows,
underflows, saturates, has a zero or a pole, or reduces a large argument, each with its neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.conformance import values
from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import Format

LOG2 = math.log(2)

_ANGLES = [1e3, 1e6, 1e20, 2.0**22 * math.pi, 355.0, *(k * math.pi / 2 for k in range(1, 5)),
           16367173 * 2.0**72, 6381956970095103 * 2.0**797]  # fmt: skip
"""Arguments that a sine must reduce: large ones, and those of float32 and of float64 that lie
nearest to a multiple of π/2 (Muller, Elementary Functions, 2016, §11)."""


def _exp(f: Format) -> list[float]:
    return [math.log(f.max), math.log(f.smallest_normal), math.log(f.smallest_subnormal) - LOG2]


def _exp2(f: Format) -> list[float]:
    return [math.log2(f.max), f.emin, f.emin - f.p + 1, f.emin - f.p]


def _wholes(f: Format) -> list[float]:
    """Halves, and where a format's or a machine's integers end."""
    return [0.5, 1.5, 2.5, 2.0 ** (f.p - 2), 2.0 ** (f.p - 1), 2.0**f.p, 2.0**31, 2.0**63]


def _largest_lgamma(f: Format) -> float:
    """Where log Γ(x) ≈ x·(log x - 1) reaches the largest number."""
    return math.exp(float(scipy.special.lambertw(f.max / math.e).real) + 1)


EDGES: dict[str, Callable[[Format], list[float]]] = {
    "exp": _exp,
    "exp2": _exp2,
    "expm1": lambda f: [math.log(f.max), f.p * LOG2, f.unit_roundoff],
    "log": lambda f: [1.0, math.e, f.smallest_subnormal],
    "log2": lambda f: [1.0, 8.0, 1024.0, f.smallest_subnormal],
    "log10": lambda f: [1.0, 100.0, 1000.0, 1e4, f.smallest_subnormal],
    "log1p": lambda f: [1.0, f.unit_roundoff, math.sqrt(f.unit_roundoff)],
    "sqrt": lambda f: [4.0, 9.0],
    **dict.fromkeys(("round", "floor", "ceil", "trunc", "frac"), _wholes),
    "sin": lambda f: _ANGLES,
    "cos": lambda f: _ANGLES,
    "tan": lambda f: _ANGLES,
    "asin": lambda f: [1.0, 0.5],
    "acos": lambda f: [1.0, 0.5],
    "atan": lambda f: [1.0, 1 / f.unit_roundoff],
    "sinc": lambda f: [1.0, 2.0, 3.0, 0.5, 100.0, 511.5],
    "deg2rad": lambda f: [180.0, f.smallest_normal * 180 / math.pi],
    "rad2deg": lambda f: [math.pi, f.max * math.pi / 180],
    "sinh": lambda f: [math.log(f.max) + LOG2, math.sqrt(f.unit_roundoff)],
    "cosh": lambda f: [math.log(f.max) + LOG2, math.sqrt(f.unit_roundoff)],
    "tanh": lambda f: [(f.p + 1) * LOG2 / 2, math.sqrt(f.unit_roundoff)],
    "asinh": lambda f: [math.sqrt(f.max), math.sqrt(f.unit_roundoff)],
    "acosh": lambda f: [1.0, math.sqrt(f.max)],
    "atanh": lambda f: [1.0, math.sqrt(f.unit_roundoff)],
    "erf": lambda f: [scipy.special.erfcinv(f.unit_roundoff), 0.5],
    "erfc": lambda f: [scipy.special.erfcinv(size) for size in
                       (f.smallest_normal, f.smallest_subnormal, f.unit_roundoff)],
    "gelu": lambda f: [math.sqrt(2) * scipy.special.erfcinv(size) for size in
                       (f.smallest_normal, f.smallest_subnormal, f.unit_roundoff)],
    "erfinv": lambda f: [1.0, 0.5, f.unit_roundoff],
    "lgamma": lambda f: [1.0, 2.0, 3.0, 10.0, 2.4570247382208006, 2.7476826467274127,
                         3.1435808883499798, _largest_lgamma(f), 0.99 * _largest_lgamma(f)],
    "digamma": lambda f: [1.0, 2.0, 10.0, 1.4616321449683623, 0.504083008264455,
                          1.5734984731623905],
    "logit": lambda f: [1.0, 0.5, f.smallest_normal],
}  # fmt: skip
"""For each function the numbers around which, and around whose negatives, it is tried."""

MODERATE = frozenset({"sinc"})
"""Functions whose text leaves open what huge and tiny arguments give."""

POLES: dict[str, tuple[complex, ...]] = {
    "log": (0,), "pow": (0,), "atan": (1j, -1j), "atanh": (1, -1),
}  # fmt: skip
"""Complex arguments (the first one's) at which a function has no value."""

FAR = {"abs": (0,), "divide": (1,)}
"""Which arguments of a function may have a modulus whose square over- or underflows."""

REACH: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh"), (16.0,)),
    "pow": (16.0, 8.0),
}
"""How large a complex argument may be so that the result doesn't overflow."""


_SMALL = np.array([1e-2, 1e-3j, 1e-5 + 1e-5j, -1e-7 + 2e-7j])
"""Steps off the points at which complex functions cancel or branch: 0, ±1 and ±i."""


def pool(op: str, dtype: str, position: int = 0) -> NDArray[Any]:
    """The special values that an argument of an elementwise op takes."""
    special = values.specials(dtype, moderate=op in MODERATE)
    if dtype in dtypes.COMPLEX:
        near = np.add.outer([0, 1, -1, 1j, -1j], _SMALL).ravel().astype(special.dtype)
        found = np.concatenate([special, near]) if op in EDGES or op in POLES else special
        if position in FAR.get(op, ()):
            found = np.concatenate([found, _far(dtype)])
        return found if position else found[_regular(op, found)]
    return np.concatenate([special, around(op, dtype)])


def _far(dtype: str) -> NDArray[Any]:
    """Complex numbers whose squares leave the range of the format, above and below."""
    reach = 0.6 * math.log2(dtypes.format_of(dtype).max)
    sizes = 2.0 ** np.array([reach, -reach])
    return (
        np.multiply.outer(sizes, [3 + 4j, -1 + 0.5j, 2 - 7j])
        .ravel()
        .astype(dtypes.numpy_dtype(dtype))
    )


def around(op: str, dtype: str) -> NDArray[Any]:
    """The edges of a function in a floating dtype, their neighbours, and all their negatives."""
    target = dtypes.numpy_dtype(dtype)
    if op not in EDGES or dtype not in dtypes.FLOATING:
        return np.array([], target)
    with np.errstate(over="ignore"):
        centres = np.array(EDGES[op](dtypes.format_of(dtype))).astype(target)
        centres = centres[np.isfinite(centres)]
        infinity = np.full(centres.shape, np.inf, target)
        near = [np.nextafter(centres, -infinity), centres, np.nextafter(centres, infinity)]
    found = np.concatenate(near)
    return np.concatenate([found, -found])


def tamed(op: str, position: int, x: NDArray[Any]) -> NDArray[Any]:
    """A complex argument moved off the function's poles and to where it does not overflow."""
    if x.dtype.kind != "c":
        return x
    reach = REACH.get(op, ())
    if position < len(reach):
        x = np.where(np.abs(x) > reach[position], x / x.dtype.type(16), x)
    return x if position else np.where(_regular(op, x), x, x.dtype.type(0.5 + 0.5j))


def _regular(op: str, x: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a function has a value at the complex x.

    Below the cut of a power only the sign of a zero tells the side, which arithmetic loses.
    """
    below = (op == "pow") & (x.real < 0) & (x.imag == 0) & np.signbit(x.imag)
    return np.asarray(~np.isin(x, POLES.get(op, ())) & ~below)
