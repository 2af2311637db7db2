"""How sums are made: operand bits, the accumulator's bits and rounding, products, the order.

Numbers that swamp others show it (Fasi, Higham, Mikaitis & Pranesh 2021; FPRev, Xie et al. 2025):

operands     a number with few bits times 1, alone in its sum: what it lost was taken from operands
accumulator  M + ¾ - M with M = 2**(p-1): nothing is left where the accumulator has fewer bits than
             p, 1 where it has p and rounds to nearest, ½ where it has one more and truncates
products     (1 + e)² - (1 + 2e): e² where the product is not rounded before it is added
result       1 + ¾ ulp and 1 + ¼ ulp: 1 + 1 ulp and 1 where the sum itself is rounded to nearest
order        M at the first place, -M at another, units elsewhere: the units left were added to
             neither before the two met, so the others stand below their node in the tree of sums
"""

from __future__ import annotations

from collections.abc import Iterator
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

SUMS = "swamped sums"
FACTORS = "rounded factors"

REST = 0.75
"""What is added to M: more than half of an ulp of 1."""

MARGIN = 5
"""Beyond float64's bits, accumulators of so many more are told from wider ones."""


def cases(op: Op, dtype: str) -> Iterator[Case]:
    """The cases that show how an op sums floats."""
    if dtype not in dtypes.FLOATING or op.name not in summing.TERMS | summing.PRODUCTS:
        return
    a = np.concatenate(_parts(dtype))
    yield _case(op, dtype, a, np.ones((a.shape[1], 2)), SUMS)
    if op.name in summing.PRODUCTS:
        yield _case(op, dtype, *_factors(dtype), FACTORS)


def read(declared: Declared, outputs: tuple[Array, ...]) -> Reading:
    """What the results of either case show."""
    case = declared.case
    if case.probe == FACTORS:
        return _read_factors(declared, _sums(case, outputs, len(_factors(case.dtype)[0])))
    rows = np.cumsum([len(part) for part in _parts(case.dtype)])
    kept, swamped, ordered, halved = np.split(_sums(case, outputs, rows[-1]), rows[:-1])
    found = _read_accumulator(declared, swamped) + _read_order(case.dtype, ordered)
    found += _read_result(declared, halved)
    return _read_operands(declared, kept) + found if case.op.name in summing.PRODUCTS else found


def _case(op: Op, dtype: str, a: Array, b: Array, probe: str) -> Case:
    number = dtypes.numpy_dtype(dtype)
    return replace(summing.call(op.name, dtype, a.astype(number), b.astype(number)), probe=probe)


def _sums(case: Case, outputs: tuple[Array, ...], rows: int) -> Array:
    """The sum of each row, in float64; ops that divide by the number of terms multiplied back."""
    found = dtypes.widen(summing.last(case.op.name, outputs, rows))
    return found * _count(case.dtype) if case.op.name in summing.MEANS else found


# -- The terms -------------------------------------------------------------------------------------


def _count(dtype: str) -> int:
    """How many terms: units that, added up, still are swamped by float16's largest power of 2."""
    return 32 if dtype == "float16" else 64


def _parts(dtype: str) -> list[Array]:
    """The rows of terms, by what they show."""
    return [_kept(dtype), _swamped(dtype), _ordered(dtype), _halved(dtype)]


def _rows(dtype: str, *entries: dict[int, float], rest: float = 0.0) -> Array:
    """A row for each mapping from places (negative ones from the end) to terms."""
    rows = np.full((len(entries), _count(dtype)), rest)
    for row, terms in zip(rows, entries, strict=True):
        for place, term in terms.items():
            row[place] = term
    return rows


def _kept(dtype: str) -> Array:
    """1 + 2**-j alone in a row, for every j that the dtype has."""
    bits = range(1, dtypes.format_of(dtype).p)
    return _rows(dtype, *({7 * j % _count(dtype): 1 + 2.0**-j} for j in bits))


