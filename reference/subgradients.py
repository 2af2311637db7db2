"""What a gradient may be where it is not defined: at kinks, at NaN and infinities.

kinks      where the gradients on the two sides differ (relu at 0, ties of a maximum or of a sort),
           any number between them: the convention is the library's own. Poles have either sign,
           and where the gradients beside a kink grow without bound it may be infinite.
           What all sides have in common is kept: tied elements may share a cotangent in any way,
           but neither lose any of it nor give it out twice.
infinities beside infinite and NaN arguments a formula may meet ∞ - ∞ or 0·∞, and give NaN where
           another one gives the limit: either passes; so beside poles of a gradient in the next.
           Where the definition gives NaN anything does, and where it takes part in a result that is
           NaN.
undefined  what hangs on a result that is implementation-defined is so too.

The sides are found by running the definition beside the point: each number moved by 2**-40 of its
size, along ramps that break every tie between two of them.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import Interpreter
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.registry import BACKWARD, DEFINED, AnyWith, Choice, Op, get

ASIDE = 2.0**-40
"""How far a number is moved, of its size (of 1 where it is zero)."""

EXTREMES = "running_extreme_tie"
"""The trait that says which of equal elements a running extreme names: that is a kink."""

RAMPS, PERMUTATIONS = 4, 16
"""Ways to break ties: the first ones up, the last ones up, others at random; more where the order
of many equal elements is open."""

LARGE = 2.0**1000
"""What stands for infinity, so that ties of infinities break too."""

JUMP = 2.0**-16
"""Gradients on two sides that differ by more of their size have a kink between them."""

SLACK = 2.0**-4
"""How much of the difference between the sides rounding may add to it."""

STEEP = 2.0**16
"""Gradients beside a kink that are larger than this grow without bound towards it."""

DOUBTFUL = 2.0**-12
"""Results that are nearer to the truth are left to the tolerance."""

Gradient = Callable[..., tuple[Any, ...]]
"""From the arrays and attributes of a gradient to its results."""

Parted = Callable[[Sequence[Any], Any], list[Sequence[Any]]]
"""From the same to the arrays of the op, and the cotangents of each order."""


def choice(op: Op, gradient: Gradient, parted: Parted) -> Choice:
    """The freedom that backends have in a gradient, of whatever order, of an op."""

    def right(
        results: tuple[Any, ...], truths: tuple[Any, ...], *arrays: Any, **attrs: Any
    ) -> tuple[Any, ...]:
        if all(np.all(_near(*pair)) for pair in zip(results, truths, strict=True)):
            return tuple(np.zeros(np.shape(r), bool) for r in results)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # np.mean of nothing warns by itself
            return _free(
                op, partial(gradient, **attrs), results, truths, parted(arrays, attrs), attrs
            )

    return Choice(
        "gradient_at_kinks",
        "between the gradients on either side of a kink; NaN beside infinities",
        lambda *arrays, **attrs: True,
        {"any": AnyWith(right)},
    )


def _free(
    op: Op,
    gradient: Gradient,
    results: tuple[Any, ...],
    truths: tuple[Any, ...],
    parts: list[Sequence[Any]],
    attrs: Any,
) -> tuple[Any, ...]:
    """Which elements are right whatever the truth; parts: the op's arrays, then cotangents."""
    own, *cotangents = parts
    given = list(itertools.chain(*cotangents))
    pooled = any(map(_orders, op.choices))
    beside = _beside(own, PERMUTATIONS if pooled else RAMPS)
    sides = list(zip(*(gradient(*moved, *given) for moved in beside), strict=True))
    between = [_between(*each, pooled) for each in zip(results, truths, sides, strict=True)]
    if not _is_kept(results, truths, sides):
        between = [b & np.isinf(r) for b, r in zip(between, results, strict=True)]
    wild = _with_poles(op, own, cotangents, attrs)
    infinite = _infinite(op, gradient, results, truths, wild, given, attrs)
    undefined = _undefined(gradient, _reached(op, own, attrs), own, cotangents)
    return tuple(b | i | u for b, i, u in zip(between, infinite, undefined, strict=True))


def _near(result: Any, truth: Any) -> Any:
    """Which elements are so near to the truth that they are left to the tolerance."""
    with np.errstate(all="ignore"):
        near = np.abs(result - truth) < DOUBTFUL * np.abs(truth)  # never among infinities
    return near | (np.isnan(result) & np.isnan(truth)) | (result == truth)


