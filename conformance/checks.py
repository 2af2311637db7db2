"""The checks: each op in each dtype is tried in several ways, and each way yields cases.

special_values  every special value (every pair for two arguments), or arrays strewn with them
shapes          empty, 0-d, size-1, odd, tile-sized and larger shapes
layouts         transposed, strided, offset and reversed arrays
bad_arguments   calls that break a constraint and must raise (in one dtype of each op)
aliasing        writes through results and arguments, further calls (in one dtype of each op)
distribution    random numbers by the thousand: their statistics, seeds and independence
probes          sums that are exact in any order, selected and position-coded elements
gradient        cotangents pulled back: shapes, special values, cases drawn from the seed
second_order    the same of the gradient; both with fewer cases in all dtypes but one
properties      what the backend is: widths, orders and roundings measured, claims refuted
random          cases drawn by Hypothesis, shrunk to the simplest one that fails

An op's essentials, which every seed tries, stand under special_values or shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import aliasing, cotangents, distributions, probes, properties, values
from tensorcts.conformance.cases import Case
from tensorcts.conformance.draws import Draw, hash_of_text, seeded
from tensorcts.conformance.layouts import LAYOUTS, REPEATED, repeating
from tensorcts.conformance.samplers import all_essentials, all_refusers, all_samplers
from tensorcts.conformance.samplers.casts import CASTS, cast_arguments
from tensorcts.conformance.samplers.elementwise import ELEMENTWISE, special_arguments
from tensorcts.conformance.samplers.randoms import many
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op, all_ops
from tensorcts.tolerances.budgets import exact_ops
from tensorcts.tolerances.rules import PRODUCTS

SHAPES: tuple[tuple[int, ...], ...] = (
    (), (0,), (1,), (3,), (0, 3), (3, 0), (1, 1), (2, 3), (7, 1), (16, 16), (17, 5), (31, 33),
    (64,), (255,), (256,), (257,), (1025,), (2, 3, 4), (3, 3, 3), (3, 1, 2, 2), (2, 0, 3), (5, 129),
)  # fmt: skip
"""Curated shapes of the first argument: around the sizes of vectors, work-groups and tiles."""

LONG: tuple[tuple[int, ...], ...] = ((32,), (1023,), (1024,), (4097,), (3, 256))
"""More of them for ops of families that go over rows, whose kernels split them up."""

LONG_FAMILIES = frozenset({"reductions", "nan_reductions", "norms", "scans", "statistics"})

SMALL = 200
"""Elements of a curated shape up to which arbitrary-precision truth is quick."""

SPECIAL_DRAWS = 6
LAYOUT_SHAPES: tuple[tuple[int, ...], ...] = ((5, 6), (3, 4, 5))


@dataclass(frozen=True)
class Test:
    """One test: an op in a dtype under a check."""

    op: Op
    dtype: str
    check: str

    __test__ = False  # not for pytest to collect

    @property
    def id(self) -> str:
        """The name one selects it by: softmax-float32-special_values."""
        return f"{self.op.name}-{self.dtype}-{self.check}"

    def seed(self, seed: int) -> int:
        """The test's own seed under a run's seed."""
        return hash_of_text(f"{self.id} {seed}")


def all_tests() -> Iterator[Test]:
    """Every test, op by op."""
    for op in all_ops():
        for dtype in op.dtypes:
            for check in checks_of(op, dtype):
                yield Test(op, dtype, check)


def checks_of(op: Op, dtype: str) -> tuple[str, ...]:
    """The checks that an op has in a dtype."""
    return tuple(check for check in CHECKS if _applies(check, op, dtype))


def usual_dtype(op: Op) -> str:
    """The dtype that stands for all where they make no difference: float32 if the op has it."""
    return "float32" if "float32" in op.dtypes else op.dtypes[0]


def _applies(check: str, op: Op, dtype: str) -> bool:
    random_numbers = op.family == distributions.FAMILY
    match check:
        case "distribution":
            return random_numbers
        case "special_values":
            return not random_numbers
        case "layouts":
            return _takes_arrays(op)
        case "bad_arguments":
            return op.name in all_refusers() and dtype == usual_dtype(op)
        case "probes":
            return probes.applies(op, dtype, usual_dtype(op))
        case "properties":
            return properties.applies(op, dtype, usual_dtype(op))
        case "gradient":
            return cotangents.applies(op, dtype, 1)
        case "second_order":
            return cotangents.applies(op, dtype, 2)
        case "aliasing":
            return _takes_arrays(op) and dtype == usual_dtype(op)
    return True


def cases(test: Test, seed: int) -> Iterator[Case]:
    """The curated cases of a test (none for ``random``)."""
    return CURATED[test.check](test, seed) if test.check in CURATED else iter(())


def sample(test: Test, draw: Draw, layout: str | None = None) -> Case:
    """A case whose arguments are drawn."""
    arrays, attrs = all_samplers()[test.op.name](draw)
    return Case(test.op, test.dtype, arrays, attrs, layout)


def curated(test: Test, shape: tuple[int, ...]) -> Case:
    """A case of ordinary numbers whose first array has the shape, as far as the op allows it."""
    return sample(test, _curated(test, 0, shape=shape, styles=values.MILD[:1]))


def styles(test: Test) -> Sequence[str]:
    """The styles of value that a test's op is tried with."""
    exact = test.op.name in exact_ops()
    if dtypes.is_complex(test.dtype) and (not exact or test.op.name in PRODUCTS):
        return values.MILD
    whole_range = test.op.name in ELEMENTWISE or exact
    return values.STYLES if whole_range or not dtypes.is_inexact(test.dtype) else values.MILD


