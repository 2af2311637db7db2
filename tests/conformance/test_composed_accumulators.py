"""A composed gradient is granted an op's accumulator for what that op adds, for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance import checks
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import Test
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.reference.registry import get

DECLARED = {"scatter_add/float16": "float16"}


def scatter_add(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """Each update added to its element in the array's own dtype."""
    total, places = x.copy(), list(np.indices(index.shape))
    places[axis % x.ndim] = index
    np.add.at(total, tuple(places), updates)
    return total


def sum_of(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """Each element added to the sum of those before in the array's own dtype."""
    axes = range(x.ndim) if axis is None else [a % x.ndim for a in np.atleast_1d(axis)]
    for a in axes:
        x = np.take(np.add.accumulate(x, axis=a, dtype=x.dtype), [-1], axis=a)
    return x if keepdims else np.squeeze(x, tuple(axes))


class AddingInFloat16(NumpyBackend):
    """What accumulates float16 in float16, and may declare it."""

    def __init__(self, ops: Mapping[str, Any], declared: Mapping[str, str]) -> None:
        super().__init__()
        self._ops, self._declared = {**OPS, **ops}, declared

    @property
    def ops(self) -> Mapping[str, Any]:
        return self._ops

    @property
    def capabilities(self) -> Any:
        return replace(super().capabilities, accumulator=self._declared)


def verdicts(backend: NumpyBackend, op: str, seed: int) -> set[str]:
    host = InProcess(backend)
    judge = Judge(host.capabilities, host.run, Cache(None), way=lambda name: "composed")
    cases = checks.cases(Test(get(op), "float16", "gradient"), seed)
    return {judge(case).verdict for case in cases}


@pytest.mark.parametrize(("op", "seed"), [("max_pool2d", 0), ("csr_sampled_matmul", 3)])
def test_what_scatter_add_declares_is_granted_to_scattered_sums(op: str, seed: int) -> None:
    declaring, silent = (AddingInFloat16({"scatter_add": scatter_add}, d) for d in (DECLARED, {}))
    assert verdicts(declaring, op, seed) == {"pass"}
    assert verdicts(silent, op, seed) == {"pass", "fail"}


def test_it_excuses_no_other_sum() -> None:
    ops = {"scatter_add": scatter_add, "sum": sum_of}
    assert "fail" in verdicts(AddingInFloat16(ops, DECLARED), "add", 0)
    declared = DECLARED | {"sum/float16": "float16"}
    assert verdicts(AddingInFloat16(ops, declared), "add", 0) == {"pass"}


@pytest.mark.parametrize("way", ["kernel", "own"])
def test_a_gradient_of_the_backends_own_adds_by_no_op_of_it(way: Any) -> None:
    (case, *_) = checks.cases(Test(get("max_pool2d"), "float16", "gradient"), 0)
    backend = AddingInFloat16({}, DECLARED)
    host = InProcess(backend)
    judge = Judge(host.capabilities, host.run, Cache(None), way=lambda name: way)
    assert judge.model(case).own == ()
    assert replace(judge, way=lambda name: "composed").model(case).own == (
        ("scatter_sum", "float16"),
    )
