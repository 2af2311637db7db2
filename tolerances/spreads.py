"""How far honest results spread: σ of each element, and what elements of one case add up to.

σ is the root mean square of (noisy - truth) over ``SAMPLES`` runs of the definition in Monte Carlo
arithmetic. Three sums over the elements of an output show what single ones can't. With the error e,
the truth r and v = σ² + 1/12, all in ulps of the result (a rounding to the nearest is uniform in
±½ ulp, of variance 1/12):

    gain    Σ e·r/v     over Σ r²/v the relative error that all elements have in common
    bias    Σ e·sign r/v  over Σ 1/v the common error away from zero, in ulps
    square  Σ e²/v      over the count the variance ratio S

They are the weighted least-squares estimates. Every noisy run is an honest backend, so its own sums
are what those of honest backends look like, roundings that elements share included. ``LEANINGS``
more runs tell what errors of one direction add up to. All runs are made side by side; of large
arrays a few at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import Interpreter
from tensorcts.reference.arrays.noise import SIGNS_AND_EXPONENTS, Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.stacked import Stacked
from tensorcts.tolerances.model import NoiseModel

SAMPLES = 16
"""Noisy runs behind each σ. A σ estimated from 16 is a third of the true one once in 10⁶ times."""

MANY = 256
"""Noisy runs behind the σ that a verdict against a backend stands on."""

LEANINGS = 8
"""Runs with errors of one direction: one with all away from zero, the others at random."""

BINADES = 64
"""So many neighbouring binades lean independently of each other."""

AT_ONCE = 2**20
"""Elements of an array that are computed side by side, lest all samples fill the memory."""

np.empty(4_000_000)  # freed, it teaches glibc to keep memory: page faults took half the time

Floats = NDArray[np.float64]
Run = Callable[[Callable[[Any], Any]], tuple[Any, ...]]
"""Runs a definition with every number wrapped by the function it is given; gives the outputs."""


@dataclass(frozen=True)
class Spread:
    """An output's σ, and the sums (gain, bias, square) of each noisy run, then of each leaning."""

    sigma: Floats
    sums: Floats


@np.errstate(all="ignore")
def sigma(
    run: Run, truths: list[NDArray[Any]], model: NoiseModel, seed: int, samples: int = SAMPLES
) -> list[Floats]:
    """For each output element the root mean square of (noisy - truth).

    truths: the outputs' truths, as float64 or complex128.
    """
    largest = max((truth.size for truth in truths), default=0)
    noise = model.noise(_generator(seed), samples)
    errors = _errors(run, truths, model, noise, largest)
    units = [_unit(truth, model.dtype) for truth in truths]
    return [_sigma(each, unit, model, samples)[0] for each, unit in zip(errors, units, strict=True)]


@np.errstate(all="ignore")
def spreads(
    run: Run,
    truths: list[NDArray[Any]],
    results: list[str],
    model: NoiseModel,
    seed: int,
    largest: int,
) -> list[Spread]:
    """For each output, of the dtype in ``results``, its spread.

    largest: the elements of the largest array that takes part.
    """
    noise = model.noise(_generator(seed), SAMPLES, _leanings())
    errors = _errors(run, truths, model, noise, largest)
    return [_spread(*each, model) for each in zip(errors, truths, results, strict=True)]


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(seed))