def _beside(arrays: Sequence[Any], ramps: int) -> Iterator[list[Any]]:
    """The arrays with numbers moved up or down, each array in its own way, earlier or later ones
    further: arrays are told apart by their places among three.
    """
    real = [n for n, a in enumerate(arrays) if _is_real(a)]
    for signs in itertools.product((1.0, -1.0), repeat=min(len(real), 3)):
        for turn in range(ramps):
            yield [
                _moved(a, signs[real.index(n) % 3], real.index(n) % 3, turn) if n in real else a
                for n, a in enumerate(arrays)
            ]


def _moved(x: Any, sign: float, place: int, turn: int) -> Any:
    steps = np.linspace(1.0, 2.0, np.size(x))
    steps = np.random.default_rng(turn).permutation(steps) if turn > 1 else steps
    ramp = steps.reshape(np.shape(x))
    ramp = 6.0 - ramp - place if turn == 1 else ramp + place
    x = np.clip(x, -LARGE, LARGE)  # NaN stays
    return x + sign * ASIDE * ramp * np.where(x == 0, 1.0, np.abs(x))


def _between(result: Any, truth: Any, sides: tuple[Any, ...], pooled: bool) -> Any:
    """Where the result lies between the gradients on the sides and these differ.

    pooled: of equal elements any may come to any one's place, so the sides of all kinks count.
    """
    stack = np.stack([truth, *sides])
    some = np.any(~np.isnan(stack), axis=0)
    with np.errstate(all="ignore"):
        low = np.fmin.reduce(stack)
        high = np.fmax.reduce(stack)
        width = high - low
        kink = some & ((width > JUMP * np.maximum(np.abs(low), np.abs(high))) | np.isnan(truth))
        if pooled and np.any(kink):
            low, high = np.min(low[kink]), np.max(high[kink])
            width = high - low
        slack = np.where(np.isfinite(width), SLACK * width, 0.0)
        pole = np.isinf(truth) & np.isinf(result)
        low, high = np.where(low < -STEEP, -np.inf, low), np.where(high > STEEP, np.inf, high)
        return pole | kink & (result >= low - slack) & (result <= high + slack)


def _is_kept(
    results: tuple[Any, ...], truths: tuple[Any, ...], sides: Sequence[tuple[Any, ...]]
) -> bool:
    """Whether the elements at kinks add up to their sum on all sides, where these agree in it."""
    whole = [np.concatenate([np.ravel(a) for a in side]) for side in zip(*sides, strict=True)]
    stack = np.stack([np.concatenate([np.ravel(t) for t in truths]), *whole])
    result = np.concatenate([np.ravel(r) for r in results])
    with np.errstate(all="ignore"):
        width = np.ptp(stack, axis=0)
        kink = np.isfinite(width) & (width > JUMP * np.max(np.abs(stack), axis=0))
        slack = SLACK * np.sqrt(np.sum(width[kink] ** 2))
        sums = np.sum(stack[:, kink], axis=1)
        agree = np.ptp(sums) <= JUMP * slack and np.all(np.isfinite(result[kink]))
        return not agree or bool(np.abs(np.sum(result[kink]) - sums[0]) <= slack)


def _with_poles(
    op: Op, own: Sequence[Any], cotangents: list[Sequence[Any]], attrs: Any
) -> Sequence[Any]:
    """The arrays; for a further order infinite where the first gradient is not finite."""
    if len(cotangents) == 1:
        return own
    found = iter(get(op.name + BACKWARD).function(*own, *cotangents[0], **attrs))
    return [np.where(np.isfinite(next(found)), a, np.inf) if _is_real(a) else a for a in own]


def _infinite(
    op: Op,
    gradient: Gradient,
    results: Sequence[Any],
    truths: Sequence[Any],
    own: Sequence[Any],
    given: Sequence[Any],
    attrs: Any,
) -> Sequence[Any]:
    """Where NaN may stand for what hangs on an infinity or a NaN, or anything may."""
    if all(np.all(np.isfinite(a)) for a in own if _is_real(a)):
        return [np.zeros(np.shape(r), bool) for r in results]
    pairs = list(zip(results, truths, strict=True))
    nan = [np.isnan(r) | np.isnan(t) for r, t in pairs]
    hanging = [np.isnan(g) for g in gradient(*_replaced(own, np.nan), *given)]
    lost = _meeting(op, own, attrs, [~_near(*pair) for pair in pairs])
    wild = [~np.isfinite(a) for a in own if _is_real(a)]
    return [
        (mask & (one | itself)) | other
        for mask, one, itself, other in itertools.zip_longest(
            nan, hanging, wild, lost, fillvalue=False
        )
    ]


