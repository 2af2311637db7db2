"""Values to fill arrays with: special ones, and random ones of several styles."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

MILD = ("normal", "uniform", "small_integers", "offset", "constant")
"""Styles that no reasonable op overflows on."""

STYLES = (*MILD, "wide", "tiny")
"""All random styles: ``wide`` spans the exponents of the format, ``tiny`` the subnormals.

Beside them stand ``unit`` (for products), ``special`` and ``moderate_special``.
"""

PATTERNS = ("strewn", "lines", "everywhere")
"""How a special value that is alone may stand in an array."""


@cache
def specials(dtype: str, *, moderate: bool = False) -> NDArray[Any]:
    """The special values of a dtype: NaN, ±inf, ±0, subnormals, ends of the range, round numbers.

    moderate: without very large and very small ones, whose sums and products overflow or not,
        depending on the order in which they are taken.
    """
    pool = _specials(dtype)
    if not moderate or not dtypes.is_floating(dtype):
        return pool
    size = np.abs(pool.astype(np.float64))
    with np.errstate(invalid="ignore"):
        return pool[~np.isfinite(size) | (size == 0) | ((size > 2**-9) & (size < 2**9))]


def _specials(dtype: str) -> NDArray[Any]:
    target = dtypes.numpy_dtype(dtype)
    if dtype == "bool":
        return np.array([False, True])
    if dtype in dtypes.INTEGER:
        info = np.iinfo(target)
        values = [0, 1, 2, 3, 7, info.max, info.max - 1, info.max // 2, info.min, info.min + 1]
        values += [-1, -2, -7] if info.min < 0 else [info.max // 3]
        return np.array(values, dtype=target)
    if dtypes.is_complex(dtype):
        parts = np.array([0.0, -0.0, 1.0, -2.0, 0.5, 3.0])
        return (parts[:, None] + 1j * parts).ravel().astype(target)
    form = dtypes.format_of(dtype)
    eps = 2.0 ** (1 - form.p)
    positive = [
        0.0,
        form.smallest_subnormal,
        form.smallest_normal - form.smallest_subnormal,
        form.smallest_normal,
        2.0 ** (-form.p),
        0.1,
        0.5,
        1.0 - eps / 2,
        1.0,
        1.0 + eps,
        1.5,
        2.0,
        3.0,
        np.pi / 2,
        np.pi,
        10.0,
        2.0**form.p,
        np.sqrt(form.max),
        form.max,
        np.inf,
    ]
    with np.errstate(over="ignore"):
        return np.array([np.nan, *positive, *(-x for x in positive)]).astype(target)


def every(dtype: str) -> NDArray[Any]:
    """Every number of an 8- or 16-bit dtype, NaNs with each of their payloads."""
    target = dtypes.numpy_dtype(dtype)
    if dtype == "bool":
        return np.array([False, True])
    bits: NDArray[Any] = np.arange(2 ** (8 * target.itemsize), dtype=f"u{target.itemsize}")
    return bits.view(target)


def midpoints(dtype: str, target: str) -> NDArray[Any]:
    """Numbers halfway between two of the target's, and their neighbours, which round to one side.

    A cast that goes through a third format rounds twice and takes the neighbours for midpoints.
    """
    if dtypes.is_complex(dtype):
        parts = midpoints(dtypes.component(dtype), target)
        return dtypes.of_parts(parts, parts[::-1], dtype)
    target = dtypes.component(target)
    nothing = np.array([], dtypes.numpy_dtype(dtype))
    if not dtypes.is_floating(target):
        return nothing
    form = dtypes.format_of(target)
    odd = 2 ** (form.p + 1) - np.array([1, 3, 5, 2**form.p - 1, 2**form.p - 3])
    if dtype in dtypes.INTEGER:
        info = np.iinfo(dtype)
        highest = min(info.bits - (info.min < 0), int(np.log2(form.max)) + 1)
        shift = highest - form.p - 1
        found = (odd.astype(object) * 2**shift).astype(info.dtype) if shift > 0 else nothing
        one = np.ones_like(found)
        return np.concatenate([found - one, found, found + one])
    if not dtypes.is_floating(dtype) or dtypes.format_of(dtype).p < form.p + 2:
        return nothing
    wide = np.concatenate([odd * form.unit_roundoff, odd[3:] * form.smallest_subnormal / 2])
    found = wide.astype(nothing.dtype)
    below, above = np.nextafter(found, np.zeros_like(found)), np.nextafter(found, 2 * found)
    return np.concatenate([below, found, above, -found])


def fill(
    generator: np.random.Generator,
    shape: tuple[int, ...],
    dtype: str,
    style: str,
    domain: tuple[float, float] = (-np.inf, np.inf),
    lone: int | None = None,
) -> NDArray[Any]:
    """An array of random values of a style, inside of a closed interval.

    lone: for special styles the number of the one special value (``lones``) in its pattern.
    """
    target = dtypes.numpy_dtype(dtype)
    if dtype == "bool":
        return generator.integers(0, 2, shape).astype(bool)
    if style in ("special", "moderate_special", "unit_special"):
        return _some_special(generator, shape, dtype, domain, style, lone)
    if dtype in dtypes.INTEGER:
        return _integers(generator, shape, target, style)
    if dtypes.is_complex(dtype):
        if style == "unit":
            phase = np.exp(2j * np.pi * generator.random(shape))
            return np.asarray(phase * _around_one(generator, shape)).astype(target)
        real, imag = (_floats(generator, shape, dtype, style) for _ in range(2))
        return dtypes.of_parts(real, imag, dtype)
    values = _into(domain, _floats(generator, shape, dtype, style))
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(target)


def _floats(
    generator: np.random.Generator, shape: tuple[int, ...], dtype: str, style: str
) -> NDArray[Any]:
    form = dtypes.format_of(dtype)
    match style:
        case "normal":
            return generator.standard_normal(shape)
        case "uniform":
            return generator.uniform(-8.0, 8.0, shape)
        case "small_integers":
            return generator.integers(-4, 5, shape).astype(np.float64)
        case "offset":
            return 100.0 + generator.standard_normal(shape)
        case "unit":
            return _around_one(generator, shape) * generator.choice((-1.0, 1.0), shape)
        case "constant":
            return np.full(shape, generator.standard_normal())
        case "wide":
            top = int(np.log2(form.max))
            exponents = generator.integers(form.emin - form.p, top, shape)
            signs = np.where(generator.integers(0, 2, shape), 1.0, -1.0)
            return signs * np.ldexp(generator.uniform(1.0, 2.0, shape), exponents)
        case "tiny":
            return generator.uniform(-2.0, 2.0, shape) * form.smallest_normal
    raise ValueError(f"unknown style {style!r}; the styles are {', '.join(STYLES)}, special")


def _around_one(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Factors so close to 1 that the product of all of them fits into float16, in any order."""
    count = int(np.prod(shape))
    return np.exp2(generator.uniform(-1, 1, shape) * min(1.0, 4 / np.sqrt(max(count, 1))))


