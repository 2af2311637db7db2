"""Forward mode as a function of functions: jvp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.autodiff.dual import Dual
from tensorcts.reference.autodiff.levels import next_level
from tensorcts.reference.autodiff.traced import carries_gradient


def jvp(
    function: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]
) -> tuple[Any, Any]:
    """The result of ``function(*primals)``, and its tangent in the direction ``tangents``.

    A tangent has its primal's shape; it is None for what carries no gradient (integers, booleans,
    None), and so is the tangent of such a result. Where the result is a tuple both are.
    """
    level = next_level()
    inputs = [_paired(x, t, level, n) for n, (x, t) in enumerate(zip(primals, tangents))]
    with np.errstate(all="ignore"):
        results = function(*inputs)
    outputs = results if isinstance(results, tuple) else (results,)
    values, moved = zip(*(_parted(output, level) for output in outputs), strict=True)
    return (values, moved) if isinstance(results, tuple) else (values[0], moved[0])


def _paired(x: Any, tangent: Any, level: int, position: int) -> Any:
    if not carries_gradient(x):
        return x
    if np.shape(tangent) != np.shape(x):
        raise ValueError(
            f"the tangent of primal {position} has the shape {np.shape(tangent)}, not {np.shape(x)}"
        )
    return Dual(x, tangent, level)


def _parted(output: Any, level: int) -> tuple[Any, Any]:
    """A result and its tangent: zeros where it doesn't depend on a primal."""
    if isinstance(output, Dual) and output.level == level:
        return output.value, output.tangent
    return output, np.zeros_like(output) if carries_gradient(output) else None