def special_style(test: Test) -> str:
    """Special values, but for sums and products without those whose order decides on overflow."""
    return "special" if set(styles(test)) == set(values.STYLES) else "moderate_special"


def _special_values(test: Test, seed: int) -> Iterator[Case]:
    draw = _curated(test, seed, styles=(special_style(test),))
    if test.op.name in ELEMENTWISE | CASTS:
        arguments = cast_arguments if test.op.name in CASTS else special_arguments
        for arrays, attrs in arguments(draw):
            yield Case(test.op, test.dtype, arrays, attrs)
        return
    for number in range(SPECIAL_DRAWS):
        yield sample(test, _curated(test, seed + number, styles=(special_style(test),)))
    for lone in range(len(values.lones(test.dtype)) * len(values.PATTERNS)):
        draw = _curated(test, seed + SPECIAL_DRAWS + lone, styles=(special_style(test),), lone=lone)
        yield sample(test, draw)
    yield from _essentials(test, seed, "special_values")


def _shapes(test: Test, seed: int) -> Iterator[Case]:
    for shape in SHAPES + (LONG if test.op.family in LONG_FAMILIES else ()):
        if test.dtype in ("float64", "complex128") and np.prod(shape) > SMALL:
            continue
        draw = _curated(test, seed, shape=shape, styles=values.MILD[:2])
        yield sample(test, draw)
    yield from _essentials(test, seed, "shapes")


def _essentials(test: Test, seed: int, check: str) -> Iterator[Case]:
    """The samples that every seed tries under a check."""
    if (test.op.name, check) in all_essentials():
        draw = _curated(test, seed, styles=values.MILD[:1])
        for arrays, attrs in all_essentials()[test.op.name, check](draw):
            yield Case(test.op, test.dtype, arrays, attrs)


def _layouts(test: Test, seed: int) -> Iterator[Case]:
    for number, layout in enumerate(LAYOUTS):
        for shape in LAYOUT_SHAPES:  # other values and attributes for most
            draw = _curated(test, seed, shape=shape, styles=values.MILD[:2], turn=number % 3)
            case = sample(test, draw, layout)
            if layout != REPEATED:
                yield case
            elif dtypes.is_inexact(test.dtype):  # integers may be indices, which must be distinct
                yield replace(case, arrays=tuple(map(_repeating_numbers, case.arrays)))


def _repeating_numbers(array: NDArray[Any] | None) -> NDArray[Any] | None:
    """The array with equal slices, where it holds numbers; indices and masks as they are."""
    return array if array is None or array.dtype.kind in "biu" else repeating(array)


