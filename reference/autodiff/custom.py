"""Definitions with derivative rules of their own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from tensorcts.reference.arrays.dispatch import highest
from tensorcts.reference.autodiff.rules import RULES
from tensorcts.reference.autodiff.traced import Traced

P = ParamSpec("P")
R = TypeVar("R")


def gradient(*rules: Callable[..., Any] | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give the decorated function rules, one for each array, in place of those of its parts.

    This is for a function whose documented gradient is not as well conditioned as the traced one
    (or better): the tolerance of a gradient is that of the formula which its rule evaluates.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def dispatch(*args: P.args, **kwargs: P.kwargs) -> R:
            top = highest((args, kwargs), default=None)
            if not isinstance(top, Traced):
                return function(*args, **kwargs)
            result: R = top.interpret(dispatch, args, kwargs)
            return result

        RULES[dispatch] = rules
        return dispatch

    return decorate
