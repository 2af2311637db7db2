"""Functions with derivative rules of their own, in place of those of their parts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from tensorcts.reference.arrays.dispatch import highest
from tensorcts.reference.autodiff.dual import Dual
from tensorcts.reference.autodiff.rules import Joint
from tensorcts.reference.autodiff.traced import Traced

F = TypeVar("F", bound=Callable[..., Any])
Rule = Callable[..., Any]


def gradient(*rules: Rule | None, tangent: Rule | None = None) -> Callable[[F], F]:
    """Give the decorated function rules, one for each array, in place of those of its parts.

    This is for a function whose documented gradient is not as well conditioned as the traced one
    (or better), or is another one: a straight-through estimator. The tolerance of a gradient is
    that of the formula which its rule evaluates.

    rules: ``rule(g, z, *args, **kwargs)``, the cotangent of one argument from that of the result z.
    tangent: ``tangent(tangents, z, *args, **kwargs)``, the tangent of the result from those of the
        arguments (None for constants); without it forward mode goes by the parts.
    """
    return lambda function: _with_rules(function, rules, tangent)


def backward(rule: Rule, tangent: Rule | None = None) -> Callable[[F], F]:
    """Give the decorated function one rule for all of its arguments.

    rule: ``rule(g, z, *args, **kwargs)``, a sequence of cotangents, one for each argument.
    tangent: as for ``gradient``.
    """
    return lambda function: _with_rules(function, Joint(rule), tangent)


def _with_rules(function: F, rules: Any, tangent: Rule | None) -> F:
    modes = (Traced,) if tangent is None else (Traced, Dual)

    @functools.wraps(function)
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        top = highest((*args, *kwargs.values()), default=None)
        if not isinstance(top, modes):
            return function(*args, **kwargs)
        result = top.interpret(dispatch, args, kwargs)
        _refuse_others(top, getattr(result, "value", None), function)
        return result

    vars(dispatch).update(rules=rules, tangent=tangent)
    return cast(F, dispatch)


def _refuse_others(top: Traced | Dual, value: Any, function: Callable[..., Any]) -> None:
    """Raise TypeError where a result has come from arrays that the rules know nothing of."""
    if isinstance(value, Traced | Dual) and value.level >= top.level:
        name = getattr(function, "__name__", repr(function))
        raise TypeError(f"{name!r} has rules for its arguments, and uses other arrays that carry "
                        "gradients: make them arguments")  # fmt: skip
