"""How far honest results spread: σ of each element, and what elements of one case add up to.

σ is the root mean square of (noisy - truth) over ``SAMPLES`` runs of the definition in Monte Carlo
arithmetic. Three sums over the elements of an output show what single ones can't. With the error e,
the truth r and v = σ² + 1/12, all in ulps of the result (a rounding to the nearest is uniform in
±½ ulp, of variance 1/12):

    gain    Σ e·r/v     over Σ r²/v the relative error that all elements have in common
    bias    Σ e·sign r/v  over Σ 1/v the common error away from zero, in ulps
    square  Σ e²/v      over the count the variance ratio S

They are the weighted least-squares estimates. Every noisy run is an honest backend, so its own sums
are what those of honest backends look like, roundings that elements share included. The runs of
``leanings`` tell what errors of one direction add up to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import Interpreter
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.stacked import Stacked
from tensorcts.tolerances.leanings import BINADES
from tensorcts.tolerances.model import NoiseModel

SAMPLES = 16
"""Noisy runs behind each σ. A σ estimated from 16 is a third of the true one once in 10⁶ times."""

LEANINGS = 8
"""Runs with errors of one direction: one with all away from zero, the others at random."""

Floats = NDArray[np.float64]
Run = Callable[[Callable[[Any], Any]], tuple[Any, ...]]
"""Runs a definition with every number wrapped by the function it is given; gives the outputs."""


@dataclass(frozen=True)
class Spread:
    """An output's σ, and the sums (gain, bias, square) of each noisy run, then of each leaning."""

    sigma: Floats
    sums: Floats


def sigma(run: Run, truths: list[NDArray[Any]], model: NoiseModel, seed: int) -> list[Floats]:
    """For each output element the root mean square of (noisy - truth).

    truths: the outputs' truths, as float64 or complex128.
    """
    drawn = _noisy_errors(run, truths, model, seed)
    return [_sigma(*each, model) for each in zip(drawn, truths, strict=True)]


def spreads(
    run: Run, truths: list[NDArray[Any]], results: list[str], model: NoiseModel, seed: int
) -> list[Spread]:
    """For each output, of the dtype in ``results``, its spread."""
    drawn = _noisy_errors(run, truths, model, seed)
    leaning = _leaning_errors(run, truths, model)
    found = []
    for noisy, leant, truth, result in zip(drawn, leaning, truths, results, strict=True):
        sigma = _sigma(noisy, truth, model)
        errors = np.concatenate([_each(noisy, SAMPLES), _each(leant, LEANINGS)])
        found.append(Spread(sigma, _sums_of(errors, truth, sigma, result, model)))
    return found


def _each(errors: NDArray[Any], count: int) -> NDArray[Any]:
    """The errors of each sample; an output without noise has one for all."""
    return np.broadcast_to(errors, (count, *errors.shape[1:]))


def _sums_of(
    errors: NDArray[Any],
    truth: NDArray[Any],
    sigma: Floats,
    result: str,
    model: NoiseModel,
) -> Floats:
    """The sums of each sample."""
    if not dtypes.is_inexact(result):
        return np.zeros((len(errors), 3))
    unit = _unit(truth, result)
    with np.errstate(all="ignore"):
        off = errors / unit / model.magnification
        return sums(off, truth / unit, sigma / unit, result)


def sums(error: NDArray[Any], truth: NDArray[Any], sigma: Floats, result: str) -> Floats:
    """The gain, bias and square of an output of the dtype ``result``; all is in its ulps.

    error: of the truth's shape, or several along leading axes, which the sums have too.
    """
    variance = variances(sigma, result)
    with np.errstate(all="ignore"):
        size = np.abs(truth)
        known = np.isfinite(size / variance) & (size > 0)
        toward = np.where(known, np.conj(truth) / variance, 0.0)
        direction = np.where(known, toward / size, 0.0)
        precision = np.where(known, 1 / variance, 0.0)
        off = np.where(np.isfinite(error), error, 0.0)
        axes = np.ndim(truth)
        gain, bias = (np.real(np.tensordot(off, each, axes)) for each in (toward, direction))
        square = np.tensordot(np.abs(off) ** 2, precision, axes)
    return np.stack([gain, bias, square], axis=-1)


def variances(sigma: Floats, result: str) -> Floats:
    """Those of honest errors, in ulps: both parts of a complex number are rounded."""
    with np.errstate(over="ignore"):
        return sigma**2 + (1 + dtypes.is_complex(result)) / 12


