"""Plausible faults of products, convolutions and poolings, each caught by its op's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS


def other(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[..., Any]:
    """NumPy's op with other attributes than those it was given."""
    return lambda *arrays, **attrs: OPS[name](*arrays, **{**attrs, **change(attrs)})


def on_arrays(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's op of other arrays than those it was given."""
    return lambda *arrays, **attrs: OPS[name](*change(*arrays), **attrs)


def _flipped(x: Any, weight: Any, bias: Any = None) -> Any:
    return x, np.flip(weight, (-2, -1)), bias


def _with_nan_lost(x: Any) -> Any:
    return (np.nan_to_num(x, nan=-np.inf, posinf=np.inf, neginf=-np.inf),)


def _product_in_float16(x: Any, y: Any, *, axis: int) -> Any:
    return np.sum((x * y).astype(np.float32), axis=axis).astype(x.dtype)


def _exchanged(x: Any, y: Any, *, axes: Any) -> Any:
    if isinstance(axes, int):
        axes = range(x.ndim - axes, x.ndim), range(axes)
    return np.tensordot(y, x, (axes[1], axes[0]))


FAULTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "the second argument conjugated": ("vdot-complex64", lambda x, y: OPS["vdot"](y, x)),
    "products rounded to 16 bits": ("vecdot-float16", _product_in_float16),
    "integers that saturate": (
        "dot-int8",
        lambda x, y: np.clip(np.dot(x.astype(int), y.astype(int)), -128, 127).astype(np.int8),
    ),
    "a count for a bool": ("matmul-bool", lambda x, y: (x.astype(int) @ y.astype(int)) % 2 == 1),
    "the other handedness": ("cross-float32", on_arrays("cross", lambda x, y: (y, x))),
    "factors exchanged": ("kron-float32", on_arrays("kron", lambda x, y: (y, x))),
    "beta forgotten": ("addmm-float32", other("addmm", lambda attrs: {"beta": 1.0})),
    "the other side of the diagonal": (
        "diagonal-int8",
        other("diagonal", lambda attrs: {"offset": -attrs["offset"]}),
    ),
    "axes exchanged": (
        "diagonal-float32",
        other("diagonal", lambda attrs: {"axis1": attrs["axis2"], "axis2": attrs["axis1"]}),
    ),
    "the other argument's axes first": ("tensordot-float32", _exchanged),
    "the largest singular value for Frobenius": (
        "matrix_norm-float32",
        lambda x, *, keepdims: (
            np.linalg.matrix_norm(x, ord=2, keepdims=keepdims)
            if x.size
            else np.zeros(OPS["matrix_norm"](x, keepdims=keepdims).shape, x.dtype)
        ),
    ),
    "a convolution for a correlation": ("conv2d-float32", on_arrays("conv2d", _flipped)),
    "a flipped transposed kernel": (
        "conv_transpose2d-float32",
        on_arrays("conv_transpose2d", _flipped),
    ),
    "dilation ignored": ("conv1d-float32", other("conv1d", lambda attrs: {"dilation": 1})),
    "padding counted": (
        "avg_pool2d-float32",
        other("avg_pool2d", lambda attrs: {"count_include_pad": True}),
    ),
    "the floor for the ceiling": (
        "max_pool2d-float32",
        other("max_pool2d", lambda attrs: {"ceil_mode": False}),
    ),
    "NaN lost in a maximum": ("max_pool2d-float32", on_arrays("max_pool2d", _with_nan_lost)),
    "small letters first": (
        "einsum-float32",
        other("einsum", lambda attrs: {"subscripts": attrs["subscripts"].swapcase()}),
    ),
    "the ellipsis last": ("einsum-float32", lambda *x, subscripts: _ellipsis_last(x, subscripts)),
}


def _ellipsis_last(operands: tuple[Any, ...], subscripts: str) -> Any:
    if "->" in subscripts or "..." not in subscripts:
        return OPS["einsum"](*operands, subscripts=subscripts)
    letters = subscripts.replace("...", "").replace(",", "").replace(" ", "")
    once = "".join(sorted(c for c in letters if letters.count(c) == 1))
    return OPS["einsum"](*operands, subscripts=f"{subscripts}->{once}...")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plausible_fault_is_caught(fault: str, faulty: Any, judged: Any) -> None:
    test_id, function = FAULTS[fault]
    name = faulty({test_id.partition("-")[0]: function})
    found = {result.verdict for result in judged(name, test_id)}
    assert "fail" in found
