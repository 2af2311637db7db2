"""Normalizations: softmax, log_softmax, softmin, layer_norm, rms_norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import stop_gradient
from tensorcts.reference.constraints import require, require_shape
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import op


@op(dtypes=FLOATING)
def softmax(x: Any, *, axis: int) -> Any:
    """exp(x) divided by its sum along the axis.

    Semantics: the largest element is subtracted first, so nothing overflows.
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x.
    Special values: a row that holds NaN or +inf, or nothing but -inf, is all NaN; other rows are
    not touched by it. -inf gives 0. A row of one finite element is 1 exactly.
    Gradient: y·(g - Σ g·y), y the result, summed along the axis.
    Source: ONNX Softmax-13; PyTorch nn.functional.softmax.
    """
    highest = stop_gradient(np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    shifted = np.exp(x - highest)
    return shifted / np.sum(shifted, axis=axis, keepdims=True)


@op(dtypes=FLOATING)
def log_softmax(x: Any, *, axis: int) -> Any:
    """The logarithm of the softmax: x - log Σ exp(x) along the axis.

    Semantics: the largest element is subtracted first; no logarithm of a rounded softmax.
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x.
    Special values: a row that holds NaN or +inf, or nothing but -inf, is all NaN. -inf gives -inf.
    Gradient: g - softmax(x)·Σ g, summed along the axis.
    Source: ONNX LogSoftmax-13; PyTorch nn.functional.log_softmax.
    """
    shifted = x - stop_gradient(np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


@op(dtypes=FLOATING)
def softmin(x: Any, *, axis: int) -> Any:
    """The softmax of -x: exp(-x) divided by its sum along the axis.

    Semantics: the smallest element is subtracted first, so nothing overflows.
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x.
    Special values: a row that holds NaN or -inf, or nothing but inf, is all NaN; other rows are
    not touched by it. inf gives 0. A row of one finite element is 1 exactly.
    Gradient: y·(Σ g·y - g), y the result, summed along the axis.
    Source: PyTorch nn.functional.softmin.
    """
    return softmax(-x, axis=axis)


def _require_rows(x: Any, **parameters: Any) -> None:
    require(x.ndim > 0 and x.shape[-1] > 0, f"x must have a last axis, not the shape {x.shape}")
    for name, parameter in parameters.items():
        require_shape(name, parameter, x.shape[-1:])


@op(dtypes=FLOATING)
def layer_norm(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """(x - mean)/√(var + eps)·weight + bias along the last axis; the variance is divided by n.

    Semantics: the deviations are taken from the mean first (two passes).
    Constraints: (C1) one dtype; (C2) weight and bias are 1-d, as long as x's last axis, which is
    not empty; (C3) eps ≥ 0.
    Special values: a row that holds NaN or inf is all NaN; a constant row gives bias.
    Gradient: with y the normalized x, s the deviation, h = g·weight: (h - mean h - y·mean(h·y))/s;
    Σ g·y and Σ g for weight and bias.
    Source: Ba et al. 2016; PyTorch nn.functional.layer_norm.
    """
    _require_rows(x, weight=weight, bias=bias)
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight + bias


@op(dtypes=FLOATING)
def rms_norm(x: Any, weight: Any, *, eps: float) -> Any:
    """x/√(mean x² + eps)·weight along the last axis.

    Constraints: (C1) one dtype; (C2) weight is 1-d, as long as x's last axis, which is not empty;
    (C3) eps ≥ 0.
    Special values: a row that holds NaN is all NaN.
    Gradient: with y the normalized x, r the root and h = g·weight: (h - y·mean(h·y))/r; Σ g·y for
    weight.
    Source: Zhang & Sennrich 2019; PyTorch nn.functional.rms_norm.
    """
    _require_rows(x, weight=weight)
    mean_square = np.mean(x * x, axis=-1, keepdims=True)
    return x / np.sqrt(mean_square + eps) * weight