def _into(domain: tuple[float, float], values: NDArray[Any]) -> NDArray[Any]:
    """Values moved into the interval: folded at a finite end, wrapped between two."""
    low, high = domain
    if np.isinf(low) and np.isinf(high):
        return values
    if np.isinf(high):
        return low + np.abs(values)
    middle, half = (low + high) / 2, (high - low) / 2
    outside = np.abs(values) > 1
    return middle + half * np.where(outside, 1 / np.where(outside, values, 1), values)


def _integers(
    generator: np.random.Generator, shape: tuple[int, ...], target: np.dtype[Any], style: str
) -> NDArray[Any]:
    info = np.iinfo(target)
    if style in ("wide", "uniform", "tiny"):
        return generator.integers(info.min, info.max, shape, dtype=target, endpoint=True)
    low = max(-9, int(info.min))
    if style == "constant":
        return np.full(shape, generator.integers(low, 10), dtype=target)
    return generator.integers(low, 10, shape, dtype=target)


def _some_special(
    generator: np.random.Generator,
    shape: tuple[int, ...],
    dtype: str,
    domain: tuple[float, float],
    style: str,
    lone: int | None,
) -> NDArray[Any]:
    """Mostly ordinary values with a few special ones among them, or one and the same."""
    ordinary = fill(
        generator, shape, dtype, "unit" if style == "unit_special" else "normal", domain
    )
    pool = specials(dtype, moderate=style != "special")
    if style == "unit_special":
        pool = pool[~np.isfinite(pool) | (pool == 0) | (np.abs(pool) == 1)]
    if lone is not None:
        value, pattern = lones(dtype)[lone // len(PATTERNS)], PATTERNS[lone % len(PATTERNS)]
        return np.where(_places(generator, shape, pattern), value, ordinary)
    chosen = pool[generator.integers(0, len(pool), shape)]
    share = generator.choice([0.05, 0.3])
    return np.where(generator.random(shape) < share, chosen, ordinary).astype(ordinary.dtype)


def lones(dtype: str) -> NDArray[Any]:
    """The special values that arrays are tried with one at a time, or full of."""
    if dtypes.is_complex(dtype):
        return np.array([-0.0, 1j], dtypes.numpy_dtype(dtype))
    if dtypes.is_floating(dtype):
        return np.array([np.nan, np.inf, -np.inf, -0.0], dtypes.numpy_dtype(dtype))
    pool = specials(dtype)
    return pool if dtype == "bool" else pool[np.isin(pool, (pool.max(), pool.min(), 0))]


def _places(
    generator: np.random.Generator, shape: tuple[int, ...], pattern: str
) -> NDArray[np.bool_]:
    """Where a special value stands: here and there, in half of the slices across an axis, or all.

    A slice holds whole lines along every other axis, which nothing ordinary relieves.
    """
    if pattern == "everywhere" or not shape:
        return np.ones(shape, bool)
    if pattern == "strewn":
        return generator.random(shape) < 0.1
    axis = int(generator.integers(0, len(shape)))
    across = tuple(n if i == axis else 1 for i, n in enumerate(shape))
    return np.broadcast_to(generator.random(across) < 0.5, shape)
