"""Intermediates: whether an op of 16-bit floats keeps its steps in float32, or rounds each to 16.

Kept in float32, a result is rounded once: it lies within ½ ulp, but for what float32's own errors
add. The cases are such that rounding every step moves many results to other numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import oracle
from tensorcts.conformance.cases import Case
from tensorcts.conformance.compare import Comparison, compare
from tensorcts.conformance.properties.readings import Declared, Reading
from tensorcts.conformance.truths import Wrap
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import Interpreter
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.registry import Op
from tensorcts.tolerances import rules
from tensorcts.tolerances.model import NoiseModel

STEPS = "rounded steps"

SHAPES = ((9, 33), (64, 17), (33, 64), (129, 16), (16, 129), (257, 9))
"""Of the first array, tried until some show rounded steps; reductions may be along any axis."""

ENOUGH = 2
"""Calls that show them, since their attributes differ: softmax along one axis or another."""

MOVED = 16
"""Results that must move, so that some do as well where only one of several steps is rounded."""

WIDE = "float32"


def applies(op: Op, dtype: str) -> bool:
    """Whether the op may have intermediate results in the dtype: where its rule is derived."""
    if dtype not in dtypes.FLOATING or not dtypes.is_narrow(dtype) or op.family == "randoms":
        return False
    return (
        rules.rule_for(op, op.result_dtype(dtype, {"dtype": dtype}), _model(dtype)).kind
        == "derived"
    )


def cases(op: Op, dtype: str, drawn: Callable[[tuple[int, ...]], Case]) -> Iterator[Case]:
    """Calls of which many results show rounded steps; one call if none does."""
    if not applies(op, dtype):
        return
    tried = [replace(drawn(shape), probe=STEPS) for shape in SHAPES]
    yield from list(islice(filter(_shows, tried), ENOUGH)) or tried[:1]


def read(declared: Declared, outputs: tuple[NDArray[Any], ...]) -> Reading:
    """The dtype in which the steps were kept."""
    case, model = declared.case, declared.model
    if not _shows(case):
        return Reading({"intermediates": "none shown"})
    kept = _compared(declared, outputs, replace(model, stored=False, accumulator=WIDE))
    if kept.outcome != "fail":
        return Reading({"intermediates": WIDE})
    narrow = _compared(declared, outputs, replace(model, stored=True, accumulator=case.dtype))
    measured = {"intermediates": case.dtype if narrow.outcome != "fail" else "unknown"}
    if model.intermediates != WIDE:
        return Reading(measured)
    how = f"{case.describe()} at {list(kept.index or ())} is {kept.got}, truth {kept.truth}"
    text = f"intermediates in {WIDE} are declared, {measured['intermediates']} measured: {how}"
    return Reading(measured, (text,))


def _compared(
    declared: Declared, outputs: tuple[NDArray[Any], ...], model: NoiseModel
) -> Comparison:
    """The first output that fails by the tolerances of the model, or the last."""
    found = Comparison("pass")
    for got, wanted in zip(outputs, declared.expected(model), strict=True):
        found = compare(got, wanted, zero_sign=False, flush=declared.flush)
        if found.outcome == "fail":
            break
    return found


# -- What rounded steps lead to --------------------------------------------------------------------


@dataclass(frozen=True)
class Rounding(Noise):
    """Errors that are not drawn: each result is the nearest number of the dtype."""

    dtype: str = field(kw_only=True)

    def rounded(self, y: Any, ulps: Any) -> Any:
        """The nearest number, whatever the budget."""
        value = np.asarray(y)
        return dtypes.widen(dtypes.round_once(value, np.zeros(value.shape), self.dtype))

    def accumulated(self, y: Any, root: Any, terms: Any, along: int | None = None) -> Any:
        """A sum that is rounded once."""
        return self.rounded(y, 0.5)

    def scaled(self, y: Any, relative: Any, along: int | None = None) -> Any:
        """A product that is rounded once."""
        return self.rounded(y, 0.5)


def _shows(case: Case) -> bool:
    """Whether rounding each step to the dtype moves many of the results."""
    model = _model(case.dtype)
    steps = Rounding(
        model.budgets(case.dtype),
        dtypes.format_of(case.dtype),
        dtypes.format_of(model.accumulator),
        np.random.default_rng(0),
        dtype=case.dtype,
    )
    once, often = (_results(case, wrap) for wrap in (np.asarray, lambda a: Noisy(a, steps)))
    moved = [a.astype(np.float64) != b.astype(np.float64) for a, b in zip(once, often, strict=True)]
    return sum(map(np.count_nonzero, moved)) >= MOVED


def _results(case: Case, wrap: Wrap) -> list[NDArray[Any]]:
    """The definition's outputs, rounded to the dtype; the definition's own choices."""
    with np.errstate(all="ignore"):
        outputs = oracle.interpreted(case, oracle.options_of(case, {}), wrap)
    plain = [np.asarray(o.value if isinstance(o, Interpreter) else o) for o in outputs]
    return [dtypes.round_once(o, np.zeros(o.shape), case.dtype) for o in plain]


def _model(dtype: str) -> NoiseModel:
    """The model of a backend that declares nothing."""
    return NoiseModel.of(dtype, profile="opencl")
