"""Gradients as ops: the backward of an op is an op itself, and so is the backward of that one.

``softmax.backward`` takes the arrays of ``softmax`` and a cotangent for each output that carries
a gradient, and gives the cotangent of each array that does: it is the pullback, by the rules of
``autodiff``. What judges values judges it: it has a truth, a tolerance, cases and reproducers.
``softmax.backward.backward`` is the second order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from tensorcts.reference import dtypes, subgradients
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.registry import BACKWARD, Op, Result, get

DTYPES = dtypes.FLOATING + dtypes.COMPLEX
"""The dtypes that gradients are taken in."""


def backward(op: Op) -> Op:
    """The op that pulls cotangents of the results back to the arrays; raises ValueError for none.

    Its text is that of the op whose gradient it is.
    """
    if not op.differentiable:
        raise ValueError(f"{op.name} has no gradient")

    def pulled(*arrays: Any, **attrs: Any) -> tuple[Any, ...]:
        count = primals(op, arrays, attrs)
        return pull(op, arrays[:count], attrs, arrays[count:])

    pulled.__doc__, kinds = op.function.__doc__, _kinds(op)
    found = replace(
        op,
        name=op.name + BACKWARD,
        function=pulled,
        dtypes=tuple(name for name in op.dtypes if name in DTYPES),
        result=kinds if {"real", "complex"} & set(kinds) else "same",
        choices=(),
        zero_sign=False,
        aliases="may",
        also_known_as=(),
    )
    freedom = subgradients.choice(first(op), pulled, partial(orders, found))
    return replace(found, choices=(freedom,))


def _kinds(op: Op) -> tuple[Result, ...]:
    """How the dtype of each array follows: a cotangent's as that of the result it belongs to."""
    if not is_backward(op):
        parameters = op.signature.parameters.values()
        same: tuple[Result, ...] = ("same",)
        return same * sum(p.kind is not p.KEYWORD_ONLY for p in parameters)
    result = base(op).result
    return _kinds(base(op)) + (result if isinstance(result, tuple) else (result,))


def is_backward(op: Op) -> bool:
    """Whether it is the gradient of another op."""
    return op.name.endswith(BACKWARD)


def pull(op: Op, arrays: Sequence[Any], attrs: Any, cotangents: Sequence[Any]) -> tuple[Any, ...]:
    """The cotangents of the arrays that carry gradients, from those of the results that do."""

    def function(*arrays: Any) -> tuple[Any, ...]:
        return tuple(outputs(op, arrays, attrs))

    results, pullback = vjp(function, *arrays)
    given = iter(cotangents)
    full = [next(given) if carries_gradient(r) else np.zeros(np.shape(r)) for r in results]
    return tuple(g for g in pullback(tuple(full)) if g is not None)


def outputs(op: Op, arrays: Sequence[Any], attrs: Any) -> Iterator[Any]:
    """The op's results, one or several."""
    results = op.function(*arrays, **attrs)
    yield from results if isinstance(results, tuple | list) else (results,)


def primals(op: Op, arrays: Sequence[Any], attrs: Any) -> int:
    """How many of a gradient's arrays are those of the op itself; cotangents follow them.

    Raises ValueError where no number of cotangents fits.
    """
    parameters = op.signature.parameters.values()
    if all(p.kind is not p.VAR_POSITIONAL for p in parameters):
        return sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
    for count in range(len(arrays) - 1, 0, -1):
        if len(arrays) - count == _carrying(op, arrays[:count], attrs):
            return count
    raise ValueError(f"{len(arrays)} arrays are none of {op.name} with cotangents of its results")


def _carrying(op: Op, arrays: Sequence[Any], attrs: Any) -> int:
    """How many results of a call carry gradients; -1 where it fails."""
    try:
        if is_backward(op):
            return sum(map(carries_gradient, arrays[: primals(base(op), arrays, attrs)]))
        return sum(map(carries_gradient, outputs(op, arrays, attrs)))
    except (ValueError, IndexError, TypeError):
        return -1


def orders(op: Op, arrays: Sequence[Any], attrs: Any) -> list[Sequence[Any]]:
    """The arrays of a gradient of any order, parted: those of the first op, then cotangents."""
    if not is_backward(op):
        return [arrays]
    count = primals(base(op), arrays, attrs)
    return [*orders(base(op), arrays[:count], attrs), arrays[count:]]


def base(op: Op) -> Op:
    """The op whose backward it is."""
    return get(op.name.removesuffix(BACKWARD))


def first(op: Op) -> Op:
    """The op that is differentiated, once or several times."""
    return first(base(op)) if is_backward(op) else op
