"""Reading and writing where a mask is true."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, bits


def _boolean(mask: Any) -> Any:
    """The mask; one of integers would index instead."""
    if mask.dtype != np.bool_:
        raise TypeError(f"mask must be bool, not {mask.dtype}")
    return mask


def _masked_select(x: Any, mask: Any) -> Any:
    return x[_boolean(mask)]


def _masked_fill(x: Any, mask: Any, value: Any) -> Any:
    return cupy.where(cupy.broadcast_to(_boolean(mask), x.shape), value, x)


def _masked_scatter(x: Any, mask: Any, source: Any) -> Any:
    wide, out = cupy.broadcast_to(_boolean(mask), x.shape), x.copy()
    count = int(cupy.count_nonzero(wide))
    if source.size < count:
        raise ValueError(f"source has {source.size} elements, the mask {count} true ones")
    if count:
        cupy.place(out, wide, source.reshape(-1)[:count])
    return out


OPS: dict[str, Function] = {
    "masked_select": bits(_masked_select),
    "masked_fill": bits(_masked_fill),
    "masked_scatter": bits(_masked_scatter),
}
