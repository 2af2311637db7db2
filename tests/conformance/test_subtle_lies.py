"""Subtle lies: one per op or more, each a mistake that real backends have made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import scipy.special

from tensorcts.backends.numpy_native import OPS
from tensorcts.reference import dtypes
from tensorcts.reports.records import FAILURES

Op = Callable[..., Any]
ATTENTION = OPS["scaled_dot_product_attention"]


def with_arrays(op: str, change: Op) -> Op:
    """The honest op on changed arrays."""
    return lambda *arrays, **attrs: OPS[op](*change(*arrays), **attrs)


def with_attrs(op: str, **changed: Any) -> Op:
    """The honest op with some attributes changed."""
    return lambda *arrays, **attrs: OPS[op](*arrays, **{**attrs, **changed})


def in_float32(op: str) -> Op:
    def compute(*arrays: Any, **attrs: Any) -> Any:
        single = [a if a is None or a.dtype != np.float64 else a.astype(np.float32) for a in arrays]
        y = np.asarray(OPS[op](*single, **attrs))
        return y.astype(np.float64) if y.dtype == np.float32 else y

    return compute


def ten_bits(*arrays: Any) -> list[Any]:
    """TF32: the inputs' significands cut to ten bits."""
    return [(a.view(np.uint32) & np.uint32(0xFFFFE000)).view(np.float32) for a in arrays]


def own_scale(query: Any, *rest: Any, scale: float, **attrs: Any) -> Any:
    return ATTENTION(query, *rest, scale=query.shape[-1] ** -0.5, **attrs)


def tiled_heads(query: Any, key: Any, value: Any, *rest: Any, **attrs: Any) -> Any:
    group = query.shape[-3] // key.shape[-3]
    key, value = (np.concatenate([a] * group, axis=-3) for a in (key, value))
    return ATTENTION(query, key, value, *rest, **attrs)


def finite_mask(
    query: Any, key: Any, value: Any, mask: Any = None, bias: Any = None, **attrs: Any
) -> Any:
    """Masks with -1e9 instead of -inf: a fully masked row becomes the mean."""
    if mask is not None:
        low = np.where(mask, np.float32(0), np.float32(-1e9))
        bias = low if bias is None else bias + low
    return ATTENTION(query, key, value, None, bias, **attrs)


def from_first_position(x: Any, positions: Any, **attrs: Any) -> Any:
    return OPS["rotary_embedding"](x, positions[0] + np.arange(len(positions)), **attrs)


def first_axis_only(x: Any, *, axis: Any, **attrs: Any) -> Any:
    several = isinstance(axis, tuple) and len(axis) > 1
    return OPS["mean"](x, axis=axis[:1] if several else axis, **attrs)


def casting(through: type, concerned: str) -> Op:
    """A cast to one dtype that rounds twice; all others are right, where ml_dtypes is wrong too."""

    def cast(x: Any, *, dtype: str) -> Any:
        if dtype == concerned:
            return OPS["astype"](x.astype(through), dtype=dtype)
        if dtype not in dtypes.EXTENDED:
            return OPS["astype"](x, dtype=dtype)
        hi = x.astype(np.float64)
        rest = [0 if x.dtype == np.float64 else int(a) - int(h) for a, h in zip(x.flat, hi.flat)]
        return dtypes.round_once(hi, np.array(rest, np.float64).reshape(hi.shape), dtype)

    return cast


def to_nearest_integer(x: Any, *, dtype: str) -> Any:
    return OPS["astype"](np.rint(x) if "int" in dtype else x, dtype=dtype)


def running(*, start: Any, stop: Any, step: Any, dtype: str) -> Any:
    count = max(int(np.ceil((stop - start) / step)), 0)
    return np.cumsum(np.array([start, *[step] * count], dtype))[:count]


def narrow_sum(x: Any, *, dtype: str, **attrs: Any) -> Any:
    return np.asarray(np.sum(x, dtype=x.dtype, **attrs)).astype(dtype)


def last_left_out(op: str, shape_of: Op) -> Op:
    """The output's last element is not written; what memory held stays there."""

    def compute(*arrays: Any, **attrs: Any) -> Any:
        shape = shape_of(*(a != 0 for a in arrays), **attrs)
        y = np.empty(shape, np.bool_ if op == "less" else arrays[0].dtype)
        right = OPS[op](*arrays, **attrs)
        y.reshape(-1)[:-1] = np.reshape(right, -1)[:-1]
        return y

    return compute


