"""Arithmetic in other formats than NumPy's, for faults to round with."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np


def cut(x: Any, bits: int) -> Any:
    """float32 numbers with only the highest ``bits`` of their significand, the rest cut off."""
    mask = np.uint32(0xFFFFFFFF << (24 - bits) & 0xFFFFFFFF)
    return (x.astype(np.float32).view(np.uint32) & mask).view(np.float32)


def tf32(x: Any) -> Any:
    """float32 numbers with the 11 bits that a tensor core takes of each operand."""
    return cut(x, 11) if x is not None and x.dtype == np.float32 else x


def through(x: Any, dtype: Any) -> Any:
    """Rounded to another dtype and back."""
    return x.astype(dtype).astype(x.dtype)


def truncated_to_bfloat16(x: Any) -> Any:
    """The upper half of a float32's bits."""
    return cut(x, 8).astype(ml_dtypes.bfloat16)


def running_sum(products: Any, dtype: Any) -> Any:
    """The sum over the last axis, one by one, each rounded to the dtype."""
    total = np.zeros(products.shape[:-1], dtype)
    for k in range(products.shape[-1]):
        total = (total.astype(products.dtype) + products[..., k]).astype(dtype)
    return total
