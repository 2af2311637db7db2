"""Every gradient against high-precision differences of the definition itself."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import proofs
import pytest

from conftest import samples
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.primitives import ARITHMETIC, hurwitz, join_parts
from tensorcts.reference.autodiff import rules
from tensorcts.reference.autodiff.reverse import grad, vjp
from tensorcts.reference.dtypes import format_of
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.registry import all_ops


def test_gradient_is_the_derivative(smooth: Any) -> None:
    assert proofs.assert_derivative(smooth.exactly, smooth.points) > 0


def test_gradient_of_the_gradient_is_the_derivative(smooth: Any) -> None:
    proofs.assert_derivative(proofs.gradient_of(smooth.exactly, smooth.points), smooth.points)


def test_no_differentiable_op_is_left_out() -> None:
    """Each has samples for the proofs here and in test_forward, and in test_complex_gradients."""
    for op in (o for o in all_ops() if o.differentiable):
        found = samples(op)
        assert found and all(sample.floating for sample in found), op.name
        assert not op.own_dtype and set(op.dtypes) & {*dtypes.FLOATING, *dtypes.COMPLEX}, op.name


def test_gradients_of_float64_and_of_noisy_numbers(smooth: Any) -> None:
    """The same rules run on every kind of number, and agree as far as their arithmetic does."""
    single, plain = format_of("float32"), [smooth.arrays[i] for i in smooth.floating]
    noise = Noise(dict.fromkeys(ARITHMETIC.values(), 1.0), single, single, np.random.default_rng(0))

    def gradients(wrap: Any, *, exact: bool) -> Any:
        results, pullback = vjp(lambda *x: smooth.on(x, exact=exact), *map(wrap, plain))
        rng = np.random.default_rng(4)
        return pullback(tuple(wrap(rng.uniform(-1, 1, np.shape(r))) for r in results))

    truths = [g.split()[0] for g in gradients(Exact, exact=True)]
    doubles = gradients(np.asarray, exact=False)
    noisies = gradients(lambda a: Noisy(a, noise), exact=False)
    for x, truth, double, noisy in zip(plain, truths, doubles, noisies, strict=True):
        assert np.shape(double) == np.shape(noisy.value) == x.shape
        np.testing.assert_allclose(double, truth, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(noisy.value, truth, rtol=1e-3, atol=1e-4)


OTHERS = {
    np.float_power: lambda x: np.float_power(x, 1.5 * x),
    hurwitz: lambda x: hurwitz(2.0, x),
    np.sign: lambda x: np.real(np.sign(join_parts(x, x * x))),
}
"""Primitives that no op uses, but for derivatives."""


@pytest.mark.parametrize("function", OTHERS.values(), ids=[f.__name__ for f in OTHERS])
def test_gradient_of_a_primitive(function: Any) -> None:
    x = Exact(np.random.default_rng(0).uniform(0.1, 0.9, (2, 3)))
    assert proofs.assert_derivative(lambda x: (function(x),), [x]) > 0
    proofs.assert_derivative(lambda x: (grad(lambda x: np.sum(function(x) * function(x)))(x),), [x])


def test_every_rule_is_exercised(every_smooth: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule stands in the tables that the tests above don't reach."""
    used = set()

    class Watched(dict[Any, Any]):
        def __getitem__(self, key: Any) -> Any:
            used.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr(rules, "RULES", Watched(rules.RULES))
    for sample in every_smooth:
        vjp(lambda *x, s=sample: s.on(x, exact=False), *(sample.arrays[i] for i in sample.floating))
    assert set(rules.RULES) == used | set(OTHERS)


def test_no_gradient_flows_to_what_attention_masks() -> None:
    q, k, v = np.random.default_rng(0).normal(size=(3, 1, 1, 3, 2))
    k[..., 2, :] = v[..., 2, :] = 1e300
    mask = np.array([[True, True, False], [False, False, False], [True, False, False]])
    attention = functools.partial(ops.scaled_dot_product_attention, scale=1.0, causal_offset=None)
    result, pullback = vjp(attention, q, k, v, mask, None)
    to_q, to_k, to_v, to_mask, to_bias = pullback(np.ones(result.shape))
    assert not result[..., 1, :].any() and not to_q[..., 1, :].any()
    assert not to_k[..., 2, :].any() and not to_v[..., 2, :].any()
    assert to_mask is None and to_bias is None
    assert all(np.isfinite(g).all() for g in (to_q, to_k, to_v))
