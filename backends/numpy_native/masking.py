"""Reading and writing where a mask is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _boolean(mask: Array) -> Array:
    """The mask; one of integers would index instead."""
    if mask.dtype != np.bool_:
        raise TypeError(f"mask must be bool, not {mask.dtype}")
    return mask


def _masked_fill(x: Array, mask: Array, value: Array) -> Array:
    out = x.copy()
    np.copyto(out, value, where=_boolean(mask))
    return out


def _masked_scatter(x: Array, mask: Array, source: Array) -> Array:
    out, wide = x.copy(), np.broadcast_to(_boolean(mask), x.shape)
    out[wide] = source.reshape(-1)[: np.count_nonzero(wide)]
    return out


OPS: dict[str, Callable[..., Any]] = {
    "masked_select": lambda x, mask: x[_boolean(mask)],
    "masked_fill": _masked_fill,
    "masked_scatter": _masked_scatter,
}
