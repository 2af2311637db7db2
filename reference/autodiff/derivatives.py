"""Matrices of derivatives, of real functions of one array: jacobian, hessian, hvp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import is_complex
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import grad, vjp

Function = Callable[[Any], Any]


def jacobian(function: Function) -> Function:
    """The function that gives ∂function/∂x, of the result's shape and then that of x.

    One pass forward, and one back for each element of the result.
    """

    def matrix(x: Any) -> Any:
        result, pullback = vjp(function, x)
        if is_complex(result) or is_complex(x):
            raise TypeError("a Jacobian is a matrix over the reals, take real and imaginary parts")
        shape = np.shape(result)
        units = np.eye(np.size(result)).reshape(np.size(result), *shape)
        rows = [pullback(unit)[0] for unit in units]
        full = shape + np.shape(x)
        return np.reshape(np.stack(rows), full) if rows else np.zeros(full)

    return matrix


def hessian(function: Function) -> Function:
    """The function that gives the second derivatives of a scalar function: reverse over reverse."""
    return jacobian(grad(function))


def hvp(function: Function) -> Callable[[Any, Any], Any]:
    """The function that gives a scalar function's Hessian times a vector: forward over reverse.

    It costs a few times what the function does; the Hessian itself is never made.
    """
    return lambda x, vector: jvp(grad(function), (x,), (vector,))[1]
