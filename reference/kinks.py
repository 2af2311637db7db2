"""Kinks: where the gradients on two sides differ, found by running the gradient beside the point.

Each number is moved by 2**-40 of its size, along ramps that break every tie between two of them;
of a complex number both parts are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import is_complex, join_parts
from tensorcts.reference.autodiff.traced import carries_gradient

ASIDE = 2.0**-40
"""How far a number is moved, of its size (of 1 where it is zero)."""

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


def near(result: Any, truth: Any) -> Any:
    """Which elements are so near to the truth that they are left to the tolerance."""
    with np.errstate(all="ignore"):
        found = np.abs(result - truth) < DOUBTFUL * np.abs(truth)  # never among infinities
    return found | (np.isnan(result) & np.isnan(truth)) | (result == truth)


def beside(arrays: Sequence[Any], ramps: int) -> Iterator[list[Any]]:
    """The arrays with numbers moved up or down, each array in its own way, earlier or later ones
    further: arrays are told apart by their places among three.
    """
    moving = [n for n, a in enumerate(arrays) if carries_gradient(a)]
    place = {n: k % 3 for k, n in enumerate(moving)}
    for signs in itertools.product((1.0, -1.0), repeat=min(len(moving), 3)):
        for turn in range(ramps):
            yield [
                _moved(a, signs[place[n]], place[n], turn) if n in place else a
                for n, a in enumerate(arrays)
            ]


def _moved(x: Any, sign: float, place: int, turn: int) -> Any:
    if is_complex(x):
        return join_parts(*(_moved(part, sign, place, turn) for part in (x.real, x.imag)))
    steps = np.linspace(1.0, 2.0, np.size(x))
    steps = np.random.default_rng(turn).permutation(steps) if turn > 1 else steps
    ramp = steps.reshape(np.shape(x))
    ramp = 6.0 - ramp - place if turn == 1 else ramp + place
    x = np.clip(x, -LARGE, LARGE)  # NaN stays
    return x + sign * ASIDE * ramp * np.where(x == 0, 1.0, np.abs(x))


def between(result: Any, truth: Any, sides: tuple[Any, ...], pooled: bool) -> Any:
    """Where the result lies between the gradients on the sides and these differ.

    Of a complex number one part does, and so does the other unless it is near to the truth's.
    pooled: of equal elements any may come to any one's place, so the sides of all kinks count.
    """
    stack = np.stack([truth, *sides])
    size = np.fmax.reduce(np.abs(stack))
    if not is_complex(stack):
        return _between(result, stack, size, pooled)
    pole = ~np.isfinite(truth) & ~np.isfinite(result)  # in which direction is not known
    parts = [(part(result), part(stack)) for part in (np.real, np.imag)]
    free = [_between(*each, size, pooled) for each in parts]
    with np.errstate(all="ignore"):
        kept = [np.abs(r - s[0]) < DOUBTFUL * np.abs(truth) for r, s in parts]
    return pole | (free[0] & free[1]) | (free[0] & kept[1]) | (kept[0] & free[1])


def _between(result: Any, stack: Any, size: Any, pooled: bool) -> Any:
    """The same of real numbers: the truth is the first of the stack, size the largest's."""
    truth, some = stack[0], np.any(~np.isnan(stack), axis=0)
    with np.errstate(all="ignore"):
        low = np.fmin.reduce(stack)
        high = np.fmax.reduce(stack)
        width = high - low
        kink = some & ((width > JUMP * size) | np.isnan(truth))
        if pooled and np.any(kink):
            low, high = np.min(low[kink]), np.max(high[kink])
            width = high - low
        slack = np.where(np.isfinite(width), SLACK * width, 0.0)
        pole = np.isinf(truth) & np.isinf(result)
        low, high = np.where(low < -STEEP, -np.inf, low), np.where(high > STEEP, np.inf, high)
        return pole | kink & (result >= low - slack) & (result <= high + slack)


def is_pole(truth: Any, *sides: Any) -> Any:
    """Where a gradient is not finite, or beside it grows without bound, whatever it is there."""
    with np.errstate(all="ignore"):
        steep = np.any([np.abs(side) > STEEP for side in sides], axis=0)
        return ~np.isfinite(truth) | (steep & ~(np.abs(truth) > STEEP))


def is_kept(
    results: tuple[Any, ...], truths: tuple[Any, ...], sides: Sequence[tuple[Any, ...]]
) -> bool:
    """Whether the elements at kinks add up to their sum on all sides, where these agree in it."""
    stack = np.stack([_row(truths), *map(_row, zip(*sides, strict=True))])
    result = _row(results)
    with np.errstate(all="ignore"):
        width = np.ptp(stack, axis=0)
        kink = np.isfinite(width) & (width > JUMP * np.max(np.abs(stack), axis=0))
        slack = SLACK * np.sqrt(np.sum(width[kink] ** 2))
        sums = np.sum(stack[:, kink], axis=1)
        agree = np.ptp(sums) <= JUMP * slack and np.all(np.isfinite(result[kink]))
        return not agree or bool(np.abs(np.sum(result[kink]) - sums[0]) <= slack)


def _row(arrays: Sequence[Any]) -> Any:
    """All numbers of all arrays in a row, of complex ones both parts."""
    flat = [np.ravel(a) for a in arrays]
    return np.concatenate([p for a in flat for p in ((a.real, a.imag) if is_complex(a) else (a,))])
