"""Exact probes: arguments for which every order of summation gives the same, exact result.

integers    products of integers that stand for their places, so small that no partial sum rounds:
            a term that is dropped, doubled or swapped with another shows, however many there are
scaled      the same times a power of two: what is added to keep away from zero shows
selectors   factors of which one is 1, the others 0: what is selected must come out bit for bit
places      for ops that move data, arrays without two equal elements
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import summing
from tensorcts.conformance.cases import Arrays, Case
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op
from tensorcts.tolerances import rules
from tensorcts.tolerances.budgets import exact_ops
from tensorcts.tolerances.model import NoiseModel
from tensorcts.tolerances.rules import Rule

Array = NDArray[Any]

EXACT = {f"exact in {name}": name for name in dtypes.FLOATING}
"""The probes, and for each the format in which no partial sum rounds."""

SAMPLED = frozenset({
    "matmul", "einsum", "tensordot", "linear", "conv1d", "conv2d", "conv_transpose2d", "dot",
    "vdot", "vecdot", "outer", "kron", "mv", "bmm", "addmm", "baddbmm", "sum", "nansum", "trace",
    "cumulative_sum", "index_add", "scatter_add", "coo_matmul", "coo_sum", "csr_matvec",
    "csr_matmul", "csr_sampled_matmul",
})  # fmt: skip
"""Ops that are linear in each array of numbers, or in all of them together."""

MOVING = frozenset({"shaping", "joining", "indexing", "scattering", "slicing", "movements", "grids",
                    "masking", "matrices"})  # fmt: skip
"""Families whose ops move numbers as they are, where they are exact."""

INDICES = frozenset({"index", "indices", "columns", "row_starts"})
"""Parameters that hold no numbers to compute with."""

SHAPES = ((16, 16), (3, 257))
MOVED_SHAPES = ((64, 64), (3, 1025), (2, 33, 65))
TERMS, SHORT = 4096, 64
"""How many terms the longest sums have, and those in formats of few bits.

One of 4096 equal terms that is dropped is far below what a tolerance can show.
"""

MOST = 997
"""The largest integer in arrays of integers, whose sums wrap and are exact anyway."""


def applies(op: Op, dtype: str, usual: str) -> bool:
    """Whether the op has probes in the dtype."""
    return op.name in summing.SUMS | SAMPLED or (moves(op) and dtype == usual)


def moves(op: Op) -> bool:
    """Whether the op moves its elements as they are."""
    return op.family in MOVING and op.name in exact_ops()


def accumulators(dtype: str) -> tuple[str, ...]:
    """The formats that an honest backend may accumulate the dtype in."""
    own = dtypes.component(dtype) if dtypes.is_inexact(dtype) else "float64"
    return (own, "float32") if dtypes.is_narrow(dtype) else (own,)


def cases(
    op: Op, dtype: str, drawn: Callable[[tuple[int, ...]], Case], seed: int
) -> Iterator[Case]:
    """The probes of an op in a dtype; ``drawn`` gives a sample of it for a shape."""
    if moves(op):
        yield from (placed(drawn(shape)) for shape in MOVED_SHAPES)
        return
    for accumulator in accumulators(dtype):
        samples = (drawn(shape) for shape in SHAPES if op.name in SAMPLED)
        yield from filter(None, (integers(sample, accumulator) for sample in samples))
        if op.name in summing.SUMS:
            yield from long_sums(op, dtype, accumulator)
    yield from selectors(op, dtype, seed)


def rule_for(case: Case, result: str, model: NoiseModel) -> Rule:
    """The rule for a case's results of the dtype ``result``: exact where it probes."""
    if case.probe in EXACT:
        return Rule("exact", "no partial sum rounds: the same in any order")
    return rules.rule_for(case.op, result, model)


def beyond(case: Case, model: NoiseModel) -> str:
    """Why a backend of that model need not be exact in a case, or "" where it must."""
    if case.probe not in EXACT:
        return ""
    needed = dtypes.format_of(EXACT[case.probe]).p
    kept = [model.accumulator, *([dtypes.component(model.dtype)] if model.stored else [])]
    held = min(dtypes.format_of(name).p for name in kept)
    if held < needed:
        return f"{needed} bits are needed, {held} are declared"
    taken = operand_bits(case) if model.operand_bits is not None else 0
    if taken > (model.operand_bits or 0):
        return f"the operands have {taken} bits, {model.operand_bits} are declared"
    return ""


# -- Integers --------------------------------------------------------------------------------------


def integers(case: Case, accumulator: str, *, divisor: int = 1) -> Case | None:
    """The case with integers for numbers, as large as the accumulator allows; None if none fit.

    divisor: what the sum is divided by at the end.
    """
    attrs = {key: 2.0 if key in case.op.lifted else value for key, value in case.attrs.items()}
    case = replace(case, attrs=attrs)
    largest = _largest(case, accumulator, divisor)
    if largest < 1:
        return None
    filled = _filled(case, lambda shape, place: coded(shape, case.dtype, largest, place))
    probe = f"exact in {accumulator}" if dtypes.is_inexact(case.dtype) else ""
    return replace(case, arrays=filled, probe=probe)


def _largest(case: Case, accumulator: str, divisor: int) -> int:
    """The largest integer for which the sum of all sizes still fits into the accumulator.

    The definition itself counts: of ones it gives the number of terms, of twos how many factors.
    """
    if not dtypes.is_inexact(case.dtype):
        return MOST
    ones, twos = (_sum_of_sizes(case, size) * divisor for size in (1.0, 2.0))
    if ones == 0:
        return 0
    factors = math.ceil(math.log2(twos / ones))
    parts = 2.0**factors if dtypes.is_complex(case.dtype) else 1.0
    own = dtypes.format_of(case.dtype)
    room = 2.0 ** dtypes.format_of(accumulator).p / (ones * parts)
    return int(min(room ** (1 / factors), 2.0**own.p, own.max))


