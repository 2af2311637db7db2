"""``Dual``: arrays that carry a tangent along, for forward mode.

A ``Dual`` stands for x + ε·t with ε² = 0. Each call of ``jvp`` takes a level of its own, as those
of ``vjp`` do, so the two modes nest in each other to any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import Interpreter, interpreters, unwrap
from tensorcts.reference.autodiff.rules import is_flat
from tensorcts.reference.autodiff.rules.forward import tangent_of
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.autodiff.trees import mapped


class Dual(Interpreter):
    """An array and its tangent, of the same shape."""

    def __init__(self, value: Any, tangent: Any, level: int) -> None:
        """Pair ``value`` with ``tangent``; both may be interpreters of lower levels."""
        self.value, self.tangent, self.level = value, tangent, level

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` on the values, and its rule on the values and tangents."""
        values, options = unwrap(args, self.level), unwrap(kwargs, self.level)
        result = function(*values, **options)
        if not carries_gradient(result) or is_flat(function, result):
            return result
        tangents = tuple(self._tangents(argument) for argument in args)
        if any(self._moves(argument) for argument in kwargs.values()):
            name = getattr(function, "__name__", repr(function))
            raise TypeError(f"{name!r} takes arrays that carry tangents by position only")
        tangent = tangent_of(function, result, values, tangents, options)
        return Dual(result, tangent, self.level)

    def _moves(self, argument: Any) -> bool:
        return any(found.level == self.level for found in interpreters(argument))

    def _tangents(self, argument: Any) -> Any:
        """The tangent of an argument, None where it has none; of a tree, one for each leaf."""
        if not self._moves(argument):
            return None
        return mapped(self._tangent, argument)

    def _tangent(self, x: Any) -> Any:
        if isinstance(x, Dual) and x.level == self.level:
            return x.tangent
        return np.zeros_like(x) if carries_gradient(x) else None
