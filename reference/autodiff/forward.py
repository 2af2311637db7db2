"""Forward mode as a function of functions: jvp."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tensorcts.reference.autodiff.dual import Dual
from tensorcts.reference.autodiff.levels import next_level
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.autodiff.trees import mapped


def jvp(
    function: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]
) -> tuple[Any, Any]:
    """The result of ``function(*primals)``, and its tangent in the direction ``tangents``.

    A tangent has its primal's shape; it is None for what carries no gradient (integers, booleans,
    None), and so is the tangent of such a result. Primals and results may be trees of arrays.
    """
    level = next_level()
    inputs = [mapped(partial(_paired, level, n), x, t)
              for n, (x, t) in enumerate(zip(primals, tangents, strict=True))]  # fmt: skip
    with np.errstate(all="ignore"):
        results = function(*inputs)
    return mapped(partial(_value, level), results), mapped(partial(_tangent, level), results)


def _paired(level: int, position: int, x: Any, tangent: Any) -> Any:
    if not carries_gradient(x):
        return x
    if np.shape(tangent) != np.shape(x):
        raise ValueError(
            f"the tangent of primal {position} has the shape {np.shape(tangent)}, not {np.shape(x)}"
        )
    return Dual(x, tangent, level)


def _value(level: int, output: Any) -> Any:
    return output.value if isinstance(output, Dual) and output.level == level else output


def _tangent(level: int, output: Any) -> Any:
    """The tangent of a result: zeros where it doesn't depend on a primal."""
    if isinstance(output, Dual) and output.level == level:
        return output.tangent
    return np.zeros_like(output) if carries_gradient(output) else None
