"""Reverse mode as functions of functions: vjp, grad, value_and_grad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.autodiff.levels import next_level
from tensorcts.reference.autodiff.traced import (
    Traced,
    accumulate,
    carries_gradient,
    pulled_back,
)


def vjp(
    function: Callable[..., Any], *primals: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The result of ``function(*primals)``, and its pullback.

    The pullback takes a cotangent of the result (a tuple of them where the result is a tuple) to
    a tuple of cotangents of the primals: zeros where the result doesn't depend on a primal, None
    for what carries no gradient (integers, booleans, None).
    """
    level = next_level()
    tape: list[Traced] = []
    inputs = [Traced(x, level, tape) if carries_gradient(x) else x for x in primals]
    with np.errstate(all="ignore"):
        results = function(*inputs)
    outputs = results if isinstance(results, tuple) else (results,)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        given = cotangent if isinstance(results, tuple) else (cotangent,)
        cotangents: dict[int, Any] = {}
        for output, g in zip(outputs, given, strict=True):
            _check_shape(output, g)
            if isinstance(output, Traced) and output.level == level:
                accumulate(cotangents, output, g)
        with np.errstate(all="ignore"):
            pulled = pulled_back(tape, cotangents)
            return tuple(_of_primal(x, pulled) if x is not p else None
                         for x, p in zip(inputs, primals))  # fmt: skip

    plain = tuple(_lowered(output, level) for output in outputs)
    return (plain if isinstance(results, tuple) else plain[0]), pullback


def value_and_grad(
    function: Callable[..., Any], argument: int = 0
) -> Callable[..., tuple[Any, Any]]:
    """The function that gives a scalar function's value and its gradient by one argument."""

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        if not carries_gradient(args[argument]):
            raise TypeError(f"argument {argument} carries no gradient: {args[argument]!r}")

        def of_one(x: Any) -> Any:
            return function(*args[:argument], x, *args[argument + 1 :], **kwargs)

        value, pullback = vjp(of_one, args[argument])
        if np.shape(value) != ():
            raise ValueError(f"a gradient needs a scalar result, got shape {np.shape(value)}")
        return value, pullback(1.0)[0]

    return both


def grad(function: Callable[..., Any], argument: int = 0) -> Callable[..., Any]:
    """The gradient of a scalar function by one of its arguments, as a function."""
    both = value_and_grad(function, argument)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def _lowered(x: Any, level: int) -> Any:
    return x.value if isinstance(x, Traced) and x.level == level else x


def _of_primal(x: Traced, cotangents: dict[int, Any]) -> Any:
    return cotangents[id(x)] if id(x) in cotangents else np.zeros_like(x.value)


def _check_shape(output: Any, cotangent: Any) -> None:
    if np.shape(output) != np.shape(cotangent):
        raise ValueError(f"a result of shape {np.shape(output)} has no cotangent of shape "
                         f"{np.shape(cotangent)}")  # fmt: skip