def _sum_of_sizes(case: Case, size: float) -> float:
    arrays = _filled(case, lambda shape, place: np.full(shape, size))
    return float(np.max(np.abs(case.op.function(*arrays, **case.attrs)), initial=0.0))


def _filled(case: Case, fill: Callable[[tuple[int, ...], int], Array]) -> Arrays:
    """The arrays with others in the place of those that hold numbers, not indices or masks."""
    names = [p.name for p in case.op.signature.parameters.values()]
    number = dtypes.numpy_dtype(case.dtype)
    return tuple(
        fill(a.shape, place)
        if a is not None and a.dtype == number and names[min(place, len(names) - 1)] not in INDICES
        else a
        for place, a in enumerate(case.arrays)
    )


def coded(shape: tuple[int, ...], dtype: str, largest: int, place: int) -> Array:
    """Integers from 1 to ``largest`` that stand for their places: neighbours are never equal.

    Signed ones have signs, complex ones two such parts. ``place``: the array's own.
    """
    if dtypes.is_complex(dtype):
        part = dtypes.component(dtype)
        real, imag = (coded(shape, part, largest, place + i) for i in (0, 7))
        return dtypes.of_parts(real, imag, dtype)
    target = dtypes.numpy_dtype(dtype)
    largest = min(largest, int(np.iinfo(target).max)) if dtype in dtypes.INTEGER else largest
    counted = np.arange(math.prod(shape)).reshape(shape) + 11 * place
    step = max(round(largest * 0.618), 1)
    step += next(n for n in range(largest) if math.gcd(step + n, largest) == 1)
    values = 1 + counted * step % largest
    if dtype == "bool":
        return np.asarray(values % 3 != 0)
    negative = (counted * 40503 >> 7) % 2 if dtype not in dtypes.UNSIGNED else 0
    return np.asarray(values * (1 - 2 * negative)).astype(target)


def long_sums(op: Op, dtype: str, accumulator: str) -> Iterator[Case]:
    """Sums of very many integers, and of the same times a power of two."""
    count = TERMS if dtypes.format_of(accumulator).p > SHORT.bit_length() + 4 else SHORT
    number = dtypes.numpy_dtype(dtype)
    a, b = (np.ones(shape).astype(number) for shape in ((3, count), (count, 2)))
    mean = op.name in summing.MEANS
    plain = summing.call(op.name, dtype, a, b)
    case = integers(plain, accumulator, divisor=count if mean else 1)
    if case is None:
        return
    yield case
    if dtypes.is_inexact(dtype) and not mean:
        yield _scaled(case)


def _scaled(case: Case) -> Case:
    """The case with all numbers times a power of two, whose squares still are normal."""
    scale = 2.0 ** (dtypes.format_of(case.dtype).emin // 3)

    def smaller(_: tuple[int, ...], place: int) -> Array:
        array = case.arrays[place]
        assert array is not None
        return np.asarray((dtypes.widen(array) * scale).astype(array.dtype))

    return replace(case, arrays=_filled(case, smaller))


# -- Selectors -------------------------------------------------------------------------------------

SELECTED = 33
"""How many numbers are selected: one more than a tile's side."""


def selectors(op: Op, dtype: str, seed: int) -> Iterator[Case]:
    """Products in which each sum has one term that is not zero: a number times 1."""
    if op.name not in summing.PRODUCTS or not dtypes.is_inexact(dtype):
        return
    generator = np.random.default_rng([seed, 5])
    order = generator.permutation(SELECTED)
    one = np.eye(SELECTED)[order].astype(dtypes.numpy_dtype(dtype))
    numbers = _full_precision(generator, one.shape, dtype)
    for a, b in ((one, numbers), (numbers, one)):
        case = summing.call(op.name, dtype, a, b)
        yield replace(case, probe=f"exact in {dtypes.component(dtype)}")


def _full_precision(generator: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    """Numbers from 1 to 2 whose last bits are random."""
    part = dtypes.component(dtype)
    parts = [(1 + generator.random(shape)).astype(dtypes.numpy_dtype(part)) for _ in range(2)]
    return dtypes.of_parts(parts[0], parts[1], dtype) if dtypes.is_complex(dtype) else parts[0]


def operand_bits(case: Case) -> int:
    """How many significand bits the numbers of a case need."""
    wide = [dtypes.widen(a) for a in case.arrays if a is not None]
    parts = [part(a) for a in wide if a.dtype.kind in "fc" for part in (np.real, np.imag)]
    return max((int(np.max(_bits(part), initial=0)) for part in parts), default=0)


def _bits(x: NDArray[np.float64]) -> Any:
    """For each number the bits from its first 1 to its last."""
    significand = np.ldexp(np.frexp(x)[0], 53).astype(np.int64)
    return np.where(x == 0, 0, 53 - np.log2(np.maximum(significand & -significand, 1)))


# -- Movement --------------------------------------------------------------------------------------


def placed(case: Case) -> Case:
    """The case with arrays without two equal elements, among all of them together."""

    def distinct(shape: tuple[int, ...], place: int) -> Array:
        counted = np.arange(1, math.prod(shape) + 1).reshape(shape) + place * 2**20
        signed = counted * np.where(counted % 2, 1.0, -1.0)
        return np.asarray(signed.astype(dtypes.numpy_dtype(case.dtype)))

    return replace(case, arrays=_filled(case, distinct))
