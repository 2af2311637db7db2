"""Indices: what they may hold, where they lead, and what a backend may choose where they clash."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from tensorcts.reference.registry import DEFINED, RAISES, AnyOf, Choice, OtherArguments

Places = Callable[..., tuple[Any, Any]]
"""Of a call that writes: the positions in the flattened array, and the values written there."""


def axis_of(x: Any, axis: int) -> int:
    """The axis of ``x`` counted from the front; np.exceptions.AxisError where it has none such."""
    return int(normalize_axis_index(axis, x.ndim, "axis"))


def located(name: str, index: Any, size: int, *, from_the_end: bool = True) -> Any:
    """The indices into an axis of ``size`` as int64, counted from the front.

    Raises TypeError where they are no integers, IndexError for one that is out of range.
    """
    if index.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers, not {index.dtype}")
    lowest = -size if from_the_end else 0
    outside = (index < lowest) | (index >= size)
    if np.any(outside):
        raise IndexError(f"{name} holds {index[outside][0]}, outside of [{lowest}, {size})")
    whole = index.astype(np.int64)
    return np.where(whole < 0, whole + size, whole)


def demand_shape(name: str, array: Any, shape: tuple[int, ...]) -> None:
    """ValueError unless the array has the shape."""
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {array.shape}")


def demand_dims(name: str, array: Any, ndim: int) -> None:
    """ValueError unless the array has that many dimensions."""
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimensions, not the shape {array.shape}")


def demand_one_dtype(**arrays: Any) -> None:
    """TypeError unless the arrays have one dtype."""
    if len({np.dtype(a.dtype) for a in arrays.values()}) > 1:
        listed = ", ".join(f"{name}: {a.dtype}" for name, a in arrays.items())
        raise TypeError(f"the arrays must have one dtype, not {listed}")


def demand_mask(mask: Any) -> None:
    """TypeError unless the mask is one."""
    if mask.dtype != bool:
        raise TypeError(f"mask must be bool, not {mask.dtype}")


def along(shape: tuple[int, ...], axis: int, size: int) -> tuple[int, ...]:
    """The shape with another size along an axis (counted from the front)."""
    return (*shape[:axis], size, *shape[axis + 1 :])


def indexed_axis(x: Any, *arrays: Any, axis: int, **attrs: Any) -> list[int | None]:
    """For ``out_of_range``: the array after x holds indices into the axis."""
    return [None, x.shape[axis], *(None for _ in arrays[1:])]


def located_each(x: Any, index: Any, updates: Any, axis: int) -> tuple[Any, int]:
    """One index for each of the updates, checked, and the axis; both from the front."""
    place = axis_of(x, axis)
    demand_dims("index", index, x.ndim)
    demand_shape("index", index, along(x.shape, place, index.shape[place]))
    demand_shape("updates", updates, index.shape)
    demand_one_dtype(x=x, updates=updates)
    return located("index", index, x.shape[place]), place


def located_line(x: Any, index: Any, updates: Any, axis: int) -> tuple[Any, int]:
    """A 1-d index along the axis for each of the updates, checked, and the axis."""
    place = axis_of(x, axis)
    demand_dims("index", index, 1)
    demand_shape("updates", updates, along(x.shape, place, index.size))
    demand_one_dtype(x=x, updates=updates)
    column = np.reshape(
        located("index", index, x.shape[place]), (-1,) + (1,) * (x.ndim - place - 1)
    )
    return np.broadcast_to(column, updates.shape), place


def out_of_range(
    constraint: str, *, sizes: Callable[..., list[int | None]], from_the_end: bool = True
) -> Choice:
    """What an index out of range gives, in breach of ``constraint``.

    sizes: of a call the size that each of its arrays indexes, None for one that holds no indices.
    """

    def repaired(fix: Callable[[Any, int], Any]) -> OtherArguments:
        def arrays(*given: Any, **attrs: Any) -> tuple[Any, ...]:
            pairs = zip(given, sizes(*given, **attrs), strict=True)
            return tuple(a if n is None else fix(a, n) for a, n in pairs)

        return OtherArguments(arrays)

    def where(*given: Any, **attrs: Any) -> Any:
        pairs = zip(given, sizes(*given, **attrs), strict=True)
        return np.any([_outside(a, n, from_the_end) for a, n in pairs if n is not None])

    return Choice(
        "out_of_range_index",
        "an index out of range",
        where,
        {"raises": RAISES, "wrap": repaired(_wrapped), "clamp": repaired(_clamped)},
        constraint=constraint,
    )


def _outside(index: Any, size: int, from_the_end: bool) -> bool:
    return bool(np.any((index < (-size if from_the_end else 0)) | (index >= size)))


def _wrapped(index: Any, size: int) -> Any:
    """Modulo the size."""
    return index % size


def _clamped(index: Any, size: int) -> Any:
    """The nearest index there is; in-range negative ones count from the end."""
    return np.clip(np.where(index < 0, index + size, index), 0, size - 1)


def duplicates(places: Places) -> Choice:
    """Which of several values written to one element stays."""

    def written_twice(x: Any, *arrays: Any, **attrs: Any) -> Any:
        positions, _ = places(x, *arrays, **attrs)
        times = np.bincount(np.reshape(positions, (-1,)), minlength=x.size)
        return np.reshape(times > 1, x.shape)

    def candidates(x: Any, *arrays: Any, **attrs: Any) -> list[Any]:
        positions, values = places(x, *arrays, **attrs)
        return _candidates(x, np.reshape(positions, (-1,)), np.reshape(values, (-1,)))

    return Choice(
        "scatter_duplicates",
        "which of several values written to one element stays",
        written_twice,
        {"last": DEFINED, "any_of_them": AnyOf(candidates)},
    )


def _candidates(x: Any, positions: Any, values: Any) -> list[Any]:
    """One array for each k: what stands if, of the values for an element, the k-th comes last."""
    order = np.argsort(positions, kind="stable")
    ordered = positions[order]
    ranks = np.empty_like(positions)
    ranks[order] = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    results = []
    for rank in range(int(np.max(ranks, initial=-1)) + 1):
        out = x.flatten()
        out[positions] = values
        out[positions[ranks == rank]] = values[ranks == rank]
        results.append(np.reshape(out, x.shape))
    return results


def keyed(shape: tuple[int, ...], indices: tuple[Any, ...], axes: tuple[int, ...]) -> Any:
    """The positions, in the flattened array of that shape, that arrays over the axes name."""
    if len(axes) != len(indices):
        raise ValueError(f"axes {axes} must name one axis for each of {len(indices)} arrays")
    key: list[Any] = []
    for number, (index, axis) in enumerate(zip(indices, axes, strict=True)):
        if not len(key) <= axis < len(shape):
            raise ValueError(f"axes {axes} must rise, not overlap, and lie in [0, {len(shape)})")
        key += [slice(None)] * (axis - len(key)) + _places(
            f"indices[{number}]", index, shape[axis:]
        )
    return np.reshape(np.arange(math.prod(shape)), shape)[tuple(key)]


def _places(name: str, index: Any, sizes: tuple[int, ...]) -> list[Any]:
    """The integer arrays that an array stands for, one for each axis that it indexes."""
    if index.ndim == 0:
        raise ValueError(f"{name} must have a dimension or more")
    if index.dtype != bool:
        return [located(name, index, sizes[0])]
    demand_shape(name, index, sizes[: index.ndim])
    return list(np.nonzero(index))


def sizes_of_keys(x: Any, *indices: Any, axes: tuple[int, ...]) -> list[int | None]:
    """For ``out_of_range``: the size that each integer array indexes."""
    pairs = zip(indices, axes, strict=True)
    return [None, *(None if i.dtype == bool else x.shape[axis] for i, axis in pairs)]
