"""Fused ops: a bias added along the last axis, then an activation, with one rounding at the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.constraints import require, require_shape
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.ops.activations import gelu, gelu_tanh, relu, silu
from tensorcts.reference.registry import Choice, op


def _biased(x: Any, bias: Any) -> Any:
    require(x.ndim > 0, "x must have a last axis, it is 0-d")
    require_shape("bias", bias, x.shape[-1:])
    return x + bias


_AT_MINUS_INFINITY = Choice(
    "activation_at_minus_infinity",
    "gelu, gelu_tanh and silu of -inf: the limit 0, or the NaN of -inf · 0",
    lambda x, bias: x + bias == -np.inf,
    {"zero": 0.0, "nan": np.nan},
)


@op(dtypes=FLOATING)
def bias_relu(x: Any, bias: Any) -> Any:
    """relu(x + bias), the bias along the last axis.

    Semantics: the sum is not rounded to a narrower dtype before the activation.
    Constraints: (C1) one dtype; (C2) bias is 1-d, as long as x's last axis.
    Special values: inf - inf is NaN and stays NaN. The sign of a zero is not fixed.
    Gradient: g where x + bias > 0, else 0; summed over the rows for bias.
    Kinks: 0 where x + bias is 0.
    Source: add, then relu.
    """
    return relu(_biased(x, bias))


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def bias_gelu(x: Any, bias: Any) -> Any:
    """gelu(x + bias), the bias along the last axis.

    Semantics: the sum is not rounded to a narrower dtype before the activation.
    Constraints: (C1) one dtype; (C2) bias is 1-d, as long as x's last axis.
    Special values: where x + bias is -inf 0, or NaN where the backend declares so
    (activation_at_minus_infinity). inf - inf is NaN and stays NaN.
    Gradient: that of gelu; summed over the rows for bias.
    Source: add, then gelu.
    """
    return gelu(_biased(x, bias))


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def bias_gelu_tanh(x: Any, bias: Any) -> Any:
    """gelu_tanh(x + bias), the bias along the last axis.

    Semantics: the sum is not rounded to a narrower dtype before the activation.
    Constraints: (C1) one dtype; (C2) bias is 1-d, as long as x's last axis.
    Special values: where x + bias is -inf 0, or NaN where the backend declares so
    (activation_at_minus_infinity). inf - inf is NaN and stays NaN.
    Gradient: that of gelu_tanh; summed over the rows for bias.
    Source: add, then gelu_tanh.
    """
    return gelu_tanh(_biased(x, bias))


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def bias_silu(x: Any, bias: Any) -> Any:
    """silu(x + bias), the bias along the last axis.

    Semantics: the sum is not rounded to a narrower dtype before the activation.
    Constraints: (C1) one dtype; (C2) bias is 1-d, as long as x's last axis.
    Special values: where x + bias is -inf 0, or NaN where the backend declares so
    (activation_at_minus_infinity). inf - inf is NaN and stays NaN.
    Gradient: that of silu; summed over the rows for bias.
    Source: add, then silu.
    """
    return silu(_biased(x, bias))


@op(dtypes=FLOATING)
def bias_tanh(x: Any, bias: Any) -> Any:
    """tanh(x + bias), the bias along the last axis.

    Semantics: the sum is not rounded to a narrower dtype before the activation.
    Constraints: (C1) one dtype; (C2) bias is 1-d, as long as x's last axis.
    Special values: inf - inf is NaN and stays NaN.
    Gradient: g·(1 - tanh²(x + bias)); summed over the rows for bias.
    Source: add, then tanh.
    """
    return np.tanh(_biased(x, bias))
