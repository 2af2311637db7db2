"""Gradients of any order by a library that differentiates functions of its arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

_Function = Callable[..., list[Any]]


@dataclass(frozen=True)
class Autodiff:
    """A library's way to differentiate.

    pull: what a function, its arrays and cotangents of its results give: cotangents of the arrays.
    carries: whether an array is one of floats.
    """

    pull: Callable[[_Function, list[Any], list[Any]], Sequence[Any]]
    carries: Callable[[Any], bool]

    def pulled_back(
        self,
        function: Callable[..., Any],
        arrays: Sequence[Any],
        orders: Sequence[Sequence[Any]],
    ) -> tuple[Any, ...]:
        """The cotangents of the arrays of floats; each further order differentiates the last."""
        inputs = self._floats(arrays)
        pulled: _Function = partial(self._results, function, arrays)
        for order in orders:
            pulled = partial(self._pulled, pulled, len(inputs))
            inputs = [*inputs, *order]
        return tuple(pulled(*inputs))

    def _results(
        self, function: Callable[..., Any], arrays: Sequence[Any], /, *leaves: Any
    ) -> list[Any]:
        """The results of floats, of the leaves in place of the arrays of floats."""
        given = iter(leaves)
        found = function(*(next(given) if self._is_float(a) else a for a in arrays))
        return self._floats(found if isinstance(found, tuple | list) else (found,))

    def _pulled(self, function: _Function, count: int, /, *given: Any) -> list[Any]:
        """The pullback of a function at the first ``count`` arrays, of the others."""
        return list(self.pull(function, list(given[:count]), list(given[count:])))

    def _floats(self, arrays: Sequence[Any]) -> list[Any]:
        return [a for a in arrays if self._is_float(a)]

    def _is_float(self, array: Any) -> bool:
        return array is not None and self.carries(array)