@cache
def _leanings() -> Floats:
    """How far results lean, alike in every case of a test, by sign and exponent."""
    away = np.random.default_rng(0).uniform(-1.0, 1.0, (LEANINGS, 2, BINADES))
    away[0] = 1.0
    return np.tile(away * [[1], [-1]], SIGNS_AND_EXPONENTS // (2 * BINADES)).reshape(LEANINGS, -1)


def _spread(errors: NDArray[Any], truth: NDArray[Any], result: str, model: NoiseModel) -> Spread:
    inexact = dtypes.is_inexact(result)
    unit = _unit(truth, result if inexact else model.dtype)
    sigma, off = _sigma(errors, unit, model, SAMPLES)
    if not inexact:
        return Spread(sigma, np.zeros((len(errors), 3)))
    return Spread(sigma, sums(off, truth / unit, sigma / unit, result))


def sums(error: NDArray[Any], truth: NDArray[Any], sigma: Floats, result: str) -> Floats:
    """The gain, bias and square of an output of the dtype ``result``; all is in its ulps.

    error: of the truth's shape, or several along leading axes, which the sums have too.
    """
    variance, size = variances(sigma, result), np.abs(truth)
    with np.errstate(all="ignore"):
        known = np.isfinite(size / variance) & (size > 0)
        precision = np.where(known, 1 / variance, 0.0).reshape(-1)
        direction = np.where(known, np.conj(truth) / size, 0.0).reshape(-1) * precision
        toward = np.where(known, size, 0.0).reshape(-1) * direction
    off = error if _all_finite(error) else np.where(np.isfinite(error), error, 0.0)
    rows = off.reshape(*error.shape[: error.ndim - truth.ndim], truth.size)
    found = np.empty((*rows.shape[:-1], 3))
    found[..., 0] = np.real(rows @ toward)
    found[..., 1] = np.real(rows @ direction)
    found[..., 2] = _squared(rows) @ precision
    return found


def _squared(x: NDArray[Any]) -> Floats:
    return np.asarray(np.square(np.abs(x) if np.iscomplexobj(x) else x))


def variances(sigma: Floats, result: str) -> Floats:
    """Those of honest errors, in ulps: both parts of a complex number are rounded."""
    with np.errstate(over="ignore"):
        return sigma**2 + (1 + dtypes.is_complex(result)) / 12


def _errors(
    run: Run, truths: list[NDArray[Any]], model: NoiseModel, noise: Noise, largest: int
) -> list[NDArray[Any]]:
    """The outputs' errors in every sample, as much magnified as the noise."""
    at_once = max(AT_ONCE // max(largest, 1), 1)
    parts = [noise] if at_once >= noise.count else noise.apart(at_once)
    try:
        runs = [_outputs(run, part, model) for part in parts]
    except (TypeError, ValueError, IndexError):  # what is computed hangs on the noisy numbers
        runs = [_outputs(run, part, model) for part in noise.apart(1)]
    outputs = [samples[0] if len(samples) == 1 else np.concatenate(samples)
               for samples in zip(*runs, strict=True)]  # fmt: skip
    return [_off(*pair, model) for pair in zip(outputs, truths, strict=True)]


def _outputs(run: Run, noise: Noise, model: NoiseModel) -> list[NDArray[Any]]:
    """The samples of the outputs; one that has no noise is the same in all."""
    found = map(_samples, run(partial(_noisy, noise=noise, backward=model.backward)))
    return [np.broadcast_to(output, (noise.count, *output.shape[1:])) for output in found]


def _off(values: NDArray[Any], truth: NDArray[Any], model: NoiseModel) -> NDArray[Any]:
    """values - truth; infinite where intermediate results did what the truth does not: overflow."""
    most = dtypes.format_of(model.intermediates).max
    if _all_finite(values) and np.abs(truth).max(initial=0.0) <= most:
        return np.asarray(values - truth)
    off = _difference(_clipped(values, model), _clipped(truth, model))
    return np.where(np.isinf(values) & (np.abs(truth) < most / 2), np.inf, off)


def _noisy(array: NDArray[Any], *, noise: Noise, backward: bool) -> Noisy:
    return Noisy(noise.rounded(array, 0.5) if backward else array, noise)


def _samples(output: Any) -> NDArray[Any]:
    """The samples of an output along the first axis; one where it has no noise."""
    while isinstance(output, Interpreter) and not isinstance(output, Stacked):
        output = output.value
    return output.value if isinstance(output, Stacked) else np.asarray(output)[None]


def _difference(values: NDArray[Any], truth: NDArray[Any]) -> NDArray[Any]:
    """values - truth; none where both are the same infinity, or NaN."""
    same = (values == truth) | (np.isnan(values) & np.isnan(truth))
    return np.where(same, 0.0, values - truth)


def _sigma(
    errors: NDArray[Any], unit: Floats, model: NoiseModel, samples: int
) -> tuple[Floats, NDArray[Any]]:
    """The root mean square of the random errors, and all errors, in earnest, in units.

    It is taken of these: the square of a tiny error would underflow.
    """
    magnified = unit * model.magnification
    off, drawn = errors / magnified, errors[:samples]
    # 0j/5e-324 would be NaN.
    sizes = np.abs(drawn) / magnified if np.iscomplexobj(errors) else off[:samples]
    spread = _times(_root_mean_square(sizes), unit)
    if np.isfinite(spread).all():
        return spread, off
    size = np.abs(drawn)
    largest = np.max(size, axis=0)  # its square in ulps of a tiny truth is too large
    rescued = largest * (_root_mean_square(size / largest) / model.magnification)
    rescued = np.where(largest < np.inf, rescued, spread)
    return np.where(np.isfinite(spread), spread, rescued), off


def _all_finite(x: NDArray[Any]) -> bool:
    """Whether no element is infinite or NaN; False too where the sum of large ones overflows."""
    return bool(np.isfinite(np.add.reduce(x, axis=None)))


def _root_mean_square(samples: NDArray[Any]) -> Floats:
    return np.sqrt(np.einsum("s...,s...->...", samples, samples) / len(samples))


def _times(spread: Floats, unit: Floats) -> Floats:
    """The product, where it is not 0 at least float64's smallest number."""
    return np.where(spread > 0, np.maximum(spread * unit, 5e-324), spread)


def _unit(truth: NDArray[Any], dtype: str) -> Floats:
    form = dtypes.format_of(dtype if dtypes.is_inexact(dtype) else "float64")
    return form.ulp(np.where(np.isfinite(truth), np.abs(truth), 0.0))


def _clipped(values: NDArray[Any], model: NoiseModel) -> NDArray[Any]:
    """Values beyond the intermediates' format count as the first number past its largest.

    So a truth that overflows there and a noisy result that did are equal.
    """
    form = dtypes.format_of(model.intermediates)
    if np.iscomplexobj(values) or form.p == 53:
        return values
    beyond = form.max * (1 + form.unit_roundoff)
    return np.clip(values, -beyond, beyond)
