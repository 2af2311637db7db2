"""``Noisy``: its spread covers what honest float32 code is off by, and no wrong formula."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.primitives import ARITHMETIC, scatter_sum
from tensorcts.reference.dtypes import format_of
from tensorcts.reference.ops import definitions as ops

SINGLE = format_of("float32")
EXACT_TO_HALF = ("add", "subtract", "multiply", "divide", "sqrt")
BUDGETS = {name: 0.5 if name in EXACT_TO_HALF else 1.0 for name in ARITHMETIC.values()}
BUDGETS |= {"complex multiply": 1.5, "complex add": 0.5, "complex divide": 3.0}


def noise(seed: int, dtype: str = "float32") -> Noise:
    return Noise(BUDGETS, format_of(dtype), SINGLE, np.random.default_rng(seed))


def single(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def z_scores(function: Any, got: Any, *arrays: Any) -> Any:
    """How many standard deviations the float32 result ``got`` is off, element by element."""
    wide = [np.asarray(a, np.float64) for a in arrays]
    truth, rng = function(*wide), noise(1)
    runs = [function(*(Noisy(a, rng) for a in wide)).value for _ in range(16)]
    sigma = np.sqrt(np.mean([(run - truth) ** 2 for run in runs], axis=0))
    return np.abs(got - truth) / (sigma + SINGLE.ulp(truth) / 2)


def total(x: Any) -> Any:
    return np.sum(x, axis=-1)


@pytest.mark.parametrize("offset", [0, 100])
@pytest.mark.parametrize("count", [10, 1000])
def test_sums_in_any_order_are_inside(count: int, offset: float) -> None:
    x = single(64, count) + np.float32(offset)
    for got in (
        np.sum(x, axis=-1),
        np.cumsum(x, axis=-1)[:, -1],
        np.cumsum(x[:, ::-1], axis=-1)[:, -1],
    ):
        assert got.dtype == np.float32
        assert 0 < np.max(z_scores(total, got, x)) < 6


@pytest.mark.parametrize("count", [10, 100, 851, 4096])
def test_sums_of_equal_numbers_are_inside(count: int) -> None:
    """Each addition is off by the same: the errors grow with the count, not with its root."""
    x = np.random.default_rng(count).uniform(0.1, 10, 1000).astype(np.float32)
    got = np.zeros_like(x)
    for _ in range(count):
        got = got + x
    rows = np.broadcast_to(x[:, None], (1000, count))
    assert 0.5 < np.max(z_scores(total, got, rows)) < 2


@pytest.mark.parametrize("count", [10, 4096])
@pytest.mark.parametrize("spread", [1e-6, 0.5])
def test_only_equal_terms_have_equal_errors(count: int, spread: float) -> None:
    rng, unit = np.random.default_rng(0), SINGLE.unit_roundoff
    terms = rng.uniform(1 - spread, 1 + spread, count)
    off = [np.sum(Noisy(terms, noise(seed))).value - np.sum(terms) for seed in range(16)]
    independent = unit * np.sqrt(count) * np.sum(terms) / np.sqrt(3)
    assert (np.sqrt(np.mean(np.square(off))) > 2 * independent) == (spread < unit * count / 2)


def test_wrong_sums_are_outside() -> None:
    x = single(64, 1000)
    assert np.median(z_scores(total, np.sum(x[:, :-1], axis=-1), x)) > 100
    half = np.cumsum(x.astype(np.float16), axis=-1)[:, -1]
    assert np.median(z_scores(total, half, x)) > 100


@pytest.mark.parametrize("depth", [16, 1024])
def test_matrix_products(depth: int) -> None:
    a, b = single(8, depth), single(depth, 8, seed=1)
    assert 0 < np.max(z_scores(np.matmul, a @ b, a, b)) < 6
    einsum = np.einsum("ij,jk->ik", a, b)
    assert 0 < np.max(z_scores(lambda a, b: np.einsum("ij,jk->ik", a, b), einsum, a, b)) < 6
    coarse = a.astype(np.float16).astype(np.float32) @ b
    assert np.median(z_scores(np.matmul, coarse, a, b)) > 20


def test_softmax() -> None:
    x = single(8, 256) * 5

    def softmax(x: Any) -> Any:
        return ops.softmax(x, axis=-1)

    assert 0 < np.max(z_scores(softmax, softmax(x), x)) < 6
    unshifted = np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)
    assert np.max(z_scores(softmax, unshifted, x)) < 6  # as good, where nothing overflows
    short = np.exp(x) / np.sum(np.exp(x[:, 32:]), axis=-1, keepdims=True)
    assert np.max(z_scores(softmax, short, x)) > 100
    coarse = softmax(x.astype(np.float16)).astype(np.float32)
    assert np.median(z_scores(softmax, coarse, x)) > 100


def test_layer_norm_of_offset_data() -> None:
    x, weight, bias = single(8, 256) + np.float32(100), single(256), single(256)

    def norm(x: Any, weight: Any, bias: Any) -> Any:
        return ops.layer_norm(x, weight, bias, eps=1e-5)

    eps = np.float32(1e-5)
    centred = x - np.mean(x, axis=-1, keepdims=True)
    honest = centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps) * weight + bias
    assert 0 < np.max(z_scores(norm, honest, x, weight, bias)) < 6
    moment = np.mean(x * x, axis=-1, keepdims=True) - np.mean(x, axis=-1, keepdims=True) ** 2
    assert (
        np.max(z_scores(norm, centred / np.sqrt(moment + eps) * weight + bias, x, weight, bias))
        > 20
    )


@np.errstate(all="ignore")
def test_every_op_can_be_disturbed(sample: Any) -> None:
    """Each op has an error model, and its results stay near the truth."""
    rng = noise(0)
    truths = sample.on([sample.arrays[i] for i in sample.floating], exact=False)
    got = sample.on([Noisy(sample.arrays[i], rng) for i in sample.floating], exact=False)
    for truth, result in zip(truths, got, strict=True):
        value = result.value if isinstance(result, Noisy) else result
        computed = bool(sample.floating) and sample.op.family != "creation"
        assert isinstance(result, Noisy) == (truth.dtype.kind in "fc" and computed)
        np.testing.assert_allclose(value, truth, rtol=1e-4, atol=1e-4)


def test_the_same_generator_gives_the_same_errors() -> None:
    x = single(3, 50).astype(np.float64)
    first, again, other = (ops.softmax(Noisy(x, noise(s)), axis=-1).value for s in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)


@given(
    hnp.arrays(np.float64, 20, elements=st.floats(-80, 80)),
    st.sampled_from(["float32", "bfloat16"]),
)
def test_elementwise_errors_stay_within_the_budget(x: Any, dtype: str) -> None:
    target = format_of(dtype)
    for function, name in ((np.exp, "exp"), (np.arctan, "atan"), (np.square, "multiply")):
        truth = function(x)
        off = np.abs(function(Noisy(x, noise(0, dtype))).value - truth)
        assert np.all(off <= BUDGETS[name] * target.ulp(truth) * (1 + 1e-12))


def test_errors_are_centred() -> None:
    x, rng = np.full(40000, 1.7), noise(3)
    for function in (np.exp, lambda x: x / 3, lambda x: np.sum(np.reshape(x, (-1, 4)), axis=-1)):
        error = function(Noisy(x, rng)).value - function(x)
        assert abs(np.mean(error)) < 5 * np.std(error) / np.sqrt(error.size)


MOVES: tuple[Any, ...] = (
    np.transpose,
    np.negative,
    np.abs,
    lambda x: np.max(x, axis=0),
    lambda x: x[1:, ::2],
    lambda x: np.where(x > 0, x, 0.0),
    lambda x: np.concatenate([x, x]),
    lambda x: np.take(x, [1, 1], axis=0),
    lambda x: np.repeat(x, 2, axis=1),
)


def test_moving_and_choosing_is_without_error() -> None:
    x = single(4, 5).astype(np.float64)
    noisy = Noisy(x, noise(0))
    for function in MOVES:
        np.testing.assert_array_equal(function(noisy).value, function(x))


def test_comparisons_and_positions_are_plain_arrays() -> None:
    x = Noisy(np.array([1.0, 3.0, 2.0]), noise(0))
    assert (x > 1.5).tolist() == [False, True, True]
    assert np.argmax(x) == 1
    assert np.shape(x) == (3,)


@np.errstate(invalid="ignore")
def test_zeros_infinities_and_nan_stay() -> None:
    x = np.array([0.0, np.inf, -np.inf, np.nan])
    np.testing.assert_array_equal((Noisy(x, noise(0)) * 2.0).value, x)
    np.testing.assert_array_equal(np.sum(Noisy(x[:, None], noise(0)), axis=1).value, x)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_overflow_comes_where_the_format_overflows(dtype: str) -> None:
    largest = format_of(dtype).max
    x = Noisy(np.array([largest / 4, largest, -largest]), noise(0, dtype))
    np.testing.assert_array_equal((x * 2.0).value[1:], [np.inf, -np.inf])
    assert np.isfinite((x * 2.0).value[0])
    beyond = np.array(np.log(largest) + 0.1)
    assert np.exp(Noisy(beyond, noise(0, dtype))).value == np.inf


def test_subnormals_are_off_by_their_own_ulp() -> None:
    tiny = SINGLE.smallest_subnormal * 1000
    off = (Noisy(np.full(1000, tiny), noise(0)) * 1.0).value - tiny
    assert 0.3 < np.max(np.abs(off)) / SINGLE.smallest_subnormal <= 0.5


def test_complex_errors_are_normwise() -> None:
    z = np.full(1000, 1e-6 + 1j)
    off = (Noisy(z, noise(0)) * 1.0).value - z
    assert np.max(np.abs(off)) <= 1.5 * SINGLE.ulp(np.array(1.0))
    assert np.max(np.abs(off.real)) > 1e-8  # far beyond an ulp of the small real part


def test_scattered_sums_are_off_by_what_was_added() -> None:
    x, updates = np.array([1.0, 1.0, 1.0]), np.full(100, 0.01)
    index = np.array([0] * 99 + [1])
    sums = [scatter_sum(Noisy(x, n := noise(s)), index, Noisy(updates, n), axis=0).value
            for s in range(50)]  # fmt: skip
    many, one, none = np.std(sums, axis=0) / SINGLE.unit_roundoff
    assert many > 3 * one > 0 == none


def test_a_function_without_error_model_is_refused() -> None:
    with pytest.raises(TypeError, match="no error model for 'spacing'"):
        np.spacing(Noisy(np.ones(2), noise(0)))
    with pytest.raises(TypeError, match=r"np\.add\.reduce has no functional form"):
        np.add.reduce(Noisy(np.ones(2), noise(0)))
