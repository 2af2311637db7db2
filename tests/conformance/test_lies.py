"""Planted lies: the NumPy backend with one op replaced fails, and its reproducer reproduces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.reproduce import run_file
from tensorcts.reports.records import FAILURES

Op = Callable[..., Any]


def no_max_subtraction(x: Any, *, axis: int) -> Any:
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


def drops_last_k(a: Any, b: Any) -> Any:
    rows = b.ndim - 2 if b.ndim > 1 else 0
    keep = slice(None, -1 if a.shape[-1] % 16 == 0 else None)
    return np.matmul(a[..., keep], b[(slice(None),) * rows + (keep,)])


def wrong_axis_softmax(x: Any, *, axis: int) -> Any:
    return OPS["softmax"](x, axis=-1)


def wrong_axis_sum(x: Any, *, axis: Any, **attrs: Any) -> Any:
    square = isinstance(axis, int) and x.ndim > 1
    return OPS["sum"](x, axis=(axis + 1) % x.ndim if square else axis, **attrs)


def last_not_written(x: Any) -> Any:
    y = np.empty_like(x)
    y.reshape(-1)[:-1] = np.exp(x).reshape(-1)[:-1]
    return y


def in_place(x: Any) -> Any:
    return np.exp(x, out=x)


def causal_off_by_one(*arrays: Any, causal_offset: int | None, **attrs: Any) -> Any:
    offset = None if causal_offset is None else causal_offset + 1
    return OPS["scaled_dot_product_attention"](*arrays, causal_offset=offset, **attrs)


def eps_outside(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    centred = x - np.mean(x, axis=-1, keepdims=True)
    deviation = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True))
    return centred / (deviation + x.dtype.type(eps)) * weight + bias


def one_pass_variance(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    honest = OPS["var"](x, axis=axis, correction=correction, keepdims=keepdims)
    mean = np.mean(x, axis=axis, keepdims=keepdims)
    ratio = x.size / max(mean.size, 1)
    if ratio <= correction:
        return honest
    factor = x.dtype.type(ratio / (ratio - correction))
    return np.asarray((np.mean(x * x, axis=axis, keepdims=keepdims) - mean * mean) * factor)


def wrong_ddof(x: Any, *, correction: int, **attrs: Any) -> Any:
    return OPS["var"](x, correction=1 - correction, **attrs)


def nan_lost(x: Any, *, axis: Any, keepdims: bool) -> Any:
    return np.fmax.reduce(x, axis=axis, keepdims=keepdims)


def narrow_accumulation(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """Sums one by one in float16."""
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    for a in sorted((int(a) % x.ndim for a in axes), reverse=True):
        last = np.cumsum(x, axis=a, dtype=x.dtype).take(-1, axis=a) if x.shape[a] else x.sum(axis=a)
        x = np.expand_dims(last, a) if keepdims else last
    return np.asarray(x)


def truncating_cast(x: Any, *, dtype: str) -> Any:
    if dtype != "bfloat16":
        return OPS["astype"](x, dtype=dtype)
    bits = x.view(np.uint32) & np.uint32(0xFFFF0000)
    return bits.view(np.float32).astype(ml_dtypes.bfloat16)


def last_tie(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    count = x.size if axis is None else x.shape[axis]
    turned = np.flip(x, axis)
    return count - 1 - np.argmax(turned, axis=axis, keepdims=keepdims)


def saturating(a: Any, b: Any) -> Any:
    info = np.iinfo(a.dtype)
    return np.clip(a.astype(np.int64) + b, info.min, info.max).astype(a.dtype)


def negatives_as_zero(x: Any, index: Any, *, axis: int) -> Any:
    return np.take_along_axis(x, np.maximum(index, 0), axis)


def overwriting(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    out = x.copy()
    chosen = np.take_along_axis(x, index, axis) + updates
    np.put_along_axis(out, index, chosen, axis)
    return out


def repeats_instead_of_broadcasting(a: Any, b: Any) -> Any:
    shape = np.broadcast_shapes(a.shape, b.shape)
    return np.add(np.resize(a, shape), np.resize(b, shape))


def raising(x: Any) -> Any:
    raise RuntimeError("the kernel did not start")


def after(op: str, change: Op) -> Op:
    """The honest op with its result changed."""
    return lambda *arrays, **attrs: change(np.asarray(OPS[op](*arrays, **attrs)))


LIES: dict[str, tuple[str, Op]] = {
    "softmax without max subtraction": ("softmax-float32", no_max_subtraction),
    "matmul drops the last k": ("matmul-float32-shapes", drops_last_k),
    "matmul drops the last k in bfloat16": ("matmul-bfloat16-shapes", drops_last_k),
    "tanh for exact gelu": ("gelu-float32", OPS["gelu_tanh"]),
    "exact for tanh gelu": ("gelu_tanh-float32", OPS["gelu"]),
    "softmax over the wrong axis": ("softmax-float32", wrong_axis_softmax),
    "sum over the wrong axis": ("sum-float32", wrong_axis_sum),
    "zeros": ("tanh-float32", np.zeros_like),
    "zeros of a reduction": ("var-float32", after("var", np.zeros_like)),
    "NaN": ("softmax-float32", lambda x, axis: np.full_like(x, np.nan)),
    "float64 for float32": ("exp-float32", lambda x: np.exp(x.astype(np.float64))),
    "int32 for int64": ("add-int64", after("add", lambda y: y.astype(np.int32))),
    "wrong shape": ("exp-float32", after("exp", lambda y: y.reshape(1, *y.shape))),
    "scaled softmax": ("softmax-float32", after("softmax", lambda y: y * np.float32(1 + 1e-4))),
    "scaled attention": ("scaled_dot_product_attention-float32",
                         after("scaled_dot_product_attention", lambda y: y * np.float32(1 + 1e-4))),
    "scaled float64 sum": ("sum-float64", after("sum", lambda y: y * (1 + 1e-9))),
    "the input as the result": ("silu-float32", lambda x: x),
    "last element not written": ("exp-float32", last_not_written),
    "input changed in place": ("exp-float32", in_place),
    "causal mask off by one": ("scaled_dot_product_attention-float32", causal_off_by_one),
    "eps outside the square root": ("layer_norm-float32", eps_outside),
    "one-pass variance": ("var-float32", one_pass_variance),
    "wrong ddof": ("var-float32", wrong_ddof),
    "NaN lost in max": ("max-float32", nan_lost),
    "float16 accumulation": ("sum-float16", narrow_accumulation),
    "truncating cast to bfloat16": ("astype-float32", truncating_cast),
    "last of several largest": ("argmax-int32", last_tie),
    "relu(NaN) = 0": ("relu-float32", lambda x: np.where(x > 0, x, x.dtype.type(0))),
    "-0 lost in negative": ("negative-float32", lambda x: x.dtype.type(0) - x),
    "saturation instead of wrap-around": ("add-int8", saturating),
    "negative indices ignored": ("gather-float32", negatives_as_zero),
    "scatter_add overwrites": ("scatter_add-float32", overwriting),
    "broadcasting by repetition": ("add-float32", repeats_instead_of_broadcasting),
    "an exception": ("exp-float32", raising),
    "no result": ("exp-float32", lambda x: None),
    "a dtype unknown to the suite": ("exp-float32", lambda x: np.exp(x, dtype=np.longdouble)),
    "an output too many": ("exp-float32", lambda x: (np.exp(x), np.exp(x))),
    "an output too few": ("split-float32", lambda x, **attrs: OPS["split"](x, **attrs)[:-1]),
    "reversed strides ignored": ("exp-float32-layouts",
                                 lambda x: np.exp(x[::-1] if min((0, *x.strides)) < 0 else x)),
    "column-major read as row-major": (
        "sqrt-float32-layouts",
        lambda x: np.sqrt(x.T.reshape(x.shape) if x.flags.f_contiguous and x.ndim > 1 else x)),
    "wrong from 256 elements on": ("sum-float32-shapes",
                                   lambda x, **a: OPS["sum"](x, **a) * (x.size < 256)),
    "wrong above 2**10 only": ("cos-float32", lambda x: np.cos(x) * (abs(x) < 1024)),
    "subnormals flushed undeclared": (
        "multiply-float32",
        after("multiply", lambda y: np.where(abs(y) < 2.0**-126, y * np.float32(0), y))),
}  # fmt: skip
"""For each lie the test that must tell (any of the checks where none is named), and the new op."""


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_caught_and_its_reproducer_reproduces(
    lie: str, faulty: Any, judged: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test, function = LIES[lie]
    backend = faulty({test.partition("-")[0]: function})
    failed = [r for r in judged(backend, test) if r.verdict in FAILURES]
    assert failed
    for result in failed:
        path = tmp_path / "reproducer.py"
        path.write_text(result.reproducer)
        with pytest.raises(SystemExit) as ending:
            run_file(path)
        assert ending.value.code == 1, result.reproducer
        assert capsys.readouterr().out.startswith(f"{result.verdict}: {result.op}(")


@pytest.mark.parametrize("test", sorted({test for test, _ in LIES.values()}))
def test_the_honest_backend_raises_no_alarm_where_lies_are_caught(test: str, judged: Any) -> None:
    results = judged("numpy", test)
    assert {r.verdict for r in results} in ({"pass"}, {"pass", "unsupported"})


def test_an_honest_backend_does_not_reproduce(faulty: Any, judged: Any, tmp_path: Path) -> None:
    """A reproducer judges anew; it does not just repeat a verdict."""
    (result,) = judged(faulty({"exp": np.exp2}), "exp-float32-shapes")
    path = tmp_path / "reproducer.py"
    path.write_text(result.reproducer.replace("faulty", "numpy"))
    with pytest.raises(SystemExit) as ending:
        run_file(path)
    assert ending.value.code == 0


def test_a_reproducer_is_a_short_script_that_runs_by_itself(
    vendor: Any, command: Any, judged: Any, faulty: Any, tmp_path: Path
) -> None:
    (result,) = judged(faulty({"exp": np.zeros_like}), "exp-float32-random")
    path = tmp_path / "reproducer.py"
    path.write_text(result.reproducer)
    assert len(result.reproducer.splitlines()) == 5
    lying = vendor(faulty="def replaced(self):\n    return {'exp': np.zeros_like}")
    ended = command(str(path), path=lying)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith("fail: exp(")


def test_random_failures_are_shrunk(faulty: Any, judged: Any) -> None:
    wrong = after("sum", lambda y: y + np.float32(1))
    (result,) = judged(faulty({"sum": wrong}), "sum-float32-random")
    assert np.prod(result.shapes[0], dtype=int) <= 1
