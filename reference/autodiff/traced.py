"""``Traced``: arrays that remember how they were computed, for reverse mode.

Each call of ``vjp`` takes a level of its own, above all earlier ones, and has a tape: the list of
its ``Traced`` arrays in the order of creation. A ``Traced`` wraps a plain array, an ``Exact``, a
``Noisy`` or a ``Traced`` of a lower level, and the rules are NumPy code on those. So gradients are
interpreted as values are, and gradients of gradients come by nesting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import Interpreter, innermost, interpreters, unwrap
from tensorcts.reference.autodiff.rules import FLAT, rule_of

Pairs = Iterator[tuple["Traced", Any]]


class Traced(Interpreter):
    """An array that knows what it was computed from, and how to pull a cotangent back there."""

    def __init__(
        self,
        value: Any,
        level: int,
        tape: list[Traced],
        pull: Callable[[Any], Pairs] = lambda g: iter(()),
    ) -> None:
        """Wrap ``value`` and enter the tape.

        pull: from the cotangent of this array, those of the arrays that it was computed from.
        """
        self.value, self.level, self.tape, self.pull = value, level, tape, pull
        tape.append(self)

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` on the values, and remember its rules for the traced arguments."""
        values, options = unwrap(args, self.level), unwrap(kwargs, self.level)
        result = function(*values, **options)
        if function in FLAT or not carries_gradient(result):
            return result
        arguments = {**dict(enumerate(args)), **kwargs}
        rules = {n: rule_of(function, n) for n, a in arguments.items() if self._traces(a)}

        def pull(g: Any) -> Pairs:
            for n, rule in rules.items():
                yield from self._pairs(arguments[n], rule(g, result, *values, **options))

        return Traced(result, self.level, self.tape, pull)

    def _traces(self, argument: Any) -> bool:
        return any(found.level == self.level for found in interpreters(argument))

    def _pairs(self, argument: Any, cotangent: Any) -> Pairs:
        """Each traced array of an argument (one array, or a list of them) with its cotangent."""
        if isinstance(argument, list | tuple):
            for item, part in zip(argument, cotangent, strict=True):
                yield from self._pairs(item, part)
        elif isinstance(argument, Traced) and argument.level == self.level:
            yield argument, cotangent


def carries_gradient(x: Any) -> bool:
    """Whether ``x`` is an array of real numbers; integers and booleans carry no gradient."""
    if x is None:
        return False
    plain = np.asarray(innermost(x))
    if plain.dtype.kind == "c" or any(isinstance(item, mpmath.mpc) for item in _objects(plain)):
        raise TypeError(f"gradients of complex arrays are not defined yet, got {plain!r}")
    return plain.dtype.kind == "O" or dtypes.is_floating(dtypes.name_of(plain.dtype))


def _objects(x: Any) -> Any:
    return x.flat if x.dtype.kind == "O" else ()


def pulled_back(tape: list[Traced], cotangents: dict[int, Any]) -> dict[int, Any]:
    """The cotangents of all arrays on the tape, by ``id``, from those of the outputs."""
    for node in reversed(tape):
        if id(node) in cotangents:
            for source, cotangent in node.pull(cotangents[id(node)]):
                accumulate(cotangents, source, unbroadcast(cotangent, source.shape))
    return cotangents


def accumulate(cotangents: dict[int, Any], node: Traced, cotangent: Any) -> None:
    """Add a cotangent to what has come to ``node`` so far."""
    known = cotangents.get(id(node))
    cotangents[id(node)] = cotangent if known is None else known + cotangent


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """``g`` summed over the axes that broadcasting from ``shape`` added or stretched."""
    added = tuple(range(np.ndim(g) - len(shape)))
    g = np.sum(g, axis=added) if added else g
    grown = tuple(i for i, n in enumerate(shape) if n == 1 and np.shape(g)[i] != 1)
    return np.sum(g, axis=grown, keepdims=True) if grown else g
