"""The derivative rules of the primitives, in NumPy on cotangents.

A rule gives the cotangent of one argument: ``rule(g, z, *args, **kwargs)``, where ``g`` is the
cotangent of the result ``z = function(*args, **kwargs)``. It may leave the axes that broadcasting
stretched as they are (the caller sums them), and gives a list for an argument that is a list.
It is the transpose of the derivative: among complex numbers the caller conjugates ``g`` and what
the rule gives, so that rules of holomorphic functions are the same formulas as those of real ones.
The rules of a function stand in a tuple, one for each argument that can carry a gradient, or in
what else is indexed by an argument's position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import INDEX_VALUED, held, is_complex, stop_gradient
from tensorcts.reference.autodiff.rules import (
    contractions,
    elementwise,
    indexing,
    reductions,
    scans,
    shaping,
)

RULES: dict[Any, Any] = {
    **elementwise.RULES,
    **reductions.RULES,
    **scans.RULES,
    **contractions.RULES,
    **shaping.RULES,
    **indexing.RULES,
}

FLAT = frozenset(
    (
        np.sign,
        np.floor,
        np.ceil,
        np.trunc,
        np.rint,
        np.round,
        np.floor_divide,
        np.zeros_like,
        held,
        stop_gradient,
        *INDEX_VALUED,
    )
)
"""Functions that are constant wherever they are continuous: nothing flows back through them."""


class MissingRuleError(NotImplementedError):
    """A function has no derivative rule for an argument that carries a gradient."""


def is_flat(function: Callable[..., Any], result: Any) -> bool:
    """Whether nothing flows back from the result; the complex sign, z/|z|, is not constant."""
    return function in FLAT and not (function is np.sign and is_complex(result))


@dataclass(frozen=True)
class Joint:
    """One rule for all arguments: it gives a sequence of cotangents, one for each."""

    rule: Callable[..., Sequence[Any]]


def rules_of(
    function: Callable[..., Any], positions: Sequence[int | str]
) -> Callable[..., list[Any]]:
    """From the cotangent of the result (and it, and the arguments) those of some arguments.

    Raises MissingRuleError where an argument has no rule.
    """
    rules: Any = RULES[function] if function in RULES else getattr(function, "rules", ())
    if isinstance(rules, Joint) and not isinstance(positions[-1], str):
        return lambda *args, **kwargs: _picked(rules.rule(*args, **kwargs), positions)
    try:
        chosen = [rules[n] for n in positions]
    except (IndexError, TypeError):  # of too many arguments, or of one by its name
        chosen = [None]
    if None in chosen:
        raise _missing(function, rules, positions)
    return lambda *args, **kwargs: [rule(*args, **kwargs) for rule in chosen]


def _missing(function: Any, rules: Any, positions: Sequence[int | str]) -> MissingRuleError:
    known = [n for n, rule in enumerate(rules) if rule] if isinstance(rules, tuple) else []
    place = next(n for n in positions if n not in known)
    name = getattr(function, "__name__", repr(function))
    return MissingRuleError(f"{name!r} has no derivative rule for its argument {place!r}")


def _picked(cotangents: Any, positions: Sequence[int | str]) -> list[Any]:
    return [cotangents[n] for n in positions]