def _bad_arguments(test: Test, seed: int) -> Iterator[Case]:
    draw = _curated(test, seed, styles=values.MILD[:1])
    for wrong in all_refusers()[test.op.name](draw):
        label = f"{wrong.constraint}: {wrong.reason}"
        yield Case(test.op, test.dtype, wrong.arrays, wrong.attrs, refused=label)


def _aliasing(test: Test, seed: int) -> Iterator[Case]:
    for probe in aliasing.probes(test.op):
        for shape in LAYOUT_SHAPES:
            draw = _curated(test, seed, shape=shape, styles=values.MILD[:1])
            case = replace(sample(test, draw), probe=probe)
            if case.arrays and case.arrays[0] is not None:
                yield case
        yield from (replace(case, probe=probe) for case in _essentials(test, seed, "shapes"))


def _distribution(test: Test, seed: int) -> Iterator[Case]:
    draw = _curated(test, seed, styles=values.MILD[:1])
    for attrs in many(draw):
        for probe in distributions.PROBES:
            yield Case(test.op, test.dtype, (), attrs, probe=probe)


def _probes(test: Test, seed: int) -> Iterator[Case]:
    return probes.cases(test.op, test.dtype, _mild(test, seed), seed)


def _properties(test: Test, seed: int) -> Iterator[Case]:
    own = (test.op, test.dtype)
    yield from properties.cases(*own, _mild(test, seed), _odd(test, seed), usual_dtype(test.op))
    usual = test.dtype == usual_dtype(test.op)
    if usual and cotangents.is_repeated(test.op, test.dtype, seed):
        yield from cotangents.repeated(test.op, partial(_sampled, test, seed))


def _odd(test: Test, seed: int) -> Iterator[Case]:
    """Cases of other checks in which more than ordinary numbers occur."""
    yield from _essentials(test, seed, "shapes")
    for check in ("special_values", "bad_arguments"):
        if _applies(check, test.op, test.dtype):
            yield from CURATED[check](test, seed)


def _gradient(test: Test, seed: int) -> Iterator[Case]:
    yield from _of_order(test, seed, 1)
    draw = _curated(test, seed, styles=values.MILD[:1], turn=len(SHAPES))
    yield from cotangents.of_samples(_essentials(test, seed, "shapes"), draw)
    if test.op.name in ELEMENTWISE:
        yield from cotangents.of_pools(special_arguments(draw), draw)


def _second_order(test: Test, seed: int) -> Iterator[Case]:
    return _of_order(test, seed, 2)


def _of_order(test: Test, seed: int, order: int) -> Iterator[Case]:
    usual = test.dtype == usual_dtype(test.op)
    sampled = partial(_sampled, test, seed)
    return cotangents.cases(test.op, test.dtype, sampled, order, usual=usual)


def _sampled(test: Test, seed: int, **options: Any) -> tuple[Case, Draw]:
    draw = _curated(test, seed, **options)
    return sample(test, draw), draw


def _mild(test: Test, seed: int) -> Callable[[tuple[int, ...]], Case]:
    """What gives, for a shape, a sample of ordinary numbers."""

    def drawn(shape: tuple[int, ...]) -> Case:
        return sample(test, _curated(test, seed, shape=shape, styles=values.MILD[:1]))

    return drawn


CURATED: dict[str, Callable[[Test, int], Iterator[Case]]] = {
    "special_values": _special_values,
    "shapes": _shapes,
    "layouts": _layouts,
    "bad_arguments": _bad_arguments,
    "aliasing": _aliasing,
    "distribution": _distribution,
    "probes": _probes,
    "gradient": _gradient,
    "second_order": _second_order,
    "properties": _properties,
}
CHECKS = (*CURATED, "random")
GRADIENTS = ("gradient", "second_order")


def _curated(test: Test, seed: int, **options: Any) -> Draw:
    """A draw from a generator seeded by the test's own seed."""
    return seeded(test.op, test.dtype, test.seed(seed), **options)


def _takes_arrays(op: Op) -> bool:
    return any(p.kind is not p.KEYWORD_ONLY for p in op.signature.parameters.values())
