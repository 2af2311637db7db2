"""``Noisy``: definitions interpreted in Monte Carlo arithmetic.

Every primitive's result is disturbed by a random rounding error of the size that the tolerance
tables grant that primitive in the dtype at hand. The spread of several such runs is what an honest
implementation may be off by (Parker 1997; CESTAC/CADNA; Verificarlo).

The errors: an elementwise primitive with a budget of k ulp is off by a uniform error in ±k ulp; a
contraction over K products by a normal error of standard deviation
u_acc·√K·(|Σab|/√3 + √Σ(ab)²), u_acc the unit roundoff of the accumulator. Results beyond the
largest number of the format in which intermediates are kept become infinite, as they would there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.dispatch import Interpreter, map_arrays, slice_of, unwrap
from tensorcts.reference.arrays.subscripts import sizes_of
from tensorcts.reference.dtypes import Format


@dataclass(frozen=True)
class Noise:
    """The rounding errors of an honest implementation.

    budgets: ulps of ``intermediates`` that each elementwise primitive may be off by; rows for
        complex results, normwise, stand under ``"complex " + name``.
    intermediates: the format that every intermediate result is rounded to.
    accumulator: the format that contractions and reductions accumulate in.
    flush: whether subnormal results may become zeros.
    operand_bits: the significand bits that contractions keep of their operands.
    """

    budgets: Mapping[str, float]
    intermediates: Format
    accumulator: Format
    generator: np.random.Generator
    flush: bool = False
    operand_bits: int = 53

    def taken(self, x: Any) -> Any:
        """``x`` as a contraction takes it: rounded to the bits that it keeps."""
        if not isinstance(x, np.ndarray) or self.operand_bits >= self.intermediates.p:
            return x
        few = replace(self.intermediates, p=self.operand_bits)
        return replace(self, intermediates=few).rounded(x, 0.5)

    def rounded(self, y: Any, ulps: float | NDArray[Any]) -> Any:
        """``y`` off by a uniform error of at most ``ulps`` ulp (normwise for complex numbers)."""
        y = np.asarray(y)
        error = ulps * self.intermediates.ulp(np.where(np.isfinite(y), np.abs(y), 0.0))
        y = np.where((y != 0) & np.isfinite(y), y + error * self._unit(y), y)
        return self._flushed(self._overflowed(y))

    def accumulated(self, y: Any, squares: Any, terms: Any) -> Any:
        """``y``, a sum of ``terms`` terms whose squares add up to ``squares``, off by its error."""
        y = np.asarray(y)
        size = np.abs(y) / math.sqrt(3) + np.sqrt(np.abs(squares))
        error = self.accumulator.unit_roundoff * np.sqrt(np.maximum(terms, 1)) * size
        normal = self.generator.standard_normal(np.shape(y))
        if np.iscomplexobj(y):
            normal = (normal + 1j * self.generator.standard_normal(np.shape(y))) / math.sqrt(2)
        return self.rounded(np.where(np.isfinite(error), y + error * normal, y), 0.5)

    def _unit(self, y: NDArray[Any]) -> NDArray[Any]:
        uniform = self.generator.uniform(-1.0, 1.0, y.shape)
        if not np.iscomplexobj(y):
            return uniform
        return np.asarray(uniform * np.exp(1j * self.generator.uniform(0.0, np.pi, y.shape)))

    def _flushed(self, y: NDArray[Any]) -> NDArray[Any]:
        tiny = np.abs(y) < self.intermediates.smallest_normal
        if not self.flush or not np.any(tiny):
            return y
        return np.where(tiny & (self.generator.random(y.shape) < 0.5), 0.0, y)

    def _overflowed(self, y: NDArray[Any]) -> NDArray[Any]:
        if np.iscomplexobj(y) or not np.any(np.abs(y) > self.intermediates.max):
            return y
        return np.where(np.abs(y) > self.intermediates.max, np.copysign(np.inf, y), y)


class Noisy(Interpreter):
    """A float64 (or complex128) array that suffers the rounding errors of a lesser dtype."""

    level = 0

    def __init__(self, value: NDArray[Any], noise: Noise) -> None:
        """Wrap ``value``; every result computed from it is disturbed by ``noise``."""
        self.value = value
        self.noise = noise

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` in float64, then disturb the result."""
        args, kwargs = unwrap(args, self.level), unwrap(kwargs, self.level)
        with np.errstate(all="ignore"):
            result = self._disturbed(function, args, kwargs)
        exact = function in primitives.PREDICATES or function in primitives.INDEX_VALUED
        return result if exact else map_arrays(self._wrap, result)

    def _wrap(self, result: Any) -> Any:
        return Noisy(np.asarray(result), self.noise) if _is_inexact(result) else result

    def _disturbed(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        own = CONTRACTIONS.get(function, UNEVEN.get(function))
        if own is not None:
            return own(self.noise, *args, **kwargs)
        result = function(*args, **kwargs)
        if function in primitives.ARITHMETIC:
            budget = self.noise.budgets[_row(primitives.ARITHMETIC[function], result)]
            return self.noise.rounded(result, np.where(_exact(function, args), 0.0, budget))
        if function is np.absolute and any(np.iscomplexobj(a) for a in args):
            return self.noise.rounded(result, self.noise.budgets["hypot"])
        if function is np.sign and np.iscomplexobj(result):  # a quotient by the modulus
            modulus = self.noise.rounded(result, self.noise.budgets["hypot"])
            return self.noise.rounded(modulus, self.noise.budgets["divide"])
        if function not in NOISELESS:
            raise TypeError(f"no error model for {getattr(function, '__name__', function)!r}")
        return result


def _exact(function: Callable[..., Any], operands: Any) -> Any:
    """Where no arithmetic rounds: 0 is added or subtracted."""
    sum_or_difference = function in (np.add, np.subtract)
    return sum_or_difference and np.equal(operands[0], 0) | np.equal(operands[1], 0)


def _is_inexact(result: Any) -> bool:
    return np.issubdtype(np.asarray(result).dtype, np.inexact)


def _row(name: str, result: Any) -> str:
    return f"complex {name}" if np.iscomplexobj(result) else name


def _sum(noise: Noise, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    total = np.sum(x, axis=axis, keepdims=keepdims)
    squares = np.sum(np.abs(x) ** 2, axis=axis, keepdims=keepdims)
    return noise.accumulated(total, squares, np.size(x) / max(np.size(total), 1))


def _prod(noise: Noise, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    product = np.asarray(np.prod(x, axis=axis, keepdims=keepdims))
    return _multiplied(noise, product, max(np.size(x) / max(np.size(product), 1) - 1, 0))


def _multiplied(noise: Noise, product: Any, roundings: Any) -> Any:
    # Each rounding is off by at most k ulp ≤ 2ku of the product, uniformly: variance (2ku)²/3.
    most = 2 * noise.budgets[_row("multiply", product)] * noise.accumulator.unit_roundoff
    relative = most * np.sqrt(roundings / 3) * noise.generator.standard_normal(product.shape)
    return noise.rounded(product * (1 + relative), 0.5)


def _places(x: Any, axis: int) -> Any:
    """The numbers 1, 2, … along the axis: how many elements a scan has gone over."""
    after = np.ndim(x) - 1 - axis % np.ndim(x)
    return np.reshape(np.arange(1, np.shape(x)[axis] + 1), (-1,) + (1,) * after)


def _cumsum(noise: Noise, x: Any, axis: int) -> Any:
    squares = np.cumsum(np.abs(x) ** 2, axis=axis)
    return noise.accumulated(np.cumsum(x, axis=axis), squares, _places(x, axis))


def _cumprod(noise: Noise, x: Any, axis: int) -> Any:
    return _multiplied(noise, np.cumprod(x, axis=axis), _places(x, axis) - 1)


def _contraction(function: Callable[..., Any]) -> Callable[..., Any]:
    def contract(noise: Noise, *args: Any, **kwargs: Any) -> Any:
        result = function(*map(noise.taken, args), **kwargs)
        squared = [np.abs(a) ** 2 if isinstance(a, np.ndarray) else a for a in args]
        squares = function(*squared, **kwargs)
        return noise.accumulated(result, squares, _terms(function, args, result))

    return contract


Term = tuple[str, Any]
"""The letters of an einsum's operand, and the operand."""


def _einsum(noise: Noise, subscripts: str, *operands: Any) -> Any:
    """Two operands at a time, as implementations do; each intermediate result is rounded.

    Which two, and whether letters of one operand alone are summed before, is theirs to choose: it
    is drawn anew each time.
    """
    inputs, _, output = subscripts.partition("->")
    terms = list(zip(inputs.split(","), operands, strict=True))
    if len(terms) > 1 and noise.generator.random() < 0.5:
        terms = [_alone(noise, i, terms, output) for i in range(len(terms))]
    while len(terms) > 2:
        first, second = (terms.pop(noise.generator.integers(len(terms))) for _ in range(2))
        needed = output + "".join(letters for letters, _ in terms)
        terms.append(_joined(noise, [first, second], needed))
    return _plain_einsum(noise, terms, output)


def _alone(noise: Noise, place: int, terms: list[Term], output: str) -> Term:
    """A term summed over the letters that neither another one nor the output has."""
    others = "".join(letters for i, (letters, _) in enumerate(terms) if i != place)
    return _joined(noise, [terms[place]], output + others)


def _joined(noise: Noise, terms: list[Term], needed: str) -> Term:
    letters = dict.fromkeys("".join(letters for letters, _ in terms))
    kept = "".join(letter for letter in letters if letter in needed)
    return kept, _plain_einsum(noise, terms, kept)


def _plain_einsum(noise: Noise, terms: list[Term], output: str) -> Any:
    """At once; what only moves data has no error."""
    subscripts = ",".join(letters for letters, _ in terms) + "->" + output
    operands = [x for _, x in terms]
    if len(terms) == 1 and set(terms[0][0]) == set(output):
        return np.einsum(subscripts, *operands)
    return _contraction(np.einsum)(noise, subscripts, *operands)


def _terms(function: Callable[..., Any], args: Any, result: Any) -> float:
    """How many products are summed for one element of the result."""
    if function is np.matmul:
        return float(np.shape(args[0])[-1])
    inputs, _, output = str(args[0]).partition("->")
    sizes = sizes_of(inputs.split(","), [np.shape(x) for x in args[1:]])
    return math.prod(n for letter, n in sizes.items() if letter not in output)


def _scatter_sum(noise: Noise, x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    total = primitives.scatter_sum(x, index, updates, axis=axis)
    squares = primitives.scatter_sum(np.abs(x) ** 2, index, np.abs(updates) ** 2, axis=axis)
    given = [np.asarray(a != 0, np.float64) for a in (x, updates)]
    terms = primitives.scatter_sum(given[0], index, given[1], axis=axis)  # 0 adds no error
    return np.where(terms <= 1, total, noise.accumulated(total, squares, terms))


def _psi(noise: Noise, x: Any) -> Any:
    """digamma has zeros: where its value is below 1 its error is absolute."""
    y = scipy.special.psi(x)
    size = np.maximum(np.abs(y), 1.0)
    return np.where(np.isfinite(y), y + (noise.rounded(size, noise.budgets["psi"]) - size), y)


def _power(noise: Noise, x: Any, y: Any) -> Any:
    """The complex power is exp(y·log x), whose error grows with the size of the exponent."""
    z = np.power(x, y)
    if not np.iscomplexobj(z):
        return noise.rounded(z, noise.budgets["pow"])
    logarithm = noise.rounded(np.log(x), noise.budgets["complex log"])
    exponent = noise.rounded(y * logarithm, noise.budgets["complex multiply"])
    return noise.rounded(np.exp(exponent), noise.budgets["complex exp"])


def _held(noise: Noise, number: float, like: Any) -> Any:
    return noise.rounded(number, 0.5)


UNEVEN: dict[Any, Callable[..., Any]] = {
    scipy.special.psi: _psi,
    np.power: _power,
    primitives.held: _held,
}
"""Elementwise primitives whose error is not that many ulps of the result everywhere."""

CONTRACTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.prod: _prod,
    np.cumsum: _cumsum,
    np.cumprod: _cumprod,
    np.matmul: _contraction(np.matmul),
    np.einsum: _einsum,
    primitives.scatter_sum: _scatter_sum,
}

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
