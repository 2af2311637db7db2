"""``Noisy``: definitions interpreted in Monte Carlo arithmetic.

Every primitive's result is disturbed by a random rounding error of the size that the tolerance
tables grant that primitive in the dtype at hand. The spread of several such runs is what an honest
implementation may be off by (Parker 1997; CESTAC/CADNA; Verificarlo).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.dispatch import Interpreter, map_arrays, slice_of, unwrap
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy_sums import SUMS
from tensorcts.reference.arrays.stacked import Stacked, plain


class Noisy(Interpreter):
    """A float64 (or complex128) array that suffers the rounding errors of a lesser dtype.

    Where the noise is drawn several times ``value`` becomes ``Stacked`` at the first rounding.
    """

    level = 0

    def __init__(self, value: Any, noise: Noise) -> None:
        """Wrap ``value``; every result computed from it is disturbed by ``noise``."""
        self.value = value
        self.noise = noise

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` in float64, then disturb the result; it may overflow on the way."""
        args, kwargs = unwrap(args, self.level), unwrap(kwargs, self.level)
        result = self._disturbed(function, args, kwargs)
        return result if function in _PLAIN else map_arrays(self._wrap, result)

    def _wrap(self, result: Any) -> Any:
        array = result if isinstance(result, Stacked) else np.asarray(result)
        return Noisy(array, self.noise) if plain(array).dtype.kind in "fc" else result

    def _disturbed(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if function in OWN:
            return OWN[function](self.noise.within(function), *args, **kwargs)
        result = function(*args, **kwargs)
        if function in primitives.ARITHMETIC:
            budget = self.noise.budget(primitives.ARITHMETIC[function], result)
            return self.noise.rounded(result, _unless_exact(self.noise, budget, function, args))
        if function is np.absolute and any(map(primitives.is_complex, args)):
            return self.noise.rounded(result, self.noise.budgets["hypot"])
        if function is np.sign and primitives.is_complex(result):  # a quotient by the modulus
            modulus = self.noise.rounded(result, self.noise.budgets["hypot"])
            return self.noise.rounded(modulus, self.noise.budgets["divide"])
        if function not in NOISELESS:
            raise TypeError(f"no error model for {getattr(function, '__name__', function)!r}")
        return result


def _unless_exact(noise: Noise, budget: float, function: Callable[..., Any], operands: Any) -> Any:
    """The budget, but 0 where no arithmetic rounds: 0 is added to a number of the format."""
    if function not in (np.add, np.subtract) or all(_has_no_zero(x) for x in operands):
        return budget
    if any(_is_between(noise, x) for x in operands):
        return budget
    return np.where(np.equal(operands[0], 0) | np.equal(operands[1], 0), 0.0, budget)


def _has_no_zero(x: Any) -> bool:
    return bool(np.asarray(plain(x)).all())


def _is_between(noise: Noise, x: Any) -> bool:
    """Whether it is an attribute that lies between two numbers of the format."""
    return isinstance(x, float) and bool(x % noise.intermediates.ulp(np.asarray(x)) != 0)


def _psi(noise: Noise, x: Any) -> Any:
    """digamma has zeros: where its value is below 1 its error is absolute."""
    y = scipy.special.psi(x)
    size = np.maximum(np.abs(y), 1.0)
    return np.where(np.isfinite(y), y + (noise.rounded(size, noise.budgets["psi"]) - size), y)


def _power(noise: Noise, x: Any, y: Any) -> Any:
    """The complex power is exp(y·log x), whose error grows with the size of the exponent."""
    z = np.power(x, y)
    if not primitives.is_complex(z):
        return noise.rounded(z, noise.budgets["pow"])
    logarithm = noise.rounded(np.log(x), noise.budgets["complex log"])
    exponent = noise.rounded(y * logarithm, noise.budgets["complex multiply"])
    return noise.rounded(np.exp(exponent), noise.budgets["complex exp"])


def _ldexp(noise: Noise, x: Any, exponent: Any) -> Any:
    """Exact, but that it may overflow, or round where it is subnormal."""
    z = np.ldexp(x, exponent)
    return noise.rounded(z, np.where(np.abs(z) < noise.intermediates.smallest_normal, 0.5, 0.0))


UNEVEN: dict[Any, Callable[..., Any]] = {
    scipy.special.psi: _psi,
    np.ldexp: _ldexp,
    np.power: _power,
    primitives.held: lambda noise, number, like: noise.held(number),
}
"""Elementwise primitives whose error is not that many ulps of the result everywhere."""

OWN = SUMS | UNEVEN
"""What has an error of its own kind."""

_PLAIN = frozenset(primitives.PREDICATES + primitives.INDEX_VALUED)
"""Functions whose results are no numbers with errors."""

NOISELESS = frozenset(
    (
        np.absolute,
        np.max,
        np.min,
        primitives.convert,
        primitives.join_parts,
        primitives.select,
        primitives.scatter_to,
        primitives.stop_gradient,
    )
    + (slice_of,)
    + primitives.SELECTING
    + primitives.PREDICATES
    + primitives.MOVING
    + primitives.INDEX_VALUED
)
