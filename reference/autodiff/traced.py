"""``Traced``: arrays that remember how they were computed, for reverse mode.

Each call of ``vjp`` takes a level of its own, above all earlier ones. A ``Traced`` wraps a plain
array, an ``Exact``, a ``Noisy`` or a ``Traced`` of a lower level, and the rules are NumPy code on
those. So gradients are interpreted as values are, and gradients of gradients come by nesting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import (
    NESTS,
    Interpreter,
    innermost,
    interpreters,
    unwrap,
)
from tensorcts.reference.arrays.primitives import is_complex
from tensorcts.reference.autodiff.nodes import Node
from tensorcts.reference.autodiff.rules import is_flat, rules_of
from tensorcts.reference.autodiff.trees import mapped


class Traced(Interpreter):
    """An array with its node in the graph of the computation."""

    def __init__(self, value: Any, level: int, node: Node | None = None) -> None:
        """Wrap ``value``, an input of the computation where it comes without a node."""
        self.value, self.level = value, level
        self.node = Node(np.shape(value), is_complex(value)) if node is None else node

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` on the values, and remember the way back to the traced arguments."""
        values, options = list(args), dict(kwargs)
        sources: dict[int | str, Any] = {}
        for taken, given in ((values, enumerate(args)), (options, kwargs.items())):
            for n, a in given:
                if isinstance(a, HOLDING) and self._nodes(a):
                    taken[n], sources[n] = unwrap(a, self.level), a
        result = function(*values, **options)
        if not carries_gradient(result) or is_flat(function, result):
            return result
        rules = rules_of(function, tuple(sources))
        parents = [node for a in sources.values() for node in self._nodes(a)]

        def pull(g: Any) -> list[Any]:
            cotangents = rules(g, result, *values, **options)
            return self._flat(sources.values(), cotangents) if nested else cotangents

        nested = any(isinstance(a, NESTS) for a in sources.values())
        node = Node(np.shape(result), is_complex(result), function, parents, pull)
        return Traced(result, self.level, node)

    def _nodes(self, argument: Any) -> list[Node]:
        """The nodes of this level in an argument, which may be a tree."""
        if isinstance(argument, Traced):
            return [argument.node] if argument.level == self.level else []
        found = [x for x in interpreters(argument) if isinstance(x, Traced)]
        return [x.node for x in found if x.level == self.level]

    def _flat(self, sources: Iterable[Any], cotangents: list[Any]) -> list[Any]:
        """The cotangents of trees as a list, one for each node."""
        pairs: list[tuple[Any, Any]] = []
        for source, cotangent in zip(sources, cotangents, strict=True):
            mapped(lambda *pair: pairs.append(pair), source, cotangent)
        return [cotangent for x, cotangent in pairs if self._nodes(x)]


HOLDING = (Traced, *NESTS)
"""The types of arguments that nodes are looked for in."""


def carries_gradient(x: Any) -> bool:
    """Whether ``x`` is an array of real or complex numbers; integers and booleans carry none."""
    if x is None:
        return False
    dtype = np.asarray(innermost(x)).dtype
    return dtype.kind in "fcO" or dtypes.is_floating(dtypes.name_of(dtype))