SUBTLE: dict[str, tuple[str, Op]] = {
    "log of softmax": ("log_softmax-float32", lambda x, axis: np.log(OPS["softmax"](x, axis=axis))),
    "softmax in bfloat16 steps": ("softmax-bfloat16", lambda x, axis: OPS["softmax"](
        OPS["softmax"](x, axis=axis), axis=axis)),
    "eps ignored": ("rms_norm-float32", with_attrs("rms_norm", eps=0.0)),
    "eps fixed": ("layer_norm-float32", with_attrs("layer_norm", eps=1e-5)),
    "bias ignored": ("layer_norm-float32", with_arrays(
        "layer_norm", lambda x, w, b: (x, w, b * 0))),
    "scale ignored": ("scaled_dot_product_attention-float32", own_scale),
    "heads tiled, not repeated": ("scaled_dot_product_attention-float32", tiled_heads),
    "mask by -1e9": ("scaled_dot_product_attention-float32", finite_mask),
    "attention bias ignored": ("scaled_dot_product_attention-float32", with_arrays(
        "scaled_dot_product_attention", lambda q, k, v, m=None, b=None: (q, k, v, m, None))),
    "positions assumed": ("rotary_embedding-float32", from_first_position),
    "base fixed": ("rotary_embedding-float32", with_attrs("rotary_embedding", base=10000.0)),
    "layout fixed": ("rotary_embedding-float32", with_attrs("rotary_embedding", layout="half")),
    "inverse permutation": ("permute_dims-float32",
                            lambda x, axes: np.transpose(x, np.argsort(np.mod(axes, x.ndim or 1)))),
    "truncated division": ("floor_divide-int32", lambda a, b: np.where(
        b == 0, OPS["floor_divide"](a, b), np.trunc(a / np.where(b == 0, 1, b)).astype(np.int32))),
    "remainder of C": ("remainder-int32", np.fmod),
    "NaN lost in maximum": ("maximum-float32", np.fmax),
    "argmax skips NaN": ("argmax-float32", lambda x, axis, keepdims: np.argmax(
        np.where(np.isnan(x), -np.inf, x), axis=axis, keepdims=keepdims)),
    "bool(NaN) is false": ("astype-float32", lambda x, dtype: (
        x * x > 0 if dtype == "bool" else OPS["astype"](x, dtype=dtype))),
    "only the first axis": ("mean-float32", first_axis_only),
    "sqrt(-0) = 0": ("sqrt-float32", lambda x: np.sqrt(x) + np.float32(0)),
    "exp(x) - 1": ("expm1-float32", lambda x: np.exp(x) - 1),
    "log(1 + x)": ("log1p-float32", lambda x: np.log(1 + x)),
    "sinh by exp": ("sinh-float32", lambda x: (np.exp(x) - np.exp(-x)) / 2),
    "tanh by exp": ("tanh-float32", lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)),
    "asinh by log": ("asinh-float32", lambda x: np.log(x + np.sqrt(x * x + 1))),
    "gelu by 1 + erf": ("gelu-float32", lambda x: x / 2 * (
        1 + scipy.special.erf(x / np.float32(2**0.5)))),
    "silu overflows": ("silu-float32", lambda x: x * np.exp(x) / (1 + np.exp(x))),
    "pow by exp and log": ("pow-float32", lambda a, b: np.exp(b * np.log(a))),
    "pow of 0 for very large": ("pow-float32", lambda a, b: np.where(
        np.power(a, b, dtype=np.float64) > 1e60, np.float32(0), np.power(a, b))),
    "rounding cast to integers": ("astype-float32", to_nearest_integer),
    "bool by > 0": ("astype-int16", lambda x, dtype: (
        x > 0 if dtype == "bool" else OPS["astype"](x, dtype=dtype))),
    "float64 to float16 through float32": ("astype-float64", casting(np.float32, "float16")),
    "float64 to bfloat16 through float32": ("astype-float64", casting(np.float32, "bfloat16")),
    "int64 to float32 through float64": ("astype-int64", casting(np.float64, "float32")),
    "arange by running sum": ("arange-float32", running),
    "k ignored": ("eye-float32", with_attrs("eye", k=0)),
    "end left out": ("linspace-float32", lambda start, stop, num, dtype: np.linspace(
        start, stop, num, endpoint=False, dtype=dtype)),
    "mean of n - 1": ("mean-float32", lambda x, **a: OPS["mean"](x, **a) * np.float32(1.5)),
    "sum of integers too narrow": ("sum-int8", narrow_sum),
    "keepdims ignored": ("sum-float32", with_attrs("sum", keepdims=False)),
    "scatter from the first": ("scatter-float32", lambda x, i, u, axis: OPS["scatter"](
        x, np.abs(i), u, axis=axis) if x.shape[axis] > np.abs(i).max(initial=0) else x),
    "einsum not transposed": ("einsum-float32", lambda *a, subscripts: OPS["einsum"](
        *a, subscripts=subscripts.replace("ij->ji", "ij->ij"))),
    "column-major selection": ("masked_select-float32", lambda x, m: x.T[m.T]),
    "where swapped": ("where-float32", with_arrays("where", lambda m, a, b: (m, b, a))),
    "conjugated product": ("matmul-complex64", with_arrays("matmul", lambda a, b: (a, b.conj()))),
    "matmul in TF32": ("matmul-float32", with_arrays("matmul", ten_bits)),
    "attention in TF32": ("scaled_dot_product_attention-float32", with_arrays(
        "scaled_dot_product_attention", lambda q, k, v, *r: (*ten_bits(q, k, v), *r))),
    "matmul in float16": ("matmul-float32", lambda a, b: np.matmul(
        a.astype(np.float16), b.astype(np.float16)).astype(np.float32)),
    "float64 exp in float32": ("exp-float64", in_float32("exp")),
    "float64 matmul in float32": ("matmul-float64", in_float32("matmul")),
    "float64 softmax in float32": ("softmax-float64", in_float32("softmax")),
    "float64 layer norm in float32": ("layer_norm-float64", in_float32("layer_norm")),
    "int64 through float64": ("multiply-int64", lambda a, b: (
        a.astype(np.float64) * b).astype(np.int64)),
    "comparison in float32": ("less-int64", lambda a, b: (
        a.astype(np.float32) < b.astype(np.float32))),
    "unsigned compared as signed": ("less-uint32", lambda a, b: (
        a.view(np.int32) < b.view(np.int32))),
    "bfloat16 result truncated": ("add-bfloat16", lambda a, b: (
        (a.astype(np.float32) + b.astype(np.float32)).view(np.uint32) & np.uint32(0xFFFF0000)
    ).view(np.float32).astype(ml_dtypes.bfloat16)),
    "last of a matmul not written": ("matmul-float32", last_left_out(
        "matmul", lambda a, b: np.matmul(a, b).shape)),
    "last of a sum not written": ("sum-float32", last_left_out(
        "sum", lambda x, dtype, **attrs: np.any(x, **attrs).shape)),
    "last of a comparison not written": ("less-float32", last_left_out(
        "less", lambda a, b: np.broadcast_shapes(a.shape, b.shape))),
    "last of a concat not written": ("concat-int32", last_left_out(
        "concat", lambda *a, axis: np.concatenate(a, axis=axis).shape)),
}  # fmt: skip


@pytest.mark.parametrize("lie", SUBTLE)
def test_a_subtle_lie_is_caught(lie: str, faulty: Any, judged: Any) -> None:
    test, function = SUBTLE[lie]
    backend = faulty({test.partition("-")[0]: function})
    assert any(r.verdict in FAILURES for r in judged(backend, test))


@pytest.mark.parametrize("function", [casting(np.float64, "float64")])
@pytest.mark.parametrize("test", ["astype-float64", "astype-int64"])
def test_casts_that_round_once_raise_no_alarm(
    test: str, function: Op, faulty: Any, judged: Any
) -> None:
    results = judged(faulty({"astype": function}), test)
    assert [r.verdict for r in results] == ["pass"] * len(results)


@pytest.mark.parametrize(
    "test", sorted({test for test, _ in SUBTLE.values()} - {"astype-float64", "astype-int64"})
)
def test_the_honest_backend_raises_no_alarm_there(test: str, judged: Any) -> None:
    results = judged("numpy", test)
    assert {r.verdict for r in results} in ({"pass"}, {"pass", "unsupported"})
