"""Options: which one a backend takes is read from its results, and refutes another one declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import Test, cases, usual_dtype
from tensorcts.conformance.execute import execute
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.conformance.properties import options
from tensorcts.reference import registry

Op = Callable[..., Any]


class Mine(NumpyBackend):
    def __init__(self, replaced: Mapping[str, Op], traits: Mapping[str, str]) -> None:
        super().__init__()
        self._replaced, self._traits = replaced, traits

    @property
    def capabilities(self) -> Capabilities:
        own = super().capabilities
        return Capabilities(own.device, own.dtypes, traits=self._traits)

    @property
    def ops(self) -> Mapping[str, Op]:
        return {**super().ops, **self._replaced}


def measured(trait: str, op: str, wrong: Op | None = None, **traits: str) -> list[Judgement]:
    """The judgements of the cases about a trait."""
    integers = trait.startswith("integer_")
    backend = Mine({op: wrong} if wrong else {}, traits)
    judge = Judge(backend.capabilities, lambda case: execute(backend, case), Cache(None))
    dtype = "int32" if integers else usual_dtype(registry.get(op))
    found = cases(Test(registry.get(op), dtype, "properties"), 0)
    return [judge(case) for case in found if options.PROBES.get(case.probe) == trait]


def figures(found: list[Judgement], trait: str) -> set[str]:
    return {each.measured[trait] for each in found if each.measured}


def clamped(op: str) -> Op:
    def function(x: Any, index: Any, *, axis: int) -> Any:
        limit = x.shape[axis]
        wrapped = np.where(index < 0, index + limit, index)
        return OPS[op](x, np.clip(wrapped, 0, limit - 1), axis=axis)

    return function


def first_of_equals(x: Any, *, axis: int) -> Any:
    """Running maxima, each with the place where it was met first."""
    values, _ = OPS["cummax"](x, axis=axis)
    rows, run = np.moveaxis(x, axis, -1), np.moveaxis(values, axis, -1)
    same = (run[..., :, None] == rows[..., None, :]) | np.isnan(
        run[..., :, None] + rows[..., None, :]
    )
    return values, np.moveaxis(np.argmax(same, axis=-1), -1, axis).astype(np.int64)


FREE = ("cast_out_of_range", "scatter_duplicates", "unique_order")
"""Traits one of whose options admits what the others give."""

TAKEN: dict[str, tuple[str, str, Op | None, str]] = {
    "an index is refused": ("out_of_range_index", "take", None, "raises"),
    "an index is clamped": ("out_of_range_index", "take", clamped("take"), "clamp"),
    "NaN first": ("nan_in_descending_order", "sort", None, "first"),
    "the first of equal ones": ("running_extreme_tie", "cummax", first_of_equals, "first"),
    "the last of equal ones": ("running_extreme_tie", "cummax", None, "last"),
    "the last of several writes": ("scatter_duplicates", "scatter", None, "last"),
    "a quotient of zero": ("integer_division_by_zero", "floor_divide", None, "zero"),
    "distinct values in order": ("unique_order", "unique_values", None, "ascending"),
    "NaN from infinity": ("softsign_at_infinity", "softsign", None, "nan"),
    "past e5m2": ("float8_e5m2_overflow", "astype", None, "infinity"),
    "no rule for casts": ("cast_out_of_range", "astype", None, "any"),
}
"""For each the trait, the op, what computes it (the backend's own if None) and the figure."""


@pytest.mark.parametrize("name", TAKEN)
def test_the_option_taken_is_measured(name: str) -> None:
    trait, op, wrong, option = TAKEN[name]
    found = measured(trait, op, wrong, **{trait: option})
    assert figures(found, trait) == {option}
    assert {each.verdict for each in found} == {"pass"}


@pytest.mark.parametrize("name", [n for n in TAKEN if TAKEN[n][0] not in FREE])
def test_another_option_that_is_declared_is_refuted(name: str) -> None:
    trait, op, wrong, option = TAKEN[name]
    choice = next(c for c in registry.get(op).choices if c.trait == trait)
    other = next(o for o in choice.options if o != option)
    found = measured(trait, op, wrong, **{trait: other})
    assert "property-mismatch" in {each.verdict for each in found}
    assert any(f"{trait} is {other}, measured {option}" in each.message for each in found)


def test_a_mismatch_reaches_the_record_with_a_reproducer(
    faulty: Any, judged: Any, rerun: Any
) -> None:
    (result,) = judged(faulty({"cummax": first_of_equals}), "cummax-float32-properties")
    assert result.verdict == "property-mismatch"
    assert result.measured["running_extreme_tie"] == "first"
    assert rerun(result.reproducer) == 1


def test_an_option_that_admits_everything_is_refuted_by_nothing() -> None:
    found = measured("scatter_duplicates", "scatter", scatter_duplicates="any_of_them")
    assert figures(found, "scatter_duplicates") == {"last"}
    assert {each.verdict for each in found} == {"pass"}


def test_what_fits_no_option_has_no_figure() -> None:
    """It fails the other checks."""
    found = measured("sign_of_nan", "sign", lambda x: OPS["sign"](x) + x.dtype.type(5))
    assert found and not any(each.measured for each in found)
    assert {each.verdict for each in found} == {"pass"}


def test_every_choice_of_the_registry_has_a_probe() -> None:
    traits = {choice.trait for op in registry.all_ops() for choice in op.choices}
    assert traits - set(options.PROBES.values()) == {"uninitialized"}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("op", ["cummax", "topk", "scatter", "astype", "remainder"])
def test_every_seed_has_a_call_for_each_choice(op: str, seed: int) -> None:
    chosen = registry.get(op)
    found = cases(Test(chosen, usual_dtype(chosen), "properties"), seed)
    traits = {options.PROBES[case.probe] for case in found if case.probe in options.PROBES}
    own = {choice.trait for choice in chosen.choices if not choice.trait.startswith("integer_")}
    assert traits == own
