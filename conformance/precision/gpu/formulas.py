"""Functions of a double ``x`` as CUDA C, as ``evaluations`` has them in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

from tensorcts.conformance.precision import evaluations
from tensorcts.conformance.precision.functions import Function

LIBRARY = (
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sqrt", "rsqrt", "cbrt", "erf",
    "erfc", "erfinv", "lgamma",
)  # fmt: skip
"""Functions that CUDA's library has in double, by the same names."""

SIGMOID = "1 / (1 + exp(-x))"

SOFTPLUS = "(fmax({0}, 0.0) + log1p(exp(-fabs({0}))))"
"""log(1 + eˣ); NaN by the second term."""

HARDSIGMOID = "(x <= -3 ? 0.0 : x >= 3 ? 1.0 : (x + 3) / 6)"


def _horner(coefficients: Sequence[float], of: str) -> str:
    """A polynomial."""
    *rest, text = [repr(float(c)) for c in coefficients]
    for coefficient in reversed(rest):
        text = f"({coefficient} + {of} * {text})"
    return text


COMPOSED = {
    "gelu": "0.5 * x * erfc(-x * 0.7071067811865476)",
    "gelu_tanh": "x / (1 + exp(-2 * (0.7978845608028654 * (x + 0.044715 * (x * x * x)))))",
    "silu": "x / (1 + exp(-x))",
    "swish": "x / (1 + exp(-{beta!r} * x))",
    "sigmoid": SIGMOID,
    "log_sigmoid": "-" + SOFTPLUS.format("(-x)"),
    "softplus": "{beta!r} * x > {threshold!r} ? x : " + SOFTPLUS.format("({beta!r} * x)")
    + " / {beta!r}",
    "mish": "x * tanh(" + SOFTPLUS.format("x") + ")",
    "softsign": "x / (1 + fabs(x))",
    "square": "x * x",
    "reciprocal": "1 / x",
    "leaky_relu": "x > 0 ? x : {negative_slope!r} * x",
    "elu": "x > 0 ? x : {alpha!r} * expm1(x)",
    "celu": "x > 0 ? x : {alpha!r} * expm1(x / {alpha!r})",
    "selu": "1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))",
    "hardsigmoid": HARDSIGMOID,
    "hardswish": "x * " + HARDSIGMOID,
    "tanhshrink": "fabs(x) < 0.125 ? x * x * x * "
    + _horner(evaluations.TANHSHRINK, "(x * x)") + " : x - tanh(x)",
    "logit": "fabs(2 * x - 1) < 0.5 ? 2 * atanh(2 * x - 1) : log(x / (1 - x))",
    "sinc": "x == 0 ? 1.0 : sinpi(x) / (3.141592653589793 * x)",
    "deg2rad": "x * 0.017453292519943295",
    "rad2deg": "x * 57.29577951308232",
}  # fmt: skip

FEW = 2.0**-46
"""A relative margin of 64 ulp and more, for functions whose largest documented error in double is 1
to 5 ulp, alone or with a few additions, products and quotients that cancel nothing: it leaves fewer
inputs to the host. Source: NVIDIA, CUDA C++ Programming Guide, mathematical functions."""

ACCURATE = (
    *LIBRARY, "silu", "swish", "sigmoid", "softplus", "mish", "softsign", "log_sigmoid",
    "leaky_relu", "elu", "celu", "selu", "hardswish", "deg2rad", "rad2deg",
)  # fmt: skip

UNDOCUMENTED = {"lgamma": (-23.0001, -2.2637)}
"""Between its zeros there CUDA documents no largest error."""

EVERYWHERE, NOWHERE = (-(2.0**1000), 2.0**1000), (0.0, 0.0)


def formula(function: Function) -> str | None:
    """The function as an expression, or None where CUDA C has it not."""
    name = function.op.name
    if name in LIBRARY:
        return f"{name}(x)"
    return COMPOSED[name].format(**function.attrs) if name in COMPOSED else None


def unsure(function: Function) -> tuple[float, float]:
    """Between which numbers the margin is that of ``evaluations``; beyond them it is ``FEW``."""
    name = function.op.name
    if name in ACCURATE and not evaluations.margin(function).nothing:
        return UNDOCUMENTED.get(name, NOWHERE)
    return EVERYWHERE