def _widths(dtype: str) -> range:
    """The accumulator's bits that are tried; float16 has not the range for more than 26."""
    return range(4, 27) if dtype == "float16" else range(4, 53 + MARGIN)


def _unit(dtype: str) -> float:
    """The last place of an accumulator with the bits tried."""
    return 2.0**-11 if dtype == "float16" else 1.0


def _places(dtype: str) -> tuple[int, ...]:
    """Where the term that may get lost stands: in the block of the first or in another."""
    count = _count(dtype)
    return (1, 2, 4, 8, 16, count // 2, count // 2 + 1, count - 2)


def _swamped(dtype: str) -> Array:
    """For each width, place and sign the row M, ¾, -M."""
    unit = _unit(dtype)
    rows = [
        {
            0: sign * 2.0 ** (p - 1) * unit,
            place: sign * REST * unit,
            -1: -sign * 2.0 ** (p - 1) * unit,
        }
        for p in _widths(dtype)
        for place in _places(dtype)
        for sign in (1, -1)
    ]
    return _rows(dtype, *rows)


def _swamp(dtype: str) -> tuple[float, float]:
    """A number and units that, added up, get lost in it."""
    return {"float16": (2.0**15, 2.0**-14), "float64": (2.0**100, 1.0)}.get(dtype, (2.0**60, 1.0))


def _ordered(dtype: str) -> Array:
    """For each place but the first the row M, units, -M at the place, units."""
    large, unit = _swamp(dtype)
    return _rows(dtype, *({0: large, j: -large} for j in range(1, _count(dtype))), rest=unit)


def _ulp(dtype: str) -> float:
    """The ulp of 1."""
    return 2 * dtypes.format_of(dtype).unit_roundoff


def _halved(dtype: str) -> Array:
    """1 + ¾ ulp and 1 + ¼ ulp, and their negatives."""
    signs, parts = (1, 1, -1, -1), (REST, 1 - REST, REST, 1 - REST)
    terms = zip(signs, parts, strict=True)
    return _rows(dtype, *({0: sign, -1: sign * part * _ulp(dtype)} for sign, part in terms))


def _factors(dtype: str) -> tuple[Array, Array]:
    """Rows that select each number of few bits among the second factors, and products of two."""
    p = dtypes.format_of(dtype).p
    e = 2.0 ** -((p + 1) // 2)
    b = np.array([1.0, *(1 + 2.0**-j for j in range(1, p)), 1 + e, 1.0])
    a = np.eye(p + 2)
    a[p:] = 0
    a[p, [0, p]] = -(1 + 2 * e), 1 + e
    a[p + 1, [p, p + 1]] = 1 + e, -(1 + 2 * e)
    return a, np.stack([b, b], axis=1)


# -- The readings ----------------------------------------------------------------------------------


def _read_operands(declared: Declared, kept: Array) -> Reading:
    """The bits of the first operand that got through."""
    dtype = declared.case.dtype
    bits = range(1, dtypes.format_of(dtype).p)
    right = [got == 1 + 2.0**-j for got, j in zip(kept, bits, strict=True)]
    held = 1 + (right.index(False) if False in right else len(right))
    wanted = declared.operand_bits
    if held >= wanted:
        return Reading({"operand_bits": str(held)})
    how = f"(1 + 2**-{held}) · 1 gave {kept[held - 1]:.17g}"
    text = f"operands of {wanted} bits are declared, {held} measured: {how}"
    return Reading({"operand_bits": str(held)}, (text,))


def _read_factors(declared: Declared, found: Array) -> Reading:
    """The bits of the second operand, and whether products are rounded."""
    p = dtypes.format_of(declared.case.dtype).p
    reading = _read_operands(declared, found[1:p])
    products = "exact" if np.any(found[p:] != 0) else "rounded"
    return reading + Reading({"products": products})


def _read_accumulator(declared: Declared, swamped: Array) -> Reading:
    """The fewest bits that the accumulator shows anywhere, and how they are rounded to."""
    widths, unit = _widths(declared.case.dtype), _unit(declared.case.dtype)
    rests = swamped.reshape(len(widths), -1, 2) / unit
    known = filter(None, (_width(rests[:, place], widths) for place in range(rests.shape[1])))
    bits, rounding = min(known, default=(widths[-1], ""))
    if not rounding:
        return Reading({"accumulator_bits": f"≥ {bits}"})
    shown = f"2**{bits} + 0.75 - 2**{bits}, in units of {unit:g}, is not 0.75"
    reading = declared.holds("accumulation_rounding", rounding, shown)
    accumulator = declared.model.accumulator
    if bits < (wanted := dtypes.format_of(accumulator).p):
        text = f"an accumulator of {wanted} bits ({accumulator}) is declared, {bits} measured"
        reading += Reading({}, (f"{text}: {shown}",))
    return Reading({"accumulator_bits": str(bits)}) + reading


def _width(rests: Array, widths: range) -> tuple[int, str] | None:
    """The accumulator's bits and rounding by what was left, None where the sums never met."""
    if np.all(np.abs(rests) == REST):
        return None
    rests = np.where(np.isfinite(rests), rests, 0.0)  # M overflowed: no such width is held
    left = np.flatnonzero(np.any(rests != 0, axis=1))
    if left.size == 0:
        return widths[0] - 1, "unknown"
    up, down = rests[left[-1]]
    bits = widths[left[-1]]
    if max(abs(up), abs(down)) >= 2:  # directed away from zero: an ulp is left however wide M is
        return bits - int(np.log2(max(abs(up), abs(down)))), "up" if up > 0 else "down"
    return (bits + 1, "toward_zero") if abs(up) == abs(down) == 0.5 else (bits, "nearest")


ROUNDINGS = {
    (1, 0, -1, 0): "nearest",
    (0, 0, 0, 0): "toward_zero",
    (0, 0, -1, -1): "down",
    (1, 1, 0, 0): "up",
}
"""What the ``_halved`` sums come to, in ulps beyond ±1."""


def _read_result(declared: Declared, halved: Array) -> Reading:
    """How a sum that the accumulator holds is rounded to the dtype."""
    ulps = (halved - np.array([1, 1, -1, -1])) / _ulp(declared.case.dtype)
    rounding = ROUNDINGS.get(tuple(ulps.tolist()), "unknown")
    reading = Reading({"result_rounding": rounding})
    if rounding == "nearest" or declared.trait("accumulation_rounding") != "nearest":
        return reading
    how = f"1 + {REST} ulp came out as 1 + {ulps[0]:g} ulp, -1 - {REST} ulp as -1 + {ulps[2]:g} ulp"
    text = f"accumulation_rounding is declared nearest, results are rounded {rounding}: {how}"
    return reading + Reading({}, (text,))


def _read_order(dtype: str, ordered: Array) -> Reading:
    """The order, by how many terms stand below the node where the first one meets each other."""
    count, (_, unit) = _count(dtype), _swamp(dtype)
    below = count - ordered / unit
    places = np.arange(1, count)
    if not np.all(np.isfinite(below)):
        return Reading({"order": "hidden by overflow"})
    if np.all(below == 2):
        return Reading({"order": "hidden by the accumulator"})
    if np.array_equal(below, places + 1):
        return Reading({"order": "sequential"})
    if np.array_equal(below, 2 ** np.ceil(np.log2(places + 1))):
        return Reading({"order": "pairwise"})
    if np.all(below == count):
        return Reading({"order": "first term last, or all at once"})
    depth = len(set(below))
    if depth == count - 1:
        return Reading({"order": "sequential, permuted"})
    return Reading({"order": f"blocked, depth {depth} of {count - 1}"})
