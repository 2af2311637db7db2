"""The derivative rules of the primitives, in NumPy on cotangents.

A rule gives the cotangent of one argument: ``rule(g, z, *args, **kwargs)``, where ``g`` is the
cotangent of the result ``z = function(*args, **kwargs)``. It may leave the axes that broadcasting
stretched as they are (the caller sums them), and gives a list for an argument that is a list.
The rules of a function stand in a tuple, one for each argument that can carry a gradient, or in a
function from the argument's position to its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import INDEX_VALUED, held, stop_gradient
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


def rule_of(function: Callable[..., Any], position: int | str) -> Callable[..., Any]:
    """The rule of ``function`` for its argument at ``position``; raises where there is none."""
    rules = RULES.get(function, ())
    if callable(rules):
        rule: Callable[..., Any] = rules(position)
        return rule
    if isinstance(position, int) and position < len(rules) and rules[position] is not None:
        return rules[position]
    name = getattr(function, "__name__", repr(function))
    raise MissingRuleError(f"{name!r} has no derivative rule for its argument {position!r}")