def _replaced(arrays: Sequence[Any], number: float) -> list[Any]:
    """The arrays with a number in place of infinities and NaN."""
    return [np.where(np.isfinite(a), a, number) if _is_real(a) else a for a in arrays]


def _meeting(op: Op, own: Sequence[Any], attrs: Any, asked: Sequence[Any]) -> Iterator[Any]:
    """For each array which of the elements asked for take part in a result that is NaN.

    They do if a NaN in their place makes that result NaN where all else is finite, or if a finite
    number there makes it one.
    """
    lost = [nan for _, nan in _results(op, own, attrs)]
    finite = _replaced(own, 1.0)
    real = [n for n, a in enumerate(own) if _is_real(a)]

    def nans(arrays: Sequence[Any], n: int, place: tuple[int, ...], number: float) -> list[Any]:
        probe = [np.array(a) if n == m else a for m, a in enumerate(arrays)]
        probe[n][place] = number
        return [nan for _, nan in _results(op, probe, attrs)]

    for n, places in zip(real, asked, strict=False):
        mask = np.zeros(np.shape(own[n]), bool)
        for place in map(tuple, np.argwhere(places)):
            spoiled, mended = nans(finite, n, place, np.nan), nans(own, n, place, 1.0)
            mask[place] = any(
                np.any(x & (s | ~m)) for x, s, m in zip(lost, spoiled, mended, strict=True)
            )
        yield mask


def _results(op: Op, arrays: Sequence[Any], attrs: Any) -> list[tuple[Any, Any]]:
    """The results, and where they are NaN; whole numbers are so nowhere."""
    found = op.function(*arrays, **attrs)
    found = found if isinstance(found, tuple | list) else (found,)
    return [(r, r != r) for r in map(np.asarray, found)]


def _reached(op: Op, own: Sequence[Any], attrs: Any) -> list[Any]:
    """For each cotangent of the op where its result is implementation-defined, or NaN."""
    found = {n: nan for n, (r, nan) in enumerate(_results(op, own, attrs)) if carries_gradient(r)}
    for each, where in open_results(op, own, attrs):
        for n, mask in found.items():
            if each.concerns(n):
                found[n] = mask | (where if _broadcasts(where, mask) else True)
    return list(found.values())


def open_results(op: Op, own: Sequence[Any], attrs: Any) -> Iterator[tuple[Choice, Any]]:
    """The op's choices that bear on the gradient at the arrays, and where.

    Which of equal elements comes first does not: that is a kink.
    """
    for each in op.choices:
        where = np.asarray(each.where(*own, **attrs))
        if np.any(where) and each.trait != EXTREMES and not _orders(each):
            yield each, where


def _orders(choice: Choice) -> bool:
    """Whether it leaves open in which order equal elements come."""
    return all(o is DEFINED or isinstance(o, AnyWith) for o in choice.options.values())


def _undefined(
    gradient: Gradient, reached: list[Any], own: Sequence[Any], cotangents: list[Sequence[Any]]
) -> Sequence[Any]:
    """Where such cotangents reach, for NaN spreads, and their own gradients."""
    first = [np.where(m, np.nan, g) for m, g in zip(reached, cotangents[0], strict=True)]
    spread = [np.isnan(g) for g in gradient(*own, *first, *itertools.chain(*cotangents[1:]))]
    if len(cotangents) > 1:
        spread[-len(reached) :] = [s | m for s, m in zip(spread[-len(reached) :], reached)]
    return spread


def _broadcasts(where: Any, g: Any) -> bool:
    try:
        return np.broadcast_shapes(np.shape(where), np.shape(g)) == np.shape(g)
    except ValueError:
        return False


def _is_real(x: Any) -> bool:
    return x is not None and not isinstance(x, Interpreter) and np.asarray(x).dtype.kind == "f"
