"""The cases of gradients: an op's own samples, with cotangents drawn for its results."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import values
from tensorcts.conformance.cases import Arrays, Case
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.properties import repeating
from tensorcts.conformance.samplers import Sample
from tensorcts.conformance.samplers.casts import CASTS
from tensorcts.conformance.samplers.elementwise import ELEMENTWISE
from tensorcts.reference import dtypes, gradients, registry, subgradients
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.registry import BACKWARD, Op

SHAPES: tuple[tuple[int, ...], ...] = (
    (), (3,), (0, 3), (17, 5), (1,), (9, 33), (0,), (2, 3, 4), (65,), (3, 1, 2, 2), (2, 3),
)  # fmt: skip

DRAWN: tuple[tuple[int, ...], ...] = ((7,), (5, 6), (2, 3, 4), (19, 2), (33,), (3, 17))
"""More, filled in whatever style the seed gives."""

ORDERING = frozenset({"sorting", "statistics"})
"""Families of ops that pick elements by their order: several equal ones leave too much open."""

COALESCED = ("coo_add", "coo_multiply", "csr_matmul_csr")
"""Ops that choose which zeros they store: a cotangent fits none but their own results."""

TURNED = ("sinc",)
"""Ops that are not differentiated in 16 bits, as πx is off by much of a turn there."""

REPEATED = ("softmax", "matmul", "layer_norm", "gelu", "sum", "take")
"""Ops whose gradients are repeated under every seed: those of a transformer."""

TURN, SMALL = 4, (3, 5)
"""Each family's turn comes once in so many seeds, with small arrays."""

Sampled = Callable[..., tuple[Case, Draw]]
"""A sample of the op by the options of a draw, and that draw."""


def applies(op: Op, dtype: str, order: int) -> bool:
    """Whether the op has a gradient of the order; casts have a first, the second has two dtypes."""
    of_order = order == 1 or op.name not in CASTS
    has_one = op.differentiable and op.name not in COALESCED
    has_one &= not (op.name in TURNED and dtypes.is_narrow(dtype))
    return has_one and dtype in gradients.DTYPES and dtype in op.dtypes and of_order


def cases(op: Op, dtype: str, sampled: Sampled, order: int, *, usual: bool) -> Iterator[Case]:
    """The cases of a gradient of the order: shapes, draws, special values.

    usual: whether the dtype is the one that is tried most; where few yield none all are tried.
    """
    fewer = 7 if dtypes.is_complex(dtype) else 2 * order + 2
    for every in (order,) if usual else (fewer, order):
        options = _options(op, dtype, every)
        found = (differentiated(*sampled(**each), order) for each in options)
        some = [case for case in found if case is not None]
        if some:
            yield from some
            return


def _options(op: Op, dtype: str, every: int) -> Iterator[dict[str, Any]]:
    """What to ask samples for; of so many options one."""
    styles = values.MILD[:2] if op.family in ORDERING else _styles(dtype)
    special = ("moderate_special",)
    for shape in SHAPES[::every]:
        yield {"shape": shape, "styles": values.MILD[:2]}
    for turn, shape in enumerate(DRAWN[::every], 1):
        yield {"shape": shape, "styles": styles, "turn": turn}
    for lone, shape in enumerate(DRAWN[: len(values.lones(dtype)) : every]):
        strewn = len(values.PATTERNS) * lone
        yield {"shape": shape, "styles": special, "turn": len(DRAWN) + 1, "lone": strewn}
    yield {"shape": DRAWN[-1], "styles": special, "turn": len(DRAWN) + 2}


TURNS = 32
"""Samples among which one has a gradient that nothing leaves open."""


def _styles(dtype: str) -> Sequence[str]:
    """All mild ones; in 16 bits none of mean 100, whose products step by more than exp can take."""
    return [s for s in values.MILD if s != "offset" or not dtypes.is_narrow(dtype)]


def is_repeated(op: Op, dtype: str, seed: int) -> bool:
    """Whether the op's gradient is repeated: families take turns by seed, and so do their ops."""
    if op.name in REPEATED or not applies(op, dtype, 1):
        return op.name in REPEATED
    families = _differentiable(dtype)
    turn, waiting = divmod(seed + list(families).index(op.family), TURN)
    ops = families[op.family]
    return waiting == 0 and ops[turn % len(ops)] == op.name


@cache
def _differentiable(dtype: str) -> dict[str, list[str]]:
    """The ops that have a gradient in the dtype, by family."""
    families: dict[str, list[str]] = {}
    for op in registry.all_ops():
        if applies(op, dtype, 1):
            families.setdefault(op.family, []).append(op.name)
    return families


def repeated(op: Op, sampled: Sampled) -> Iterator[Case]:
    """The gradient from eight threads and a thousand times, of the first sample that has one."""
    shape = repeating.SHAPE if op.name in REPEATED else SMALL
    samples = (sampled(shape=shape, styles=values.MILD[:1], turn=turn) for turn in range(TURNS))
    found = (differentiated(*sample, 1) for sample in samples)
    for case in itertools.islice((case for case in found if case is not None), 1):
        yield replace(case, probe=repeating.THREADS)
        yield replace(case, probe=repeating.MEMORY)


