"""Reverse mode as functions of functions: vjp, grad, value_and_grad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import is_complex
from tensorcts.reference.autodiff.levels import next_level
from tensorcts.reference.autodiff.nodes import Node, pulled_back
from tensorcts.reference.autodiff.traced import Traced, carries_gradient
from tensorcts.reference.autodiff.trees import leaves, mapped


def vjp(
    function: Callable[..., Any], *primals: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The result of ``function(*primals)``, and its pullback.

    The pullback takes a cotangent of the result (a tuple of them where the result is a tuple) to
    a tuple of cotangents of the primals: zeros where the result doesn't depend on a primal, None
    for what carries no gradient (integers, booleans, None). Primals and results may be trees of
    arrays: tuples, lists, dicts.

    Of complex numbers it is the adjoint for the inner product Re Σ a̅·b, as in PyTorch: a gradient
    is ∂f/∂Re z + i·∂f/∂Im z, which points uphill; JAX's is its conjugate.
    """
    inputs, results, level = traced(function, primals)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        known: list[tuple[Node, Any]] = []

        def collect(output: Any, g: Any) -> None:
            _check_shape(output, g)
            if _is_of(level, output):
                known.append((output.node, g))

        mapped(collect, results, cotangent)
        with np.errstate(all="ignore"):
            pulled = pulled_back(known)
            of_primals: tuple[Any, ...] = mapped(
                lambda x: _of_primal(x, pulled) if _is_of(level, x) else None, inputs
            )
        return of_primals

    return mapped(lambda x: x.value if _is_of(level, x) else x, results), pullback


def traced(
    function: Callable[..., Any], primals: tuple[Any, ...]
) -> tuple[tuple[Any, ...], Any, int]:
    """The primals as inputs of a graph of a new level, what the function makes of them, the level.

    What carries no gradient stays as it is.
    """
    level = next_level()
    inputs = mapped(lambda x: Traced(x, level) if carries_gradient(x) else x, primals)
    with np.errstate(all="ignore"):
        return inputs, function(*inputs), level


def value_and_grad(
    function: Callable[..., Any], argument: int | tuple[int, ...] = 0
) -> Callable[..., tuple[Any, Any]]:
    """The function that gives a scalar function's value and its gradient by one argument.

    By several arguments the gradient is the tuple of theirs. It is of real results: the real or
    the imaginary part of a complex one has a gradient, not the number itself.
    """
    places = argument if isinstance(argument, tuple) else (argument,)

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        for place in places:
            if not any(map(carries_gradient, leaves(args[place]))):
                raise TypeError(f"argument {place} carries no gradient: {args[place]!r}")

        def of_these(*moving: Any) -> Any:
            every = list(args)
            for place, x in zip(places, moving, strict=True):
                every[place] = x
            return function(*every, **kwargs)

        value, pullback = vjp(of_these, *(args[place] for place in places))
        if np.shape(value) != () or is_complex(value):
            kind = "complex" if is_complex(value) else f"of shape {np.shape(value)}"
            raise ValueError(f"a gradient needs a real scalar result, it is {kind}")
        gradients = pullback(1.0)
        return value, gradients if isinstance(argument, tuple) else gradients[0]

    return both


def grad(function: Callable[..., Any], argument: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The gradient of a scalar function by one or several of its arguments, as a function."""
    both = value_and_grad(function, argument)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def _is_of(level: int, x: Any) -> bool:
    return isinstance(x, Traced) and x.level == level


def _of_primal(x: Traced, cotangents: dict[Any, Any]) -> Any:
    return cotangents[x.node] if x.node in cotangents else np.zeros_like(x.value)


def _check_shape(output: Any, cotangent: Any) -> None:
    if np.shape(output) != np.shape(cotangent):
        raise ValueError(f"a result of shape {np.shape(output)} has no cotangent of shape "
                         f"{np.shape(cotangent)}")  # fmt: skip
