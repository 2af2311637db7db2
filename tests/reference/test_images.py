"""Convolutions and poolings: against loops, laws, known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import all_samplers
from tensorcts.reference.autodiff.reverse import grad, vjp
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.registry import get

NAN = float("nan")
seeds = st.integers(0, 2**32 - 1)


def drawn(name: str, seed: int) -> Any:
    rng = np.random.default_rng(seed)

    def integer(low: int, high: int) -> int:
        return int(rng.integers(low, high, endpoint=True))

    shape = (2, integer(1, 5), integer(1, 5))
    draw = Draw(get(name), "float64", integer, shape=shape, styles=("small_integers",))
    return all_samplers()[name](draw)


def by_loops(
    x: Any, w: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    around = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    reach = [(k - 1) * d + 1 for k, d in zip(w.shape[2:], dilation, strict=True)]
    size = [(n - r) // s + 1 for n, r, s in zip(around.shape[2:], reach, stride, strict=True)]
    z = np.zeros((len(x), len(w), *size))
    inputs, outputs = w.shape[1], len(w) // groups
    for n, o, i, j in np.ndindex(*z.shape):
        z[n, o, i, j] = 0 if bias is None else bias[o]
        for c, k, m in np.ndindex(*w.shape[1:]):
            seen = around[n, o // outputs * inputs + c, i * stride[0] + k * dilation[0],
                          j * stride[1] + m * dilation[1]]  # fmt: skip
            z[n, o, i, j] += seen * w[o, c, k, m]
    return z


@given(seeds)
def test_a_convolution_is_the_sum_over_the_window(seed: int) -> None:
    arrays, attrs = drawn("conv2d", seed)
    assert np.array_equal(ops.conv2d(*arrays, **attrs), by_loops(*arrays, **attrs))


@given(seeds)
def test_the_transposed_convolution_is_the_gradient_of_the_convolution(seed: int) -> None:
    (x, w, _), attrs = drawn("conv_transpose2d", seed)
    z = ops.conv_transpose2d(x, w, **attrs)
    forward = {name: attrs[name] for name in ("stride", "padding", "dilation", "groups")}
    image = np.zeros_like(z)
    seen, pullback = vjp(lambda image: ops.conv2d(image, w, **forward), image)
    cotangent = np.zeros_like(seen)
    cotangent[:, :, : x.shape[2], : x.shape[3]] = x
    assert np.array_equal(pullback(cotangent)[0], z)


def test_a_kernel_is_not_flipped() -> None:
    x, w = np.array([[[0.0, 1, 0, 0]]]), np.array([[[1.0, 2, 3]]])
    z = ops.conv1d(x, w, stride=1, padding=1, dilation=1, groups=1)
    assert z.tolist() == [[[3, 2, 1, 0]]]


def test_groups_are_convolutions_side_by_side() -> None:
    rng, plain = np.random.default_rng(0), {"stride": 2, "padding": 1, "dilation": 1}
    x, w = rng.standard_normal((2, 6, 9)), rng.standard_normal((4, 3, 3))
    both = ops.conv1d(x, w, groups=2, **plain)
    halves = [ops.conv1d(x[:, a], w[b], groups=1, **plain)
              for a, b in ((slice(3), slice(2)), (slice(3, 6), slice(2, 4)))]  # fmt: skip
    np.testing.assert_allclose(both, np.concatenate(halves, axis=1), rtol=1e-14)


def test_output_padding_adds_rows_at_the_end() -> None:
    """ONNX's test of ConvTranspose with output_padding: 3x3 of ones, stride 2 (and 3)."""
    x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 3, 3))
    attrs = {"stride": (3, 2), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
    short = ops.conv_transpose2d(x, w, output_padding=(0, 0), **attrs)
    long = ops.conv_transpose2d(x, w, output_padding=(1, 1), **attrs)
    assert short.shape == (1, 1, 9, 7)
    assert long.shape == (1, 1, 10, 8)
    assert short[0, 0, 0].tolist() == [0, 0, 1, 1, 3, 2, 2]
    assert np.array_equal(long[..., :9, :7], short)
    assert not long[..., 9:, :].any()


PLAIN: dict[str, Any] = {"stride": (1, 1), "padding": (0, 0), "ceil_mode": False}


def test_a_window_with_nan_has_it_as_its_maximum() -> None:
    x = np.array([[[[1, NAN, 0, -1, -2.0]]]])
    z = ops.max_pool2d(x, kernel=(1, 2), dilation=(1, 1), **PLAIN)
    assert np.array_equal(z, [[[[NAN, NAN, 0, -1]]]], equal_nan=True)


def test_padding_is_no_element_of_a_maximum() -> None:
    x = np.full((1, 1, 2, 2), -3.0)
    attrs = PLAIN | {"padding": (1, 1)}
    assert np.all(ops.max_pool2d(x, kernel=(2, 2), dilation=(1, 1), **attrs) == -3)


def test_the_first_of_equal_maxima_gets_the_gradient() -> None:
    def pooled(x: Any) -> Any:
        return np.sum(ops.max_pool2d(x, kernel=(2, 2), dilation=(1, 1), **PLAIN))

    assert grad(pooled)(np.ones((1, 1, 2, 3))).tolist() == [[[[1, 1, 0], [0, 0, 0]]]]


@pytest.mark.parametrize(
    ("ceil_mode", "counted", "wanted"),
    [
        (False, True, [1 / 3, 3.0]),
        (False, False, [0.5, 3.0]),
        (True, True, [1 / 3, 3.0, 2.5]),  # of the last window one place is padding, one beyond
        (True, False, [0.5, 3.0, 5.0]),
    ],
)
def test_what_a_mean_is_divided_by(ceil_mode: bool, counted: bool, wanted: list[float]) -> None:
    x = np.arange(6.0).reshape(1, 1, 1, 6)
    attrs = {"stride": (1, 3), "padding": (0, 1), "ceil_mode": ceil_mode}
    z = ops.avg_pool2d(x, kernel=(1, 3), count_include_pad=counted, **attrs)
    np.testing.assert_allclose(z[0, 0, 0], wanted, rtol=1e-15)


def test_no_window_starts_beyond_the_image() -> None:
    """Of 5 columns with stride 2 and windows of 2 the third has one; of 4 there is no third."""
    for columns, count in ((5, 3), (4, 2)):
        attrs = {"stride": (1, 2), "padding": (0, 0), "ceil_mode": True, "dilation": (1, 1)}
        x = np.zeros((1, 1, 1, columns))
        assert ops.max_pool2d(x, kernel=(1, 2), **attrs).shape[-1] == count
