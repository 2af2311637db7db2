"""Functions of real numbers to within 2**-p relatively, p being the working precision.

By balls where python-flint is installed and a ball small enough is found. Else by mpmath, whose
functions lose bits without a word, beside their zeros most: at growing precision until two results
agree. What lies outside of the domain and at poles are the values that the ops define.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.reference.arrays import balls
from tensorcts.reference.arrays.multiprecision import MP, NAN

MOST = 64
"""How many times the working precision two results may take to agree."""


def function(name: str) -> Callable[..., Any]:
    """The function that mpmath, or ``POINTS``, calls so."""
    points = POINTS.get(name) or getattr(MP, name)

    def evaluate(*numbers: Any) -> Any:
        real = all(isinstance(x, MP.mpf) and MP.isfinite(x) for x in numbers)
        found = balls.enclosed(name, numbers, MP.prec) if real else None
        return agreed(points, numbers, name=name) if found is None else found

    return evaluate


def agreed(points: Callable[..., Any], numbers: tuple[Any, ...], *, name: str) -> Any:
    """The value by the first precision that says, to within 2**-p, what a lower one said.

    Raises ArithmeticError where none does.
    """
    bits = MP.prec
    earlier, precision = NAN, bits + balls.GUARD
    while precision <= MOST * bits:
        with MP.workprec(precision):
            value = points(*numbers)
            if _close(earlier, value, bits):
                return value
        earlier, precision = value, precision * 3 // 2
    raise ArithmeticError(
        f"{name}({', '.join(map(str, numbers))}) is not known to {bits} bits: by arithmetic of "
        f"{precision} bits it is {MP.nstr(earlier, 20)}, by that of fewer another number"
    )


def _close(one: Any, other: Any, bits: int) -> bool:
    """Whether two numbers are the same but for less than 2**-bits of their size."""
    if one == other or (MP.isnan(one) and MP.isnan(other)):
        return True
    return bool(MP.mag(one - other) < MP.mag(other) - bits - 1)


POINTS: dict[str, Callable[..., Any]] = {
    "log2": lambda x: MP.log(x) / MP.ln2,
    "complex_power": lambda x, y: MP.exp(y * MP.log(x)),
}
"""Functions that mpmath lacks or computes by another definition."""


def gammaln(x: Any) -> Any:
    """log Γ(x) for x ≥ 0."""
    if x == 0:
        return MP.inf
    return function("loggamma")(x) if x > 0 else NAN


def psi(x: Any) -> Any:
    """The digamma function for x > 0."""
    return function("digamma")(x) if x > 0 else NAN


def zeta(s: Any, x: Any) -> Any:
    """Hurwitz' ζ(s, x) for s > 1 and x > 0."""
    return function("zeta")(s, x) if 0 < x < MP.inf else MP.zero if x > 0 else NAN


def erfinv(x: Any) -> Any:
    """The inverse of erf on [-1, 1]."""
    if abs(x) == 1:
        return x * MP.inf
    return function("erfinv")(x) if abs(x) < 1 else NAN


def power(a: Any, b: Any) -> Any:
    """The real power; NaN for a finite a < 0 and a finite b that is no integer."""
    if isinstance(a, MP.mpc) or isinstance(b, MP.mpc):
        return function("complex_power")(a, b)
    if b == 0 or a == 1:
        return MP.one
    if MP.isnan(a) or MP.isnan(b):
        return NAN
    if a == 0:
        return MP.zero if b > 0 else MP.inf
    if MP.isinf(b):
        if a == -1:
            return MP.one
        return MP.inf if (abs(a) > 1) == (b > 0) else MP.zero
    if a < 0 and not MP.isint(b):
        return NAN if MP.isfinite(a) else power(-a, b)
    return function("power")(a, b)


def atan2(y: Any, x: Any) -> Any:
    """The angle of (x, y); of two zeros it hangs on their signs, which mpmath has not."""
    if MP.isnan(y) or MP.isnan(x) or y == x == 0:
        return NAN
    if MP.isinf(y) and MP.isinf(x):
        y, x = MP.sign(y), MP.sign(x)
    return function("atan2")(y, x)


def atanh(x: Any) -> Any:
    """The inverse of tanh on [-1, 1]."""
    if x in (1, -1):
        return x * MP.inf
    return function("atanh")(x) if isinstance(x, MP.mpc) or abs(x) < 1 else NAN


def exp2(x: Any) -> Any:
    """The power 2ˣ."""
    return function("power")(MP.mpf(2), x) if MP.isfinite(x) else MP.exp(x)


def erfc(x: Any) -> Any:
    """erfc, whose tail mpmath can't compute for huge arguments: no number format reaches it."""
    return function("erfc")(x) if abs(x) < 2**20 or MP.isnan(x) else MP.mpf(2 * int(x < 0))
