"""Faults of gradients of complex numbers: conjugates, parts and factors left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.gradients import fault, right


@fault("multiply.backward", "complex64")
def multiply_backward_unconjugated(x: Any, y: Any, g: Any) -> Any:
    """g·y for g·y̅: the transpose of the derivative, not its adjoint."""
    return right("multiply", np.conj(x), np.conj(y), g)


@fault("matmul.backward", "complex64", "complex128")
def matmul_backward_transposed_only(x: Any, y: Any, g: Any) -> Any:
    """The transpose of the second factor without its conjugate."""
    return right("matmul", x, np.conj(y), g)[0], right("matmul", x, y, g)[1]


@fault("cumulative_prod.backward", "complex64")
def cumulative_prod_backward_unconjugated(x: Any, g: Any, **attrs: Any) -> Any:
    """Products of the factors themselves, as MLX 0.32 multiplies them."""
    return right("cumulative_prod", np.conj(x), g, **attrs)


@fault("exp.backward", "complex64")
def exp_backward_real_part_alone(x: Any, g: Any) -> Any:
    """The cotangent stored through its real part."""
    return (right("exp", x, g)[0].real + 0j * x,)


@fault("real.backward", "complex64")
def real_backward_by_half(x: Any, g: Any) -> Any:
    """Wirtinger's ∂/∂z of the real part, which is ½."""
    return (right("real", x, g)[0] / 2,)


@fault("imag.backward", "complex64")
def imag_backward_of_the_wrong_sign(x: Any, g: Any) -> Any:
    """-i·g, which is the transpose, for i·g."""
    return (-right("imag", x, g)[0],)


@fault("conj.backward", "complex128")
def conj_backward_as_it_came(x: Any, g: Any) -> Any:
    """The cotangent not conjugated."""
    return (g.copy(),)


@fault("abs.backward", "complex64")
def abs_backward_divides_by_zero(x: Any, g: Any) -> Any:
    """g·x/|x| without the 0 that stands for 0/0."""
    with np.errstate(all="ignore"):
        return (g * x / OPS["abs"](x),)


@fault("abs.backward", "complex128")
def abs_backward_by_the_real_parts_sign(x: Any, g: Any) -> Any:
    """±g by the sign of the real part: the gradient of real numbers."""
    return (g * np.sign(x.real) + 0j,)


@fault("angle.backward", "complex64")
def angle_backward_over_the_modulus(x: Any, g: Any) -> Any:
    """i·g·x/|x| for i·g·x/|x|²."""
    return (right("angle", x, g)[0] * OPS["abs"](x),)


@fault("acosh.backward", "complex64")
def acosh_backward_by_one_root(x: Any, g: Any) -> Any:
    """g/√(x² - 1), as JAX 0.10 has it: of the wrong sign where the real part is negative."""
    with np.errstate(all="ignore"):
        return (g / np.conj(np.sqrt(x * x - x.dtype.type(1))),)


@fault("vdot.backward", "complex64")
def vdot_backward_factors_exchanged(x: Any, y: Any, g: Any) -> Any:
    """The gradient of x·y̅ for that of x̅·y."""
    return right("vdot", y, x, g)[::-1]
