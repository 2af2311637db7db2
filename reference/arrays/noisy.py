"""``Noisy``: definitions interpreted in Monte Carlo arithmetic.

Every primitive's result is disturbed by a random rounding error of the size that the tolerance
tables grant that primitive in the dtype at hand. The spread of several such runs is what an honest
implementation may be off by (Parker 1997; CESTAC/CADNA; Verificarlo).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.dispatch import Interpreter, map_arrays, slice_of, unwrap
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.stacked import Stacked, one_by_one
from tensorcts.reference.arrays.subscripts import sizes_of


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
        """Run ``function`` in float64, then disturb the result."""
        args, kwargs = unwrap(args, self.level), unwrap(kwargs, self.level)
        with np.errstate(all="ignore"):
            result = self._disturbed(function, args, kwargs)
        exact = function in primitives.PREDICATES or function in primitives.INDEX_VALUED
        return result if exact else map_arrays(self._wrap, result)

    def _wrap(self, result: Any) -> Any:
        if not _is_inexact(result):
            return result
        return Noisy(result if isinstance(result, Stacked) else np.asarray(result), self.noise)

    def _disturbed(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        own = CONTRACTIONS.get(function, UNEVEN.get(function))
        if own is not None:
            return own(self.noise.within(function), *args, **kwargs)
        result = function(*args, **kwargs)
        if function in primitives.ARITHMETIC:
            budget = self.noise.budgets[_row(primitives.ARITHMETIC[function], result)]
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
    if function not in (np.add, np.subtract) or any(_is_between(noise, x) for x in operands):
        return budget
    if all(np.all(_plain(x)) for x in operands):
        return budget
    return np.where(np.equal(operands[0], 0) | np.equal(operands[1], 0), 0.0, budget)


def _is_between(noise: Noise, x: Any) -> bool:
    """Whether it is an attribute that lies between two numbers of the format."""
    return isinstance(x, float) and bool(x % noise.intermediates.ulp(np.asarray(x)) != 0)


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, Stacked) else x


def _is_inexact(result: Any) -> bool:
    return np.asarray(_plain(result)).dtype.kind in "fc"


def _row(name: str, result: Any) -> str:
    return f"complex {name}" if primitives.is_complex(result) else name


def _root(noise: Noise, function: Callable[..., Any], *operands: Any, **kwargs: Any) -> Any:
    """√Σ(ab)², ``function`` being Σab."""
    scales = [1.0 if isinstance(x, str) else _scale(noise, x) for x in operands]
    pairs = zip(operands, scales, strict=True)
    squares = [x if isinstance(x, str) else _squares(x, scale) for x, scale in pairs]
    return np.sqrt(function(*squares, **kwargs)) * math.prod(scales)


def _scale(noise: Noise, x: Any) -> float:
    """A power of two by which the largest number is divided lest float64's squares overflow."""
    if noise.accumulator.max < 2.0**500:
        return 1.0
    size = np.abs(_plain(x))
    largest = np.max(size, where=np.isfinite(size), initial=0.0)
    return float(2.0 ** (np.frexp(largest)[1] - 1)) if largest else 1.0


def _squares(x: Any, scale: float) -> Any:
    """The squared sizes over the scale's; of stacked arrays, which differ by noise, their mean."""
    x = x if scale == 1.0 else x / scale
    if not isinstance(x, Stacked):
        return np.abs(x) ** 2
    size = np.abs(x.value) if primitives.is_complex(x) else x.value
    return np.einsum("s...,s...->...", size, size) / len(size)


def _sum(noise: Noise, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    total = np.sum(x, axis=axis, keepdims=keepdims)
    root = _root(noise, np.sum, x, axis=axis, keepdims=keepdims)
    return noise.accumulated(total, root, np.size(x) / max(np.size(total), 1))


def _prod(noise: Noise, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    product = np.prod(x, axis=axis, keepdims=keepdims)
    return _multiplied(noise, product, max(np.size(x) / max(np.size(product), 1) - 1, 0))


def _multiplied(noise: Noise, product: Any, roundings: Any) -> Any:
    # Each rounding is off by at most k ulp ≤ 2ku of the product, uniformly: variance (2ku)²/3.
    most = 2 * noise.budgets[_row("multiply", product)] * noise.accumulator.unit_roundoff
    return noise.scaled(product, most * np.sqrt(roundings / 3))


def _places(x: Any, axis: int) -> Any:
    """The numbers 1, 2, … along the axis: how many elements a scan has gone over."""
    after = np.ndim(x) - 1 - axis % np.ndim(x)
    return np.reshape(np.arange(1, np.shape(x)[axis] + 1), (-1,) + (1,) * after)


def _cumsum(noise: Noise, x: Any, axis: int) -> Any:
    root = _root(noise, np.cumsum, x, axis=axis)
    return noise.accumulated(np.cumsum(x, axis=axis), root, _places(x, axis))


def _cumprod(noise: Noise, x: Any, axis: int) -> Any:
    return _multiplied(noise, np.cumprod(x, axis=axis), _places(x, axis) - 1)


def _contraction(function: Callable[..., Any]) -> Callable[..., Any]:
    def contract(noise: Noise, *args: Any, **kwargs: Any) -> Any:
        result = function(*map(noise.taken, args), **kwargs)
        root = _root(noise, function, *args, **kwargs)
        return noise.accumulated(result, root, _terms(function, args, result))

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
    if noise.samples is not None and _leaves_a_choice(terms, output):
        once = partial(_einsum, replace(noise, samples=None), subscripts)
        return one_by_one(once, operands, noise.samples)
    if len(terms) > 1 and noise.generator.random() < 0.5:
        terms = [_alone(noise, i, terms, output) for i in range(len(terms))]
    while len(terms) > 2:
        first, second = (terms.pop(noise.generator.integers(len(terms))) for _ in range(2))
        needed = output + "".join(letters for letters, _ in terms)
        terms.append(_joined(noise, [first, second], needed))
    return _plain_einsum(noise, terms, output)


def _leaves_a_choice(terms: list[Term], output: str) -> bool:
    alone = any(_letters_alone(i, terms, output) for i in range(len(terms)))
    return len(terms) > 2 or (len(terms) == 2 and alone)


def _letters_alone(place: int, terms: list[Term], output: str) -> set[str]:
    """The letters of a term that neither another one nor the output has."""
    others = (letters for i, (letters, _) in enumerate(terms) if i != place)
    return set(terms[place][0]).difference(output, *others)


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
    scale = max(_scale(noise, x), _scale(noise, updates))
    squared = (_squares(a, scale) for a in (x, updates))
    root = np.sqrt(primitives.scatter_sum(next(squared), index, next(squared), axis=axis)) * scale
    given = [np.where(np.not_equal(a, 0), 1.0, 0.0) for a in (x, updates)]
    terms = primitives.scatter_sum(given[0], index, given[1], axis=axis)  # 0 adds no error
    return np.where(terms <= 1, total, noise.accumulated(total, root, terms))


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