def of_samples(samples: Iterable[Case], draw: Draw) -> Iterator[Case]:
    """The gradients of calls that are made already."""
    found = (differentiated(case, draw, 1) for case in samples)
    return (case for case in found if case is not None)


def of_pools(pools: Iterable[Sample], draw: Draw) -> Iterator[Case]:
    """Those of an elementwise op with its special values."""
    return of_samples((_moderate(Case(draw.op, draw.dtype, *pool)) for pool in pools), draw)


def _moderate(case: Case) -> Case:
    """The elements without very large and very small numbers: formulas overflow beside those."""
    arrays = [a for a in case.arrays if a is not None]
    results = _results(case, [dtypes.widen(a) for a in arrays])
    kept = np.logical_and.reduce([_is_moderate(a) for a in (*arrays, *results)])
    for number in _rounded(case):  # a kink between it and the attribute's own value
        kept &= np.logical_and.reduce([a != number for a in arrays])
    return replace(case, arrays=tuple(a[kept] for a in arrays))


def _rounded(case: Case) -> NDArray[Any]:
    """The attributes that are no numbers of the dtype, rounded to it."""
    reals = [value for value in case.attrs.values() if isinstance(value, float)]
    with np.errstate(over="ignore"):
        rounded = np.array(reals).astype(dtypes.numpy_dtype(dtypes.component(case.dtype)))
    return rounded[rounded.astype(np.float64) != reals]


def _is_moderate(array: NDArray[Any]) -> NDArray[np.bool_]:
    size = np.abs(dtypes.widen(np.asarray(array)))
    return np.asarray(~np.isfinite(size) | (size == 0) | ((size > 2**-9) & (size < 2**9)))


def differentiated(case: Case, draw: Draw, order: int) -> Case | None:
    """The case of the op's gradient, with cotangents of each order; None where it has none.

    It has none where nothing carries a gradient, or the arguments are the backend's to refuse.
    """
    for _ in range(order):
        found = _once(case, draw)
        if found is None:
            return None
        case = found
    return case


def _once(case: Case, draw: Draw) -> Case | None:
    arrays = _all_given(case.op, case.arrays)
    wide = [None if a is None else dtypes.widen(a) for a in arrays]
    if not any(map(carries_gradient, wide)) or _is_open(case, wide):
        return None
    rounded = _rounded(case).astype(np.float64)
    if np.any(rounded == 0):  # as an eps of 1e-12 is in float16
        return None
    if any(np.any(np.isin(dtypes.widen(a), rounded)) for a in _floats(arrays)):
        return None  # a kink at the attribute's own value may lie on either side of it
    try:
        results = _results(case, wide)
    except (ValueError, IndexError):
        return None
    component = dtypes.component(case.dtype)
    if any(dtypes.component(dtypes.name_of(a.dtype)) != component for a in _floats(arrays)):
        return None
    names = [_dtype(case, n) for n, r in enumerate(results) if np.asarray(r).dtype.kind in "fc"]
    if not names or any(name not in gradients.DTYPES for name in names):
        return None
    shapes = [np.shape(r) for r in results if carries_gradient(r)]
    cotangents = [
        draw.array(shape, dtype=name, styles=("normal",))
        for shape, name in zip(shapes, names, strict=True)
    ]
    op = registry.get(case.op.name + BACKWARD)
    return replace(case, op=op, arrays=(*arrays, *cotangents))


def _results(case: Case, wide: Sequence[Any]) -> list[Any]:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # np.mean of nothing warns by itself
        return list(gradients.outputs(case.op, wide, case.attrs))


def _floats(arrays: Arrays) -> list[NDArray[Any]]:
    return [a for a in arrays if a is not None and dtypes.is_inexact(dtypes.name_of(a.dtype))]


def _is_open(case: Case, wide: Sequence[Any]) -> bool:
    """Whether a result, which elements reach from all over, is implementation-defined."""
    if case.op.name in ELEMENTWISE or gradients.is_backward(case.op):
        return False
    with np.errstate(all="ignore"):
        found = [choice for choice, _ in subgradients.open_results(case.op, wide, case.attrs)]
    return any(c.output is None or _is_float(case, c.output) for c in found)


def _is_float(case: Case, output: int) -> bool:
    return dtypes.is_inexact(_dtype(case, output))


def _dtype(case: Case, output: int) -> str:
    """The dtype of a result; of outputs that are as many as the arrays say all are alike."""
    several = isinstance(case.op.result, tuple)
    return case.op.result_dtype(case.dtype, case.attrs, output if several else 0)


def _all_given(op: Op, arrays: Arrays) -> Arrays:
    """The arrays, None for optional ones that were left out: cotangents come behind all."""
    parameters = op.signature.parameters.values()
    fixed = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    return (*arrays, *(None for _ in fixed[len(arrays) :]))
