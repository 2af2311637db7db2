"""The graph of a computation, and reverse mode as a walk over it.

Nodes know their parents, from which they were computed, and nothing else: what nothing more
depends on is freed, and graphs of different threads have nothing in common.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

import numpy as np


@final
class Node:
    """An array of a computation: its shape, what gave it, and the way back to its parents."""

    __slots__ = ("__weakref__", "complex", "depth", "function", "parents", "pull", "shape")

    def __init__(
        self,
        shape: tuple[int, ...],
        complex: bool,
        function: Callable[..., Any] | None = None,
        parents: Sequence[Node] = (),
        pull: Callable[[Any], Sequence[Any]] = lambda g: (),
    ) -> None:
        """Place it below its parents.

        function: what computed the array; None for an input.
        pull: the transpose of its derivative: from a cotangent of the array one for each parent.
        """
        self.shape, self.complex, self.function = shape, complex, function
        self.parents, self.pull = parents, pull
        self.depth: int = 1 + max([parent.depth for parent in parents], default=-1)


def ordered(outputs: Iterable[Node]) -> list[Node]:
    """The nodes that the outputs were computed from, they too: each before all of its parents."""
    found: dict[Node, None] = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting.extend(node.parents)
    return sorted(found, key=lambda node: node.depth, reverse=True)


def pulled_back(outputs: Sequence[tuple[Node, Any]]) -> dict[Node, Any]:
    """The cotangents of the inputs, from those of the outputs."""
    cotangents: dict[Node, Any] = {}
    for output, g in outputs:
        _accumulate(cotangents, output, g)
    for node in ordered(cotangents):
        if node.parents:
            pulled = _adjoint(node, cotangents.pop(node))
            for parent, cotangent in zip(node.parents, pulled, strict=True):
                _accumulate(cotangents, parent, cotangent)
    return cotangents


def _accumulate(cotangents: dict[Node, Any], node: Node, cotangent: Any) -> None:
    """Add a cotangent to what has come to the node so far: no array is changed."""
    known = cotangents.get(node)
    cotangents[node] = cotangent if known is None else known + cotangent


def _adjoint(node: Node, g: Any) -> Sequence[Any]:
    """The cotangents of the node's parents, in their shapes.

    Among complex numbers the transpose stands between two conjugations, which is the adjoint for
    the inner product Re Σ a̅·b; what comes to a real array is real.
    """
    parents = node.parents
    if not any(map(_complex, (node, *parents))):
        pulled = node.pull(g)
    else:
        pairs = zip(parents, node.pull(np.conjugate(g)), strict=True)
        pulled = [np.conjugate(c) if parent.complex else np.real(c) for parent, c in pairs]
    return [
        c if np.shape(c) == parent.shape and c is not None else _fitted(c, parent, node)
        for parent, c in zip(parents, pulled, strict=True)
    ]


_complex = operator.attrgetter("complex")


def _fitted(cotangent: Any, parent: Node, node: Node) -> Any:
    """The cotangent in its parent's shape; raises ValueError for a rule that gives another one."""
    fitted = unbroadcast(cotangent, parent.shape)
    if cotangent is None or np.shape(fitted) != parent.shape:
        name = getattr(node.function, "__name__", repr(node.function))
        what = "None" if cotangent is None else f"a cotangent of shape {np.shape(cotangent)}"
        raise ValueError(f"the rule of {name!r} gives {what} for an argument of shape "
                         f"{parent.shape}")  # fmt: skip
    return fitted


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """``g`` summed over the axes that broadcasting from ``shape`` added or stretched."""
    own = np.shape(g)
    if own == shape or len(own) < len(shape):
        return g
    added = tuple(range(len(own) - len(shape)))
    g = np.sum(g, axis=added) if added else g
    grown = tuple(i for i, n in enumerate(shape) if n == 1 and np.shape(g)[i] != 1)
    return np.sum(g, axis=grown, keepdims=True) if grown else g
