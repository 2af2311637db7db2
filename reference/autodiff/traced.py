"""``Traced``: arrays that remember how they were computed, for reverse mode.

Each call of ``vjp`` takes a level of its own, above all earlier ones. A ``Traced`` wraps a plain
array, an ``Exact``, a ``Noisy`` or a ``Traced`` of a lower level, and the rules are NumPy code on
those. So gradients are interpreted as values are, and gradients of gradients come by nesting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import NESTS, Interpreter, innermost, unwrap
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
        values, options = unwrap(args, self.level), unwrap(kwargs, self.level)
        result = function(*values, **options)
        if not carries_gradient(result) or is_flat(function, result):
            return result
        sources = {n: a for n, a in (*enumerate(args), *kwargs.items()) if self._nodes(a)}
        rules = rules_of(function, tuple(sources))

        def pull(g: Any) -> list[Any]:
            cotangents = rules(g, result, *values, **options)
            return [part for a, cotangent in zip(sources.values(), cotangents, strict=True)
                    for part in self._parts(a, cotangent)]  # fmt: skip

        parents = [node for source in sources.values() for node in self._nodes(source)]
        node = Node(np.shape(result), is_complex(result), function, parents, pull)
        return Traced(result, self.level, node)

    def _nodes(self, argument: Any) -> list[Node]:
        """The nodes of this level in an argument, which may be a tree."""
        if isinstance(argument, Traced):
            return [argument.node] if argument.level == self.level else []
        if isinstance(argument, NESTS):
            items = argument.values() if isinstance(argument, dict) else argument
            return [node for item in items for node in self._nodes(item)]
        return []

    def _parts(self, argument: Any, cotangent: Any) -> list[Any]:
        """The cotangents of an argument, one for each of its nodes."""
        if isinstance(argument, Traced):
            return [cotangent]
        pairs: list[tuple[Any, Any]] = []
        mapped(lambda *pair: pairs.append(pair), argument, cotangent)
        return [part for item, part in pairs if self._nodes(item)]


def carries_gradient(x: Any) -> bool:
    """Whether ``x`` is an array of real or complex numbers; integers and booleans carry none."""
    if x is None:
        return False
    dtype = np.asarray(innermost(x)).dtype
    return dtype.kind in "fcO" or dtypes.is_floating(dtypes.name_of(dtype))
