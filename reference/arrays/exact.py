"""``Exact``: definitions interpreted in mpmath's arbitrary precision, the judge of last resort.

mpmath knows neither signed zeros nor infinities that come from a division by zero, and its log and
sqrt leave the real line for negative arguments. Here x/0 is an infinity of x's sign and what is
undefined over the reals is NaN; who needs the sign of a zero asks float64 arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.arrays import (
    exact_arithmetic,
    exact_orders,
    exact_sums,
    precise,
    primitives,
)
from tensorcts.reference.arrays.dispatch import Interpreter, map_arrays, unwrap
from tensorcts.reference.arrays.multiprecision import (
    MP,
    NAN,
    arbitrary_precision,
    elementwise,
    nearest_float,
    number,
)


class Exact(Interpreter):
    """An array of mpmath numbers (``value``: an object ndarray)."""

    level = 0

    def __init__(self, value: NDArray[Any]) -> None:
        """Wrap an array of numbers; floats and integers are taken as they are, exactly."""
        self.value = value if value.dtype == object else _lift(value)

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` on object arrays, elementwise functions by mpmath."""
        plain_args, plain_kwargs = unwrap(args, self.level), unwrap(kwargs, self.level)
        with arbitrary_precision(), np.errstate(all="ignore"):
            result = FUNCTIONS.get(function, function)(*plain_args, **plain_kwargs)
        return map_arrays(_wrap, result)

    def split(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The numbers as pairs: the nearest float64 (complex128) and what is left, as float64.

        Of numbers below 2**-1016 less than float64's smallest number is left, and lost.
        """
        if any(isinstance(x, MP.mpc) for x in self.value.flat):
            parts = [Exact(elementwise(part)(self.value)).split() for part in (MP.re, MP.im)]
            (hi, lo), (ihi, ilo) = parts
            return primitives.join_parts(hi, ihi), primitives.join_parts(lo, ilo)
        with arbitrary_precision(), np.errstate(all="ignore"):
            hi = elementwise(nearest_float)(self.value).astype(np.float64)
            lo = elementwise(_rest, 2)(self.value, hi).astype(np.float64)
            return hi, lo


def _rest(x: Any, nearest: float) -> float:
    """What is left; next to half an ulp on its own side of that, so that it is no tie."""
    if not math.isfinite(nearest):
        return 0.0
    rest = x - nearest
    found = nearest_float(rest)
    if abs(math.frexp(found)[0]) != 0.5 or found == rest:
        return found
    return math.nextafter(found, math.inf if rest > found else -math.inf)


def _wrap(result: Any) -> Any:
    """Numbers become ``Exact`` again; booleans, indices and sizes stay what they are."""
    if isinstance(result, np.ndarray) and result.dtype == object:
        return Exact(result)
    if isinstance(result, MP.mpf | MP.mpc):
        return Exact(np.array(result, dtype=object))
    return result


def _lift(value: NDArray[Any]) -> NDArray[Any]:
    kind = MP.mpc if np.issubdtype(value.dtype, np.complexfloating) else MP.mpf
    with arbitrary_precision():  # a 64-bit integer has more than 53 bits
        return elementwise(kind)(value.astype(object))


def _function(name: str) -> Callable[..., Any]:
    return _scalar(precise.function(name))


def _inside(name: str, low: float, high: float) -> Callable[..., Any]:
    """The function on [low, high] (and on complex numbers); NaN elsewhere."""
    function = precise.function(name)
    return _scalar(lambda x: function(x) if _is_complex(x) or low <= x <= high else NAN)


def _on_numbers(name: str) -> Callable[..., Any]:
    """The function of finite numbers; NaN of others."""
    function = precise.function(name)
    return _scalar(lambda x: function(x) if MP.isfinite(x) else NAN)


def _is_complex(x: Any) -> bool:
    return isinstance(x, MP.mpc)


def _scalar(function: Callable[..., Any], arguments: int = 1) -> Callable[..., Any]:
    """A function of the context's numbers only."""
    return elementwise(lambda *operands: function(*map(number, operands)), arguments)


def _test(function: Callable[[Any], bool]) -> Callable[..., Any]:
    ufunc = np.frompyfunc(lambda x: function(number(x)), 1, 1)
    return lambda x: np.asarray(ufunc(x), dtype=bool)


def _round_to_int(function: Callable[[Any], Any]) -> Callable[..., Any]:
    return elementwise(lambda x: function(x) if MP.isfinite(x) else x)


def _convert(x: NDArray[Any], *, dtype: str) -> NDArray[Any]:
    match dtypes.wide(dtype):
        case "complex128":
            return _scalar(MP.mpc)(x)
        case "float64":
            return _scalar(MP.re)(x)
    hi, _ = Exact(x).split()
    return primitives.convert(hi, dtype=dtype)


def _exponents(x: NDArray[Any]) -> NDArray[np.int32]:
    return _scalar(exact_arithmetic.exponent_of)(x).astype(np.int32)


def _product(x: NDArray[Any], axis: Any = None, *, keepdims: bool = False) -> NDArray[Any]:
    """np.prod, whose result over nothing or over all axes is a bare Python number."""
    return elementwise(number)(np.prod(x, axis=axis, keepdims=keepdims))


def _where(condition: Any, x: Any, y: Any) -> NDArray[Any]:
    """np.where, whose plain numbers become mpmath's: what is computed from them would be floats."""
    chosen = np.where(condition, x, y)
    return elementwise(number)(chosen) if chosen.dtype == object else chosen


INF = float("inf")
FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.divide: _scalar(exact_arithmetic.divide, 2),
    np.reciprocal: _scalar(lambda x: exact_arithmetic.divide(MP.one, x)),
    np.power: _scalar(precise.power, 2),
    np.float_power: _scalar(precise.power, 2),
    np.square: elementwise(lambda x: x * x),
    np.sqrt: _scalar(exact_arithmetic.sqrt),
    np.exp: _function("exp"),
    np.exp2: _scalar(precise.exp2),
    np.expm1: _function("expm1"),
    np.log: _inside("log", 0, INF),
    np.log2: _inside("log2", 0, INF),
    np.log10: _inside("log10", 0, INF),
    np.log1p: _inside("log1p", -1, INF),
    np.sin: _on_numbers("sin"),
    np.cos: _on_numbers("cos"),
    np.tan: _on_numbers("tan"),
    np.arcsin: _inside("asin", -1, 1),
    np.arccos: _inside("acos", -1, 1),
    np.arctan: _function("atan"),
    np.arctan2: _scalar(precise.atan2, 2),
    np.sinh: _function("sinh"),
    np.cosh: _function("cosh"),
    np.tanh: _function("tanh"),
    np.arcsinh: _function("asinh"),
    np.arccosh: _inside("acosh", 1, INF),
    np.arctanh: _scalar(precise.atanh),
    np.hypot: _scalar(exact_arithmetic.hypot, 2),
    np.cbrt: _scalar(exact_arithmetic.cbrt),
    np.floor_divide: _scalar(exact_arithmetic.floor_divide, 2),
    np.remainder: _scalar(exact_arithmetic.remainder, 2),
    np.fmod: _scalar(exact_arithmetic.fmod, 2),
    np.copysign: _scalar(exact_arithmetic.copysign, 2),
    np.ldexp: _scalar(exact_arithmetic.ldexp, 2),
    primitives.exponent_of: _exponents,
    scipy.special.erf: _function("erf"),
    scipy.special.erfc: _scalar(precise.erfc),
    scipy.special.erfinv: _scalar(precise.erfinv),
    scipy.special.gammaln: _scalar(precise.gammaln),
    scipy.special.psi: _scalar(precise.psi),
    primitives.hurwitz: _scalar(precise.zeta, 2),
    np.sum: exact_sums.total,
    np.cumsum: exact_sums.running_total,
    np.matmul: exact_sums.matmul,
    np.einsum: exact_sums.einsum,
    primitives.scatter_sum: exact_sums.scatter_sum,
    np.prod: _product,
    np.where: _where,
    np.maximum: exact_orders.MAXIMUM,
    np.minimum: exact_orders.MINIMUM,
    np.max: exact_orders.reduction(exact_orders.MAXIMUM),
    np.min: exact_orders.reduction(exact_orders.MINIMUM),
    np.argmax: exact_orders.position(np.argmax),
    np.argmin: exact_orders.position(np.argmin),
    np.argsort: exact_orders.argsort,
    np.isnan: exact_orders.is_nan,
    np.isinf: _test(MP.isinf),
    np.isfinite: _test(MP.isfinite),
    np.signbit: _test(lambda x: bool(x < 0)),
    np.sign: elementwise(lambda x: x if MP.isnan(x) else MP.sign(x)),
    np.floor: _round_to_int(MP.floor),
    np.ceil: _round_to_int(MP.ceil),
    np.rint: _round_to_int(MP.nint),
    np.round: _round_to_int(MP.nint),
    np.trunc: _round_to_int(lambda x: MP.sign(x) * MP.floor(abs(x))),
    np.conjugate: elementwise(MP.conj),
    np.real: elementwise(MP.re),
    np.imag: elementwise(MP.im),
    primitives.convert: _convert,
    primitives.join_parts: elementwise(lambda re, im: MP.mpc(number(re), number(im)), 2),
}
"""What NumPy can't do to object arrays by itself. All others run as they are."""
