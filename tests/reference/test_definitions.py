"""What the definitions compute, against independent truths: numbers."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.linalg
import scipy.special
import scipy.stats

from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan
RNG = np.random.default_rng(0)

GELU = {
    -10.0: -7.6198530241605261e-23,
    -3.0: -0.0040496940948902836,
    -1.0: -0.15865525393145705,
    -0.5: -0.15426876936299345,
    1.0: 0.84134474606854295,
    3.0: 2.9959503059051097,
}
GELU_TANH = {
    -3.0: -0.0036373920817730188,
    -1.0: -0.1588080093917233,
    -0.5: -0.15428599017485608,
    1.0: 0.8411919906082767,
    3.0: 2.996362607918227,
}

MPMATH = {
    "exp": mpmath.exp, "expm1": mpmath.expm1, "log": mpmath.log, "log1p": mpmath.log1p,
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "asin": mpmath.asin,
    "acos": mpmath.acos, "atan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh,
    "tanh": mpmath.tanh, "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh,
    "sqrt": mpmath.sqrt,
}  # fmt: skip


@pytest.mark.parametrize("name", MPMATH)
@pytest.mark.parametrize("x", [1e-20, 0.3, 0.9, 1.2, 30.0, 1e5])
def test_elementwise_functions(name: str, x: float) -> None:
    outside = {"asin": x > 1, "acos": x > 1, "atanh": x > 1, "acosh": x < 1,
               "exp": x > 700, "expm1": x > 700, "sinh": x > 700, "cosh": x > 700}  # fmt: skip
    if not outside.get(name, False):
        with mpmath.workdps(60):
            truth = MPMATH[name](mpmath.mpf(x))
        assert getattr(ops, name)(np.float64(x)) == pytest.approx(float(truth), rel=1e-15, abs=0)


@pytest.mark.parametrize(("x", "truth"), GELU.items())
def test_gelu(x: float, truth: float) -> None:
    assert ops.gelu(np.float64(x)) == pytest.approx(truth, rel=1e-14, abs=0)
    assert truth == pytest.approx(x * scipy.stats.norm.cdf(x), rel=1e-14)


@pytest.mark.parametrize(("x", "truth"), GELU_TANH.items())
def test_gelu_tanh(x: float, truth: float) -> None:
    assert ops.gelu_tanh(np.float64(x)) == pytest.approx(truth, rel=1e-13, abs=0)


def test_silu_and_relu() -> None:
    x = np.linspace(-30, 30, 61)
    np.testing.assert_allclose(ops.silu(x), x * scipy.special.expit(x), rtol=1e-15)
    np.testing.assert_array_equal(ops.relu(x), (x + np.abs(x)) / 2)


def test_signs_of_zeros() -> None:
    zero, minus = np.float64(0.0), np.float64(-0.0)
    negative = [ops.negative(zero), ops.multiply(minus, np.float64(3)), ops.sqrt(minus)]
    negative += [getattr(ops, n)(minus) for n in ("sin", "tan", "asin", "atan", "sinh", "tanh")]
    negative += [getattr(ops, n)(minus) for n in ("asinh", "atanh", "expm1", "log1p")]
    positive = [
        ops.abs(minus),
        ops.exp(np.float64(-INF)),
        ops.log(np.float64(1)),
        ops.negative(minus),
    ]
    assert all(z == 0 and np.signbit(z) for z in negative)
    assert all(z == 0 and not np.signbit(z) for z in positive)


def test_atan2_of_signed_zeros() -> None:
    y, x = np.array([0.0, -0.0, 0.0, -0.0, -0.0]), np.array([-0.0, -0.0, -1.0, -1.0, 1.0])
    np.testing.assert_array_equal(ops.atan2(y, x), [math.pi, -math.pi, math.pi, -math.pi, -0.0])


def test_complex_modulus_neither_overflows_nor_underflows() -> None:
    z = np.array([3e200 + 4e200j, 3e-200 + 4e-200j])
    np.testing.assert_allclose(ops.abs(z), [5e200, 5e-200], rtol=1e-15)


@pytest.mark.parametrize("axis", [0, -1])
def test_softmax_and_log_softmax(axis: int) -> None:
    x = RNG.normal(size=(4, 5)) * 300
    np.testing.assert_allclose(
        ops.softmax(x, axis=axis), scipy.special.softmax(x, axis=axis), rtol=1e-13
    )
    np.testing.assert_allclose(
        ops.log_softmax(x, axis=axis), scipy.special.log_softmax(x, axis=axis), rtol=1e-13
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [([-INF, 0], [0, 1]), ([7.0], [1]), ([-1e308], [1]), ([NAN, 0], [NAN, NAN]),
     ([INF, 0], [NAN, NAN]), ([-INF, -INF], [NAN, NAN]), ([], []), ([1e308, 1e308], [0.5, 0.5])],
)  # fmt: skip
def test_softmax_of_special_rows(row: list[float], expected: list[float]) -> None:
    x = np.array([row, np.zeros(len(row))])
    with np.errstate(all="ignore"):
        got, logs = ops.softmax(x, axis=1), ops.log_softmax(x, axis=1)
        np.testing.assert_array_equal(got[0], expected)
        np.testing.assert_allclose(logs[0], np.log(np.array(expected)))
    assert np.isfinite(got[1]).all(), "other rows are not touched"


def test_norms() -> None:
    x, weight, bias = RNG.normal(size=(3, 8)) + 1e6, RNG.normal(size=8), RNG.normal(size=8)
    centred = x - x.mean(-1, keepdims=True)
    expected = centred / np.sqrt(np.var(x, axis=-1, keepdims=True) + 0.1) * weight + bias
    np.testing.assert_allclose(ops.layer_norm(x, weight, bias, eps=0.1), expected, rtol=1e-9)
    root = np.sqrt(np.linalg.norm(x, axis=-1, keepdims=True) ** 2 / 8 + 0.1)
    np.testing.assert_allclose(ops.rms_norm(x, weight, eps=0.1), x / root * weight, rtol=1e-14)
    flat = ops.layer_norm(np.full((1, 8), 3.0), weight, bias, eps=1e-5)
    np.testing.assert_array_equal(flat[0], bias)


def test_a_bad_row_of_a_norm_stays_alone() -> None:
    x = np.array([[1.0, NAN, 2], [INF, 1, 2], [1, 2, 3]])
    with np.errstate(all="ignore"):
        got = ops.layer_norm(x, np.ones(3), np.zeros(3), eps=1e-5)
    np.testing.assert_array_equal(np.isnan(got), [[True] * 3, [True] * 3, [False] * 3])


def test_var_of_offset_data() -> None:
    x = RNG.normal(size=1000)
    for correction in (0, 1):
        got = ops.var(x + 1e8, axis=None, correction=correction, keepdims=False)
        assert got == pytest.approx(np.var((x + 1e8) - 1e8, ddof=correction), rel=1e-9)
    with np.errstate(all="ignore"):
        assert math.isnan(ops.var(np.ones(1), axis=0, correction=1, keepdims=False))
        assert math.isnan(ops.var(np.ones(2), axis=0, correction=3, keepdims=False))
    equal = ops.var(np.full(7, 0.1), axis=0, correction=0, keepdims=True)
    assert equal.shape == (1,) and equal[0] < 1e-31


def test_products_and_sums() -> None:
    def prod(x: Any, dtype: str = "float64") -> Any:
        return ops.prod(np.array(x), axis=None, keepdims=False, dtype=dtype)

    assert prod([0.0, 2, 3]) == 0 and prod(np.zeros(0)) == 1
    with np.errstate(all="ignore"):
        assert math.isnan(prod([0.0, INF]))
    assert prod(np.full(20, 3, np.int64), "int32") == (3**20 + 2**31) % 2**32 - 2**31
    total = ops.sum(np.full(3, 100, np.int8), axis=0, keepdims=False, dtype="int8")
    assert total == 300 - 256 and total.dtype == np.int8
    count = ops.sum(np.array([True, False, True]), axis=None, keepdims=False, dtype="int64")
    assert count == 2 and count.dtype == np.int64
    assert ops.sum(np.zeros((0, 2)), axis=0, keepdims=False, dtype="float64").tolist() == [0, 0]


def test_powers() -> None:
    nan, zero, one = np.float64(NAN), np.float64(0.0), np.float64(1.0)
    with np.errstate(all="ignore"):
        assert ops.pow(nan, zero) == 1 and ops.pow(one, nan) == 1
        assert ops.pow(zero, -one) == INF and ops.pow(zero, np.float64(0.1)) == 0
        assert math.isnan(ops.pow(np.float64(-8), np.float64(1 / 3)))
    assert ops.pow(np.float64(-2), np.float64(3)) == -8


def test_contractions() -> None:
    a, b, c = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(4, 5)), RNG.normal(size=5)
    np.testing.assert_allclose(ops.matmul(a, b), np.tensordot(a, b, 1), rtol=1e-13)
    np.testing.assert_allclose(ops.linear(a, b.T, c), np.tensordot(a, b, 1) + c, rtol=1e-13)
    np.testing.assert_allclose(ops.linear(a, b.T), np.tensordot(a, b, 1), rtol=1e-13)
    got = ops.einsum(a, b, c, subscripts="nij,jk,k->ni")
    np.testing.assert_allclose(got, np.tensordot(a, b, 1) @ c, rtol=1e-12)
    assert ops.matmul(np.ones((2, 0)), np.ones((0, 3))).tolist() == [[0.0] * 3] * 2
    wrapped = ops.matmul(np.full((1, 3), 100, np.int8), np.full((3, 1), 100, np.int8))
    assert wrapped.dtype == np.int8 and wrapped.item() == (30000 + 128) % 256 - 128


def attention(q: Any, k: Any, v: Any, *masks: Any, scale: float = 0.5, offset: Any = None) -> Any:
    return ops.scaled_dot_product_attention(q, k, v, *masks, scale=scale, causal_offset=offset)


def test_attention() -> None:
    q, k, v = (
        RNG.normal(size=(1, 2, 3, 4)),
        RNG.normal(size=(1, 2, 5, 4)),
        RNG.normal(size=(1, 2, 5, 2)),
    )
    bias = RNG.normal(size=(3, 5))
    scores = np.einsum("bhid,bhjd->bhij", q, k) * 0.5
    expected = np.einsum("bhij,bhjd->bhid", scipy.special.softmax(scores, -1), v)
    np.testing.assert_allclose(attention(q, k, v), expected, rtol=1e-13)
    expected = np.einsum("bhij,bhjd->bhid", scipy.special.softmax(scores + bias, -1), v)
    np.testing.assert_allclose(attention(q, k, v, None, bias), expected, rtol=1e-13)
    mask = np.array([[True, False, True, True, False]] * 3)
    only = attention(q, k[..., mask[0], :], v[..., mask[0], :])
    np.testing.assert_allclose(attention(q, k, v, mask), only, rtol=1e-13)


@pytest.mark.parametrize("offset", [-1, 0, 2, 4])
def test_attention_is_causal(offset: int) -> None:
    q, k, v = RNG.normal(size=(3, 1, 1, 5, 4))
    got = attention(q, k, v, offset=offset)
    for i in range(5):
        seen = slice(0, max(i + offset + 1, 0))
        alone = attention(q[..., i : i + 1, :], k[..., seen, :], v[..., seen, :])
        np.testing.assert_allclose(got[..., i : i + 1, :], alone, rtol=1e-12)


def test_a_query_that_sees_nothing_gives_zero() -> None:
    q, k, v = RNG.normal(size=(3, 1, 2, 3, 4))
    v[..., 0, :] = 1e300
    mask = np.ones((3, 3), bool)
    mask[1] = False
    got = attention(q, k, v, mask)
    assert not got[..., 1, :].any() and np.isfinite(got).all()
    assert not attention(q, k, v, offset=-3).any()
    assert not attention(q, k[..., :0, :], v[..., :0, :]).any()


def test_grouped_queries_share_their_keys_in_order() -> None:
    q, k, v = (
        RNG.normal(size=(1, 4, 3, 2)),
        RNG.normal(size=(1, 2, 3, 2)),
        RNG.normal(size=(1, 2, 3, 2)),
    )
    for head in range(4):
        own = slice(head // 2, head // 2 + 1)
        alone = attention(q[:, head : head + 1], k[:, own], v[:, own])
        np.testing.assert_array_equal(attention(q, k, v)[:, head : head + 1], alone)


def rotary(x: Any, positions: Any, layout: str, base: float = 10000.0) -> Any:
    return ops.rotary_embedding(x, np.array(positions), base=base, layout=layout)


@pytest.mark.parametrize("layout", ["half", "interleaved"])
def test_rotary_embedding(layout: str) -> None:
    x = RNG.normal(size=(2, 3, 6))
    np.testing.assert_array_equal(rotary(x, [0, 0, 0], layout), x)
    turned = rotary(x, [1, 50, 900], layout)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1))
    np.testing.assert_allclose(rotary(turned, [-1, -50, -900], layout), x, rtol=1e-12)
    q, k = rotary(x, [7, 8, 9], layout), rotary(x, [4, 5, 6], layout)
    far, near = rotary(x, [107, 108, 109], layout), rotary(x, [104, 105, 106], layout)
    np.testing.assert_allclose(np.sum(q * k, -1), np.sum(far * near, -1), rtol=1e-11)


def test_the_layouts_of_rotary_embedding_are_permutations_of_each_other() -> None:
    x, order = RNG.normal(size=(3, 6)), [0, 2, 4, 1, 3, 5]
    half = rotary(x[:, order], [1, 2, 3], "half")
    np.testing.assert_array_equal(half, rotary(x, [1, 2, 3], "interleaved")[:, order])


def test_rotary_embedding_turns_by_the_angle() -> None:
    blocks = [math.e ** (1j * 3 * 10000 ** (-2 * i / 4)) for i in range(2)]
    matrix = scipy.linalg.block_diag(*([[z.real, -z.imag], [z.imag, z.real]] for z in blocks))
    x = RNG.normal(size=(1, 4))
    np.testing.assert_allclose(rotary(x, [3], "interleaved"), x @ matrix.T, rtol=1e-13)
