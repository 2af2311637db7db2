"""Masking: what reads or writes elements where a mask is true."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import scatter_to, select
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.indices import demand_dims, demand_mask, demand_one_dtype, demand_shape
from tensorcts.reference.registry import op


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("boolean_mask",))
def masked_select(x: Any, mask: Any) -> Any:
    """The elements of x where the mask is true, in row-major order, as a 1-d array.

    Constraints: (C1) mask is bool and has the shape of x.
    Special values: an all-false mask gives shape (0,).
    Gradient: g back in its places, 0 elsewhere.
    Source: PyTorch masked_select.
    """
    demand_mask(mask)
    demand_shape("mask", mask, x.shape)
    return select(x, mask)


@op(dtypes=STORABLE, zero_sign=True)
def masked_fill(x: Any, mask: Any, value: Any) -> Any:
    """x with one value where the mask is true.

    Constraints: (C1) mask is bool and broadcasts to x's shape; (C2) value is 0-d, of x's dtype.
    Gradient: g where the mask is false, 0 elsewhere; the sum of g where it is true.
    Source: PyTorch masked_fill.
    """
    demand_mask(mask)
    demand_dims("value", value, 0)
    demand_one_dtype(x=x, value=value)
    return np.where(np.broadcast_to(mask, x.shape), value, x)


@op(dtypes=STORABLE, zero_sign=True)
def masked_scatter(x: Any, mask: Any, source: Any) -> Any:
    """x with the elements of source, one after another, where the mask is true, in row-major order.

    Constraints: (C1) mask is bool and broadcasts to the shape of x; (C2) source has x's dtype and
    at least as many elements as the mask, broadcast, has true ones.
    Gradient: g where the mask is false, 0 elsewhere; g where it is true, 0 for what is left over.
    Source: PyTorch masked_scatter.
    """
    demand_mask(mask)
    demand_one_dtype(x=x, source=source)
    places = np.flatnonzero(np.broadcast_to(mask, x.shape))
    if source.size < places.size:
        raise ValueError(f"source has {source.size} elements, the mask {places.size} true ones")
    taken = np.reshape(source, (source.size,))[: places.size]
    return np.reshape(scatter_to(np.reshape(x, (x.size,)), places, taken, axis=0), x.shape)
