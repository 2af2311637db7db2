"""Derivative rules of the primitives that move data as a whole: what was moved is moved back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import convert


def _transpose(g: Any, z: Any, x: Any, axes: Sequence[int] | None = None) -> Any:
    order = range(np.ndim(x))[::-1] if axes is None else [a % np.ndim(x) for a in axes]
    return np.transpose(g, np.argsort(order).tolist())


def _concatenate(g: Any, z: Any, arrays: Sequence[Any], axis: int = 0) -> Any:
    ends = np.cumsum([np.shape(a)[axis] for a in arrays])[:-1].tolist()
    return np.split(g, ends, axis=axis)


def _repeat(g: Any, z: Any, x: Any, repeats: int, axis: int) -> Any:
    after = axis % np.ndim(x) + 1
    shape = np.shape(x)[:after] + (repeats,) + np.shape(x)[after:]
    return np.sum(np.reshape(g, shape), axis=after)


RULES: dict[Any, Any] = {
    np.reshape: (lambda g, z, x, shape: np.reshape(g, np.shape(x)),),
    np.squeeze: (lambda g, z, x, axis=None: np.reshape(g, np.shape(x)),),
    np.expand_dims: (lambda g, z, x, axis: np.reshape(g, np.shape(x)),),
    np.broadcast_to: (lambda g, z, x, shape: g,),
    np.transpose: (_transpose,),
    np.swapaxes: (lambda g, z, x, axis1, axis2: np.swapaxes(g, axis1, axis2),),
    np.moveaxis: (lambda g, z, x, source, destination: np.moveaxis(g, destination, source),),
    np.flip: (lambda g, z, x, axis=None: np.flip(g, axis),),
    np.repeat: (_repeat,),
    np.concatenate: (_concatenate,),
    convert: (lambda g, z, x, dtype: g,),
}
