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
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from tensorcts.reference import kinks
from tensorcts.reference.arrays.dispatch import Interpreter
from tensorcts.reference.autodiff.traced import carries_gradient
from tensorcts.reference.kinks import near
from tensorcts.reference.registry import BACKWARD, DEFINED, AnyWith, Choice, Op, get

EXTREMES = "running_extreme_tie"
"""The trait that says which of equal elements a running extreme names: that is a kink."""

Gradient = Callable[..., tuple[Any, ...]]
"""From the arrays and attributes of a gradient to its results."""

Parted = Callable[[Sequence[Any], Any], list[Sequence[Any]]]
"""From the same to the arrays of the op, and the cotangents of each order."""


def choice(op: Op, gradient: Gradient, parted: Parted) -> Choice:
    """The freedom that backends have in a gradient, of whatever order, of an op."""

    def right(
        results: tuple[Any, ...], truths: tuple[Any, ...], *arrays: Any, **attrs: Any
    ) -> tuple[Any, ...]:
        if all(np.all(near(*pair)) for pair in zip(results, truths, strict=True)):
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
    beside = kinks.beside(own, kinks.PERMUTATIONS if pooled else kinks.RAMPS)
    sides = list(zip(*(gradient(*moved, *given) for moved in beside), strict=True))
    between = [kinks.between(*each, pooled) for each in zip(results, truths, sides, strict=True)]
    if not kinks.is_kept(results, truths, sides):
        between = [b & ~np.isfinite(r) for b, r in zip(between, results, strict=True)]
    wild = _with_poles(op, own, cotangents, attrs)
    infinite = _infinite(op, gradient, results, truths, wild, given, attrs)
    undefined = _undefined(gradient, _reached(op, own, attrs), own, cotangents)
    return tuple(b | i | u for b, i, u in zip(between, infinite, undefined, strict=True))


def _with_poles(
    op: Op, own: Sequence[Any], cotangents: list[Sequence[Any]], attrs: Any
) -> Sequence[Any]:
    """The arrays; for a further order infinite where the first gradient has a pole."""
    if len(cotangents) == 1:
        return own
    pulled = partial(get(op.name + BACKWARD).function, **attrs)
    points = (own, *kinks.beside(own, 1))
    found = zip(*(pulled(*point, *cotangents[0]) for point in points), strict=True)
    return [np.where(kinks.is_pole(*next(found)), np.inf, a) if _is_inexact(a) else a for a in own]


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
    if all(np.all(np.isfinite(a)) for a in own if _is_inexact(a)):
        return [np.zeros(np.shape(r), bool) for r in results]
    pairs = list(zip(results, truths, strict=True))
    nan = [np.isnan(r) | np.isnan(t) for r, t in pairs]
    hanging = [np.isnan(g) for g in gradient(*_replaced(own, np.nan), *given)]
    lost = _meeting(op, own, attrs, [~near(*pair) for pair in pairs])
    wild = [~np.isfinite(a) for a in own if _is_inexact(a)]
    return [
        (mask & (one | itself)) | other
        for mask, one, itself, other in itertools.zip_longest(
            nan, hanging, wild, lost, fillvalue=False
        )
    ]


def _replaced(arrays: Sequence[Any], number: float) -> list[Any]:
    """The arrays with a number in place of infinities and NaN."""
    return [np.where(np.isfinite(a), a, number) if _is_inexact(a) else a for a in arrays]


def _meeting(op: Op, own: Sequence[Any], attrs: Any, asked: Sequence[Any]) -> Iterator[Any]:
    """For each array which of the elements asked for take part in a result that is NaN.

    They do if a NaN in their place makes that result NaN where all else is finite, or if a finite
    number there makes it one.
    """
    lost = [nan for _, nan in _results(op, own, attrs)]
    finite = _replaced(own, 1.0)
    real = [n for n, a in enumerate(own) if _is_inexact(a)]

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


def _is_inexact(x: Any) -> bool:
    return x is not None and not isinstance(x, Interpreter) and np.asarray(x).dtype.kind in "fc"
