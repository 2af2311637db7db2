"""Proofs of derivatives in high precision: central differences, adjoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import MP
from tensorcts.reference.arrays.primitives import is_complex
from tensorcts.reference.autodiff.forward import jvp
from tensorcts.reference.autodiff.reverse import vjp

ZERO = Exact(np.array(0.0))
STEP = Exact(np.array(MP.mpf(10) ** -20, dtype=object))
Arrays = Sequence[Any]


def random_like(arrays: Any, seed: int) -> tuple[Exact, ...]:
    """An array of each one's shape, complex where it is."""
    rng = np.random.default_rng(seed)

    def drawn(a: Any) -> Any:
        real = rng.uniform(-1, 1, np.shape(a))
        return real + 1j * rng.uniform(-1, 1, np.shape(a)) if is_complex(a) else real

    return tuple(Exact(np.asarray(drawn(a))) for a in arrays)


def dot(xs: Arrays, ys: Arrays) -> tuple[Any, Any]:
    """The inner product Re Σ x̅·y of two lists of arrays, and the sum of its terms' sizes."""
    terms = [np.real(np.conjugate(x) * y) for x, y in zip(xs, ys, strict=True) if x is not None]
    total, size = (sum((np.sum(f(t)) for t in terms), start=ZERO) for f in (np.positive, np.abs))
    return total.value.item(), size.value.item()


def moved(points: Arrays, directions: Arrays, step: Any) -> list[Any]:
    return [p + step * d for p, d in zip(points, directions, strict=True)]


def assert_derivative(function: Callable[..., Any], points: Arrays) -> Any:
    """The pullback agrees with central differences in a random direction (error ≈ step²)."""
    results, pullback = vjp(function, *points)
    directions, cotangents = random_like(points, 1), random_like(results, 2)
    pulled, _ = dot(pullback(cotangents), directions)
    ahead, behind = (function(*moved(points, directions, step)) for step in (STEP, -STEP))
    slopes = [(a - b) / (2 * STEP) for a, b in zip(ahead, behind, strict=True)]
    difference, _ = dot(slopes, cotangents)
    assert abs(pulled - difference) <= 1e-20 * abs(difference) + 1e-35, (pulled, difference)
    return abs(difference)


def assert_adjoint(function: Callable[..., Any], points: Arrays) -> None:
    """⟨Jt, g⟩ = ⟨t, Jᵀg⟩ to 40 digits: forward mode is as right as reverse mode."""
    results, pullback = vjp(function, *points)
    tangents, cotangents = random_like(points, 1), random_like(results, 2)
    values, pushed = jvp(function, tuple(points), tangents)
    for value, result in zip(values, results, strict=True):
        assert np.all(value == result)
    ahead, size = dot(pushed, cotangents)
    back, _ = dot(tangents, pullback(cotangents))
    assert abs(ahead - back) <= 1e-40 * size


def gradient_of(function: Callable[..., Any], points: Arrays) -> Callable[..., Any]:
    """The pullback of a random cotangent as a function of the points: its derivative is second."""
    cotangents = random_like(function(*points), 3)
    return lambda *x: vjp(function, *x)[1](cotangents)
