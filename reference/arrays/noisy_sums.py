"""The errors of sums: reductions, scans, contractions, scattered updates."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.arrays import primitives
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.stacked import Stacked, plain, some, stacked
from tensorcts.reference.arrays.subscripts import sizes_of


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
    size = np.abs(plain(x))
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
    return noise.accumulated(total, root, x.size / max(total.size, 1))


def _prod(noise: Noise, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    product = np.prod(x, axis=axis, keepdims=keepdims)
    return _multiplied(noise, product, max(x.size / max(product.size, 1) - 1, 0))


def _multiplied(noise: Noise, product: Any, roundings: Any, along: int | None = None) -> Any:
    # Each rounding is off by at most k ulp ≤ 2ku of the product, uniformly: variance (2ku)²/3.
    most = 2 * noise.budget("multiply", product) * noise.accumulator.unit_roundoff
    return noise.scaled(product, most * np.sqrt(roundings / 3), along)


def _places(x: Any, axis: int) -> Any:
    """The numbers 1, 2, … along the axis: how many elements a scan has gone over."""
    after = np.ndim(x) - 1 - axis % np.ndim(x)
    return np.reshape(np.arange(1, np.shape(x)[axis] + 1), (-1,) + (1,) * after)


def _cumsum(noise: Noise, x: Any, axis: int) -> Any:
    root = _root(noise, np.cumsum, x, axis=axis)
    return noise.accumulated(np.cumsum(x, axis=axis), root, _places(x, axis), axis)


def _cumprod(noise: Noise, x: Any, axis: int) -> Any:
    return _multiplied(noise, np.cumprod(x, axis=axis), _places(x, axis) - 1, axis)


def _contraction(function: Callable[..., Any]) -> Callable[..., Any]:
    def contract(noise: Noise, *args: Any, **kwargs: Any) -> Any:
        result = function(*map(noise.taken, args), **kwargs)
        root = _root(noise, function, *args, **kwargs)
        return noise.accumulated(result, root, _terms(function, args, result))

    return contract


Term = tuple[str, Any]
"""The letters of an einsum's operand, and the operand."""

Choice = tuple[bool, tuple[tuple[int, int], ...]]
"""Whether letters of one operand alone are summed before; the operands that are then joined."""


def _einsum(noise: Noise, subscripts: str, *operands: Any) -> Any:
    """Two operands at a time, as implementations do; each intermediate result is rounded.

    Which two, and whether letters of one operand alone are summed before, is theirs to choose: it
    is drawn anew for each sample. Samples with one choice are computed side by side.
    """
    inputs, _, output = subscripts.partition("->")
    letters = inputs.split(",")
    if not _leaves_a_choice(letters, output):
        return _plain_einsum(noise, list(zip(letters, operands, strict=True)), output)
    samples: dict[Choice, list[int]] = {}
    for i in range(noise.count):
        samples.setdefault(_choice(noise.generator, len(operands)), []).append(i)
    parts = []
    for choice, rows in samples.items():
        terms = list(zip(letters, some(operands, rows), strict=True))
        parts.append(stacked(_einsum_in_order(noise.some(rows), terms, output, choice)))
    order = np.argsort(np.concatenate(list(samples.values())))
    return noise.wrapped(np.concatenate(parts)[order])


def _leaves_a_choice(letters: list[str], output: str) -> bool:
    if len(letters) == 2:
        return bool((set(letters[0]) ^ set(letters[1])) - set(output))
    return len(letters) > 2


def _choice(generator: np.random.Generator, operands: int) -> Choice:
    pairs = [sorted(generator.permutation(n)[:2].tolist()) for n in range(operands, 2, -1)]
    return bool(generator.random() < 0.5), tuple((first, second) for first, second in pairs)


def _einsum_in_order(noise: Noise, terms: list[Term], output: str, choice: Choice) -> Any:
    alone, joined = choice
    if alone:
        terms = [_alone(noise, i, terms, output) for i in range(len(terms))]
    for pair in joined:
        rest = [term for i, term in enumerate(terms) if i not in pair]
        needed = output + "".join(letters for letters, _ in rest)
        terms = [*rest, _joined(noise, [terms[i] for i in pair], needed)]
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
    return float(math.prod(n for letter, n in sizes.items() if letter not in output))


def _scatter_sum(noise: Noise, x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    total = primitives.scatter_sum(x, index, updates, axis=axis)
    scale = max(_scale(noise, x), _scale(noise, updates))
    squared = (_squares(a, scale) for a in (x, updates))
    root = np.sqrt(primitives.scatter_sum(next(squared), index, next(squared), axis=axis)) * scale
    given = (np.any(stacked(a) != 0, axis=0).astype(np.float64) for a in (x, updates))
    terms = primitives.scatter_sum(next(given), index, next(given), axis=axis)  # 0 adds no error
    return np.where(terms <= 1, total, noise.accumulated(total, root, terms))


SUMS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.prod: _prod,
    np.cumsum: _cumsum,
    np.cumprod: _cumprod,
    np.matmul: _contraction(np.matmul),
    np.einsum: _einsum,
    primitives.scatter_sum: _scatter_sum,
}
