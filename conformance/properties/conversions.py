"""Conversions: what becomes of numbers that a cast's target does not hold, in every target.

beyond_integers  numbers past the ends of an integer's range, and NaN
beyond_floats    numbers past a float's largest
half_way         numbers halfway between two of a float's
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend, UnsupportedError
from tensorcts.conformance.cases import Case
from tensorcts.conformance.properties.readings import Declared, Reading
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op

Array = NDArray[Any]

PROBE = "casts to every dtype"

FLOATS = (*dtypes.FLOATING, *dtypes.FLOAT8)
WHOLE = (300.0, -300.0, 70000.0, -70000.0, 2.0**33 + 2.0**20, -(2.0**33) - 2.0**20, 2.0**70)
"""Numbers past the ends of one integer's range or another's, whose lower bits are not all zero."""

LOWER, UPPER = 1, 3
"""Odd multiples of half an ulp past 1: the even neighbour is below the one, above the other."""


def applies(op: Op, dtype: str) -> bool:
    """Whether the op is a cast from floats."""
    return op.name == "astype" and dtype in dtypes.FLOATING


def cases(op: Op, dtype: str) -> Iterator[Case]:
    """One case, which stands for a call for each target."""
    if applies(op, dtype):
        yield Case(op, dtype, (_numbers(dtype),), {"dtype": dtype}, probe=PROBE)


def _numbers(dtype: str) -> Array:
    """NaN, whole numbers, for each float twice the largest number and two midpoints."""
    formats = [dtypes.format_of(target) for target in FLOATS]
    midpoints = [1 + odd * 2.0**-form.p for form in formats for odd in (LOWER, UPPER)]
    with np.errstate(over="ignore"):
        largest = [2 * np.float64(form.max) for form in formats]
        return np.array([np.nan, *WHOLE, *largest, *midpoints]).astype(dtypes.numpy_dtype(dtype))


def run(backend: Backend, case: Case) -> tuple[Array, ...]:
    """The numbers in each integer and float, nothing in those that the backend has not."""
    x = backend.to_device(case.arrays[0])  # type: ignore[arg-type]
    return tuple(_cast(backend, x, target) for target in (*dtypes.INTEGER, *FLOATS))


def _cast(backend: Backend, x: Any, target: str) -> Array:
    if target not in backend.capabilities.dtypes:
        return np.array([])
    try:
        with np.errstate(all="ignore"):
            return np.asarray(backend.to_host(backend.ops["astype"](x, dtype=target)))
    except UnsupportedError:
        return np.array([])


# -- Readings --------------------------------------------------------------------------------------


def read(declared: Declared, outputs: tuple[Array, ...]) -> Reading:
    """What was made of each kind, by target."""
    x = dtypes.widen(declared.case.arrays[0])  # type: ignore[arg-type]
    pairs = zip((*dtypes.INTEGER, *FLOATS), outputs, strict=True)
    got = {target: dtypes.widen(output) for target, output in pairs if output.size}
    floats = {target: got[target] for target in FLOATS if target in got}
    measured = {
        "beyond_integers": _together(_integer, x, {t: got[t] for t in dtypes.INTEGER if t in got}),
        "beyond_floats": _together(_largest, x, floats),
        "half_way": _together(_half_way, x, floats),
    }
    found = Reading({name: text for name, text in measured.items() if text})
    if measured["half_way"] in ("", EVEN):
        return found
    text = f"astype is defined to round halves {EVEN}, measured {measured['half_way']}"
    return found + Reading({}, (text,))


def _together(name: Callable[[Array, Array, str], str], x: Array, got: Mapping[str, Array]) -> str:
    """What is said of the targets, once for all of which the same is said."""
    said: dict[str, list[str]] = {}
    for target, output in got.items():
        said.setdefault(name(x, output, target), []).append(target)
    said.pop("", None)
    if len(said) == 1:
        return next(iter(said))
    return "; ".join(f"{text}: {', '.join(targets)}" for text, targets in said.items())


def _integer(x: Array, got: Array, target: str) -> str:
    """What was made of numbers past an integer's range, and of NaN."""
    info = np.iinfo(target)
    whole = [int(v) if np.isfinite(v) else 0 for v in x]
    past = [not info.min <= v <= info.max for v in whole]
    span = info.max - info.min + 1
    ways = {
        "saturate": [info.max if v > 0 else info.min for v in whole],
        "wrap": [(v - info.min) % span + info.min for v in whole],
        "the smallest": [info.min] * len(whole),
        "the largest": [info.max] * len(whole),
    }
    found = [int(v) for v in got]
    way = next((n for n, w in ways.items() if _same(found, w, past)), "mixed")
    nan = found[int(np.flatnonzero(np.isnan(x))[0])]
    special = {info.min: "the smallest", info.max: "the largest", 0: "0"}
    return f"{way}, NaN {special.get(nan, nan)}"


def _same(found: list[int], wanted: list[int], past: list[bool]) -> bool:
    return all(a == b for a, b, one in zip(found, wanted, past, strict=True) if one)


def _largest(x: Array, got: Array, target: str) -> str:
    """What was made of numbers past a float's largest; nothing where the source has none."""
    largest = dtypes.format_of(target).max
    past = np.abs(got[np.isfinite(x) & (np.abs(x) >= 2 * largest)])
    if not past.size:
        return ""
    ways = {"inf": np.isinf(past), "NaN": np.isnan(past), "the largest": past == largest}
    return next((name for name, holds in ways.items() if np.all(holds)), "mixed")


EVEN = "to even"
ROUNDED: dict[tuple[float, float], str] = {
    (0, 4): EVEN,
    (2, 4): "away from zero",
    (0, 2): "toward zero",
}
"""What becomes of the lower and the upper midpoint, in halves of an ulp past 1."""


def _half_way(x: Array, got: Array, target: str) -> str:
    """Where midpoints went; nothing where the source has none."""
    half = 2.0 ** -dtypes.format_of(target).p
    places = [np.flatnonzero(x == 1 + odd * half) for odd in (LOWER, UPPER)]
    if not all(place.size for place in places):
        return ""
    lower, upper = (float((got[place[0]] - 1) / half) for place in places)
    return ROUNDED.get((lower, upper), "mixed")
