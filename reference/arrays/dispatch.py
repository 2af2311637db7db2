"""The dispatch that all interpreters share: one function, many kinds of array.

An interpreter is an array type that wraps a ``value`` (an ndarray, or an interpreter of a lower
level) and says by its method ``interpret`` what any NumPy function does to it. NumPy calls it
through NEP 13 (``__array_ufunc__``) and NEP 18 (``__array_function__``), our own primitives
through ``primitive``. Definitions stay unchanged NumPy code.
"""

from __future__ import annotations

import functools
import math
import operator
from abc import abstractmethod
from collections.abc import Callable, Iterable
from types import EllipsisType
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")
Index = int | slice | EllipsisType | None


class Interpreter(NDArrayOperatorsMixin):
    """An array that decides itself what a NumPy function does to it."""

    value: Any
    level: int
    """Which interpreter is asked first: the one with the highest level."""

    @abstractmethod
    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """The result of ``function(*args, **kwargs)``, some of whose arguments are of this type."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs.get("out") is not None:
            raise TypeError(
                f"np.{ufunc.__name__}.{method} has no functional form; call np.sum etc."
            )
        top = self
        for x in inputs:
            if isinstance(x, Interpreter) and x.level > top.level:
                top = x
        return top.interpret(ufunc, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func in COMPOSED:
            return COMPOSED[func](*args, **kwargs)
        return highest((*args, *kwargs.values()), default=self).interpret(func, args, kwargs)

    def __getitem__(self, index: Index | tuple[Index, ...]) -> Any:
        return slice_of(self, index=index)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    @property
    def inner(self) -> Any:
        """What is wrapped, be it an interpreter."""
        return self.value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the wrapped array."""
        return np.shape(innermost(self))

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the wrapped array."""
        return np.asarray(innermost(self)).dtype


def innermost(x: Any) -> Any:
    """The plain array at the bottom of a nest of interpreters."""
    while isinstance(x, Interpreter):
        x = x.inner
    return x


def interpreters(tree: Any) -> list[Interpreter]:
    """Every interpreter among the arguments, those inside lists, tuples and dicts included."""
    if isinstance(tree, Interpreter):
        return [tree]
    found: list[Interpreter] = []
    if isinstance(tree, NESTS):
        for item in tree.values() if isinstance(tree, dict) else tree:
            if isinstance(item, Interpreter):
                found.append(item)
            elif isinstance(item, NESTS):
                found += interpreters(item)
    return found


NESTS = (tuple, list, dict)
"""The types of arguments that arrays are looked for in."""

HOLDING = (Interpreter, *NESTS)
"""The types of arguments that are interpreters or may hold them."""


def highest(tree: Any, *, default: D) -> Interpreter | D:
    """The interpreter that is to be asked: the first of those with the highest level.

    NumPy asks one array of each type only, which need not be the right one.
    """
    return max(interpreters(tree), key=_level, default=default)


_level = operator.attrgetter("level")


def unwrap(tree: Any, level: int) -> Any:
    """The same arguments with each interpreter of ``level`` replaced by its value."""
    if isinstance(tree, Interpreter):
        return tree.value if tree.level == level else tree
    if isinstance(tree, dict):
        return {key: unwrap(item, level) for key, item in tree.items()}
    if isinstance(tree, NESTS):
        return type(tree)([unwrap(x, level) if isinstance(x, HOLDING) else x for x in tree])
    return tree


def map_arrays(function: Callable[[Any], Any], result: Any) -> Any:
    """``function`` of an array result, or of each array in a list or tuple of them."""
    if isinstance(result, list | tuple):
        return tuple(function(item) for item in result)
    return function(result)


def primitive(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function that NumPy lacks dispatch on its arguments as NumPy's own do."""

    @functools.wraps(function)
    def dispatch(*args: P.args, **kwargs: P.kwargs) -> R:
        top = highest((*args, *kwargs.values()), default=None)
        if top is None:
            return function(*args, **kwargs)
        result: R = top.interpret(dispatch, args, kwargs)
        return result

    return dispatch


@primitive
def slice_of(x: Any, *, index: Index | tuple[Index, ...]) -> Any:
    """Basic slicing, ``x[index]``: integers, slices, Ellipsis and None only."""
    return x[index]


def _mean(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    total = np.sum(x, axis=axis, keepdims=keepdims)
    return total / (x.size // total.size if total.size else 1)


def _stack(arrays: Iterable[Any], axis: int = 0) -> Any:
    return np.concatenate([np.expand_dims(a, axis) for a in arrays], axis=axis)


def _split(x: Any, ends: list[int], axis: int = 0) -> list[Any]:
    lead = (slice(None),) * (axis % x.ndim)
    return [x[(*lead, slice(a, b))] for a, b in zip([0, *ends], [*ends, None], strict=True)]


COMPOSED: dict[Any, Callable[..., Any]] = {
    np.mean: _mean,
    np.stack: _stack,
    np.split: _split,
    np.shape: operator.attrgetter("shape"),
    np.ndim: operator.attrgetter("ndim"),
    np.size: operator.attrgetter("size"),
}
"""NumPy functions that are not primitives here, by what they are made of."""
