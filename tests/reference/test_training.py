"""What is done to gradients: clipping, accumulation, stopping, trees of weights."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.arrays.primitives import stop_gradient
from tensorcts.reference.autodiff.accumulating import Accumulator
from tensorcts.reference.autodiff.clipping import clip_by_norm, clip_by_value
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad, value_and_grad, vjp
from tensorcts.reference.autodiff.trees import leaves

ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=3),
                    elements=st.floats(-1e3, 1e3, allow_subnormal=False))  # fmt: skip
TREES = st.lists(ARRAYS, max_size=3).map(lambda arrays: {"layers": arrays, "none": None})


def norm(tree: Any, ord: float) -> float:
    flat = [g.ravel() for g in leaves(tree) if g is not None]
    return float(np.linalg.norm(np.concatenate([np.zeros(1), *flat]), ord))


@given(TREES, st.sampled_from([1.0, 2.0, np.inf]), st.floats(1e-3, 1e3))
def test_clipping_by_norm(tree: Any, ord: float, limit: float) -> None:
    clipped, before = clip_by_norm(tree, limit, ord=ord)
    np.testing.assert_allclose(before, norm(tree, ord), rtol=1e-12, atol=1e-300)
    assert norm(clipped, ord) <= limit * (1 + 1e-12)
    scale = 1.0 if before <= limit else limit / before
    for g, original in zip(leaves(clipped), leaves(tree), strict=True):
        if g is not None:
            np.testing.assert_array_equal(g, original * scale)


def test_norms_that_are_odd() -> None:
    assert clip_by_norm((np.zeros(2),), 1.0, ord=2.0)[0][0].tolist() == [0, 0]
    assert clip_by_norm([], 1.0, ord=2.0) == ([], 0.0)
    (a, b), before = clip_by_norm((np.array([np.nan]), np.ones(1)), 1.0, ord=2.0)
    assert np.isnan([a[0], b[0], before]).all()
    with np.errstate(invalid="ignore"):
        (a,), before = clip_by_norm((np.array([np.inf, 1.0]),), 1.0, ord=2.0)
    assert np.isinf(before) and np.isnan(a[0]) and a[1] == 0
    assert clip_by_norm(np.full(2, 1e300), 1.0, ord=2.0)[1] == np.sqrt(2) * 1e300


@given(TREES, st.floats(0, 1e3))
def test_clipping_by_value(tree: Any, limit: float) -> None:
    for g, original in zip(leaves(clip_by_value(tree, limit)), leaves(tree), strict=True):
        if g is not None:
            np.testing.assert_array_equal(g, np.clip(original, -limit, limit))


def test_clipping_by_value_keeps_nan() -> None:
    found = clip_by_value(np.array([np.nan, np.inf, -np.inf]), 2.0)
    np.testing.assert_array_equal(found, [np.nan, 2, -2])


def loss(weights: Any, x: Any) -> Any:
    return np.mean(np.square(np.matmul(x, weights["w"]) + weights["b"]))


WEIGHTS = {"w": np.array([1.0, -2.0]), "b": np.array(3.0)}
BATCH = np.random.default_rng(0).integers(-9, 9, (12, 2)).astype(np.float64)


def test_uneven_micro_batches_give_the_whole_batch_s_gradient() -> None:
    whole, total = grad(loss)(WEIGHTS, BATCH), Accumulator()
    for part in (BATCH[:2], BATCH[2:3], BATCH[3:]):
        total.add(grad(loss)(WEIGHTS, part), weight=len(part))
    for name, g in total.mean.items():
        np.testing.assert_allclose(g, whole[name], rtol=1e-14)


def test_accumulation_from_threads_loses_nothing_and_changes_no_array() -> None:
    total, g = Accumulator(), np.arange(3.0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: total.add({"w": g, "i": None}, weight=n), range(1, 201)))
    assert g.tolist() == [0, 1, 2]
    assert total.total["w"].tolist() == [0, 20100, 40200] and total.total["i"] is None
    assert total.mean["w"].tolist() == [0, 1, 2]


def test_a_gradient_by_a_tree_is_a_tree() -> None:
    value, g = value_and_grad(loss)(WEIGHTS, BATCH)
    assert value == loss(WEIGHTS, BATCH) and list(g) == ["w", "b"]
    (_, tangent) = jvp(lambda w: loss(w, BATCH), (WEIGHTS,), ({"w": np.ones(2), "b": np.ones(())},))
    np.testing.assert_allclose(tangent, np.sum(g["w"]) + g["b"], rtol=1e-14)


def test_results_may_be_trees() -> None:
    results, pullback = vjp(lambda x: {"double": 2 * x, "both": [x, x * x]}, 3.0)
    assert results == {"double": 6, "both": [3, 9]}
    assert pullback({"double": 1.0, "both": [10.0, 100.0]}) == (612,)
    with pytest.raises(KeyError):
        pullback({"double": 1.0})


def test_nothing_flows_through_what_is_stopped() -> None:
    assert grad(lambda x: x * stop_gradient(x * x))(3.0) == 9.0
    assert grad(grad(lambda x: x * stop_gradient(x) * x))(3.0) == 6.0
    assert jvp(lambda x: x * stop_gradient(x), (3.0,), (1.0,)) == (9.0, 3.0)


def test_half_of_an_array_can_be_stopped() -> None:
    def half(x: Any) -> Any:
        return np.sum(np.concatenate([stop_gradient(x[:2]), x[2:]]) * x)

    assert grad(half)(np.arange(4.0)).tolist() == [0, 1, 4, 6]