def _noisy_errors(
    run: Run, truths: list[NDArray[Any]], model: NoiseModel, seed: int
) -> list[NDArray[Any]]:
    """The outputs' errors in all noisy runs."""

    def noise(key: list[int], samples: int | None) -> Noise:
        return model.noise(np.random.Generator(np.random.SFC64(key)), samples)

    one_by_one = (noise([seed, sample], None) for sample in range(SAMPLES))
    return _errors(run, truths, model, noise([seed], SAMPLES), one_by_one)


def _leaning_errors(run: Run, truths: list[NDArray[Any]], model: NoiseModel) -> list[NDArray[Any]]:
    """The outputs' errors in all leaning runs; they lean alike in every case of a test."""
    leanings = np.random.default_rng(0).uniform(-1.0, 1.0, (LEANINGS, 2, BINADES))
    leanings[0] = 1.0
    one_by_one = (model.leaning(each[None]) for each in leanings)
    return _errors(run, truths, model, model.leaning(leanings), one_by_one)


def _errors(
    run: Run,
    truths: list[NDArray[Any]],
    model: NoiseModel,
    together: Noise,
    one_by_one: Iterable[Noise],
) -> list[NDArray[Any]]:
    """The outputs' errors, as much magnified as the noise."""
    try:
        outputs = [_samples(output) for output in run(_wrapper(model, together))]
    except (TypeError, ValueError, IndexError):  # what is computed hangs on the noisy numbers
        runs = [map(_samples, run(_wrapper(model, noise))) for noise in one_by_one]
        outputs = [np.concatenate(samples) for samples in zip(*runs, strict=True)]
    with np.errstate(all="ignore"):
        return [_off(*pair, model) for pair in zip(outputs, truths, strict=True)]


def _off(values: NDArray[Any], truth: NDArray[Any], model: NoiseModel) -> NDArray[Any]:
    """values - truth; infinite where intermediate results did what the truth does not: overflow."""
    off = _difference(_clipped(values, model), _clipped(truth, model))
    if np.all(np.isfinite(values)):
        return off
    far = np.abs(truth) < dtypes.format_of(model.intermediates).max / 2
    return np.where(np.isinf(values) & far, np.inf, off)


def _wrapper(model: NoiseModel, noise: Noise) -> Callable[[Any], Any]:
    return partial(_noisy, noise=noise, backward=model.backward)


def _noisy(array: NDArray[Any], *, noise: Noise, backward: bool) -> Noisy:
    return Noisy(noise.rounded(array, 0.5) if backward else array, noise)


def _samples(output: Any) -> NDArray[Any]:
    """The samples of an output along the first axis; one where it has no noise."""
    while isinstance(output, Interpreter) and not isinstance(output, Stacked):
        output = output.value
    return output.value if isinstance(output, Stacked) else np.asarray(output)[None]


def _difference(values: NDArray[Any], truth: NDArray[Any]) -> NDArray[Any]:
    """values - truth; none where both are the same infinity, or NaN."""
    off: NDArray[Any] = values - truth
    if np.all(np.isfinite(off)):
        return off
    return np.where((values == truth) | (np.isnan(values) & np.isnan(truth)), 0.0, off)


def _sigma(errors: NDArray[Any], truth: NDArray[Any], model: NoiseModel) -> Floats:
    """The root mean square, in ulps first: the square of a tiny error would underflow."""
    unit, off = _unit(truth, model.dtype), np.abs(errors)
    with np.errstate(all="ignore"):
        # The magnified unit of a number near float64's smallest would be zero.
        spread = _times(_root_mean_square(off / unit) / model.magnification, unit)
        if np.all(np.isfinite(spread)):
            return spread
        largest = np.max(off, axis=0)  # its square in ulps of a tiny truth is too large
        rescued = largest * (_root_mean_square(off / largest) / model.magnification)
        return np.where(np.isfinite(spread), spread, np.where(largest < np.inf, rescued, spread))


def _root_mean_square(samples: Floats) -> Floats:
    mean: Floats = np.einsum("s...,s...->...", samples, samples) / len(samples)
    return np.sqrt(mean)


def _times(spread: Floats, unit: Floats) -> Floats:
    """The product, where it is not 0 at least float64's smallest number."""
    return np.where(spread > 0, np.maximum(spread * unit, np.nextafter(0.0, 1.0)), spread)


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
    if np.all(np.abs(values) <= beyond):
        return values
    return np.clip(values, -beyond, beyond)
