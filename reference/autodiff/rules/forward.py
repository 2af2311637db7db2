"""The tangents of the primitives' results: Jacobians times tangents.

Most follow from what is known already. The Jacobian of an elementwise function is diagonal, hence
its own transpose: its tangent is what its cotangent rule makes of the tangents (of complex numbers
too, where it is holomorphic). A function that is linear in some arguments, over the reals at
least, is applied to their tangents. The few others stand in ``RULES``, as
``rule(t, z, *args, **kwargs)`` for the tangent ``t`` of the first argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import slice_of
from tensorcts.reference.arrays.primitives import (
    convert,
    join_parts,
    scatter_sum,
    scatter_to,
    select,
)
from tensorcts.reference.autodiff.rules import MissingRuleError, elementwise
from tensorcts.reference.autodiff.rules.reductions import kept, others
from tensorcts.reference.autodiff.rules.scans import slices

LINEAR = frozenset(
    (np.sum, np.cumsum, np.reshape, np.squeeze, np.expand_dims, np.broadcast_to, np.transpose,
     np.swapaxes, np.moveaxis, np.flip, np.repeat, np.concatenate, np.take, np.take_along_axis,
     np.real, np.imag, convert, select, slice_of)
)  # fmt: skip
"""Functions that are linear in their first argument, an array or a list of them."""

JOINTLY_LINEAR = {scatter_to: (0, 2), scatter_sum: (0, 2), join_parts: (0, 1)}
"""Functions that are linear in several arguments together, by their positions."""

MULTILINEAR = frozenset((np.matmul, np.einsum))
"""Functions that are linear in each array on its own: the product rule holds."""


def tangent_of(
    function: Callable[..., Any], z: Any, args: Any, tangents: Any, kwargs: dict[str, Any]
) -> Any:
    """The tangent of ``z = function(*args, **kwargs)``; ``tangents`` holds None for constants.

    Raises MissingRuleError for a function without a rule.
    """
    if own := getattr(function, "tangent", None):
        return own(tangents, z, *args, **kwargs)
    if function in LINEAR:
        return function(tangents[0], *args[1:], **kwargs)
    if function in JOINTLY_LINEAR:
        return function(*_all_moved(JOINTLY_LINEAR[function], args, tangents), **kwargs)
    if function in MULTILINEAR:
        return sum(function(*moved, **kwargs) for moved in _each_moved(args, tangents))
    if function in RULES:
        return RULES[function](tangents[0], z, *args, **kwargs)
    if function in elementwise.RULES:
        return _elementwise(function, z, args, tangents)
    name = getattr(function, "__name__", repr(function))
    raise MissingRuleError(f"{name!r} has no rule for the tangent of its result")


def _elementwise(function: Callable[..., Any], z: Any, args: Any, tangents: Any) -> Any:
    """The sum over the arguments of derivative times tangent."""
    rules = elementwise.RULES[function]
    parts = [
        rules[n](np.broadcast_to(t, np.shape(z)), z, *args)
        for n, t in enumerate(tangents)
        if t is not None
    ]
    return sum(parts[1:], start=parts[0])


def _all_moved(positions: tuple[int, ...], args: Any, tangents: Any) -> list[Any]:
    """The arguments with tangents at the positions, zeros for those without one."""
    moved = list(args)
    for n in positions:
        moved[n] = np.zeros_like(args[n]) if tangents[n] is None else tangents[n]
    return moved


def _each_moved(args: Any, tangents: Any) -> Iterator[list[Any]]:
    """For each tangent the arguments with it in the place of its own."""
    for n, t in enumerate(tangents):
        if t is not None:
            yield [t if position == n else a for position, a in enumerate(args)]


def _sign(t: Any, z: Any, x: Any) -> Any:
    """What of a complex t is at right angles to z, over |x|; 0 where x is 0."""
    return np.conjugate(elementwise.RULES[np.sign][0](np.conjugate(t), z, x))


def _extreme(
    t: Any, z: Any, x: Any, axis: Any = None, *, keepdims: bool = False, initial: float = 0.0
) -> Any:
    """The mean of the tangents of the elements that are the extreme one."""
    ties = x == kept(z, x, axis, keepdims)
    total = np.sum(np.where(ties, t, 0.0), axis=axis, keepdims=keepdims)
    return total / np.sum(ties, axis=axis, keepdims=keepdims)


def _prod(t: Any, z: Any, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Each tangent times the product of the other elements."""
    return np.sum(t * others(x, axis), axis=axis, keepdims=keepdims)


def _cumprod(t: Any, z: Any, x: Any, axis: int) -> Any:
    """Each product's tangent from that of the one before it."""
    factors, moved, totals = slices(x, axis), slices(t, axis), slices(z, axis)
    for i in range(1, len(moved)):
        moved[i] = moved[i - 1] * factors[i] + totals[i - 1] * moved[i]
    return np.stack(moved, axis=axis) if moved else t


RULES: dict[Any, Callable[..., Any]] = {
    np.max: _extreme,
    np.min: _extreme,
    np.absolute: lambda t, z, x: np.real(t * np.conjugate(elementwise.unit(x, z))),
    np.sign: _sign,
    np.prod: _prod,
    np.cumprod: _cumprod,
}
