"""The rules: exact, ulp, derived. Which one an op falls under, and the bound it gives.

exact    the truth rounded once to the result's dtype, bit for bit.
ulp      an elementwise primitive: at most as many ulps off as its row in the tables says.
derived  everything else: at most ½ ulp + SIGMAS·σ, σ from the noise model (``sigma``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import Interpreter, innermost
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.stacked import Stacked
from tensorcts.reference.registry import Op
from tensorcts.tolerances import budgets
from tensorcts.tolerances.model import NoiseModel

SIGMAS = 6.0
"""How many standard deviations a derived bound allows beyond the last rounding."""

SAMPLES = 16
"""Noisy runs behind each σ. A σ estimated from 16 is a third of the true one once in 10⁶ times."""


_OF_THE_MODULUS = ("abs", "sign")
"""Ops that are exact for real numbers only: of complex ones they take the modulus."""

PRODUCTS = ("outer", "kron")
"""More such ops: a product of complex numbers rounds more than once and may overflow inside."""


@dataclass(frozen=True)
class Rule:
    """A rule with its parameter, and the sentence that explains it."""

    kind: Literal["exact", "ulp", "derived"]
    text: str
    ulps: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}({self.ulps:g})" if self.kind == "ulp" else self.kind


def rule_for(op: Op, result: str, model: NoiseModel) -> Rule:
    """The rule for results of the dtype ``result``."""
    if not dtypes.is_inexact(result):
        return Rule("exact", f"{result} results are exact")
    real = not dtypes.is_complex(model.dtype)
    if op.name in budgets.exact_ops() and (real or op.name not in _OF_THE_MODULUS + PRODUCTS):
        return Rule("exact", budgets.exact_ops()[op.name])
    if op.name in model.correctly_rounded and model.dtype in dtypes.FLOATING:
        return Rule("exact", "correctly rounded: declared by the backend")
    if op.name in budgets.rows() and model.dtype in dtypes.FLOATING and not model.stored:
        ulps = model.budgets(model.dtype)[op.name]
        source = budgets.source(op.name, model.profile)
        if ulps == 0.5:
            return Rule("exact", f"correctly rounded: {source}")
        return Rule("ulp", f"at most {ulps:.4g} ulp: {source}", ulps)
    if op.name in ("add", "subtract"):
        return Rule("exact", "both parts correctly rounded (IEEE 754-2019 §5.4.1)")
    return Rule("derived", f"½ ulp + {SIGMAS:g}·σ: {model.describe()}")


def sigma(
    run: Callable[[Callable[[Any], Any]], tuple[Any, ...]],
    truths: list[NDArray[Any]],
    model: NoiseModel,
    seed: int,
) -> list[NDArray[np.float64]]:
    """For each output element the root mean square of (noisy - truth) over ``SAMPLES`` runs.

    run: runs the definition with every number wrapped by the function it is given, and returns the
        outputs.
    truths: the outputs' truths, as float64 or complex128.
    """
    try:
        outputs = run(_wrapper(model, [seed], SAMPLES))
    except (TypeError, ValueError, IndexError):  # what is computed hangs on the noisy numbers
        runs = [run(_wrapper(model, [seed, sample], None)) for sample in range(SAMPLES)]
        outputs = tuple(map(_stacked, zip(*runs, strict=True)))
    return [_spread(*each, model) for each in zip(outputs, truths, strict=True)]


def _wrapper(model: NoiseModel, key: list[int], samples: int | None) -> Callable[[Any], Any]:
    noise = model.noise(np.random.Generator(np.random.SFC64(key)), samples)
    return partial(_noisy, noise=noise, backward=model.backward)


def _stacked(outputs: tuple[Any, ...]) -> Stacked:
    return Stacked(np.stack([np.asarray(innermost(output)) for output in outputs]))


def _spread(output: Any, truth: NDArray[Any], model: NoiseModel) -> NDArray[np.float64]:
    """The root mean square of (noisy - truth), from all samples of an output."""
    while isinstance(output, Interpreter) and not isinstance(output, Stacked):
        output = output.value
    values = output.value if isinstance(output, Stacked) else np.asarray(output)[None]
    form = dtypes.format_of(model.dtype if dtypes.is_inexact(model.dtype) else "float64")
    # Errors are counted in ulps: the square of a tiny one would underflow.
    unit = form.ulp(np.where(np.isfinite(truth), np.abs(truth), 0.0))
    with np.errstate(all="ignore"):
        off = _difference(_clipped(values, model), _clipped(truth, model))
        # In ulps first: the magnified unit of a number near float64's smallest would be zero.
        spread = _times(_root_mean_square(off / unit) / model.magnification, unit)
        if np.all(np.isfinite(spread)):
            return spread
        largest = np.max(off, axis=0)  # its square in ulps of a tiny truth is too large
        rescued = largest * (_root_mean_square(off / largest) / model.magnification)
        return np.where(np.isfinite(spread), spread, np.where(largest < np.inf, rescued, spread))


def _root_mean_square(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.einsum("s...,s...->...", samples, samples) / len(samples)
    return np.sqrt(mean)


def _difference(values: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    """|values - truth|; none where both are the same infinity, or NaN."""
    off: NDArray[np.float64] = np.abs(values - truth)
    if np.all(np.isfinite(off)):
        return off
    return np.where((values == truth) | (np.isnan(values) & np.isnan(truth)), 0.0, off)


def _times(spread: NDArray[np.float64], unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """The product, where it is not 0 at least float64's smallest number."""
    return np.where(spread > 0, np.maximum(spread * unit, np.nextafter(0.0, 1.0)), spread)


def _noisy(array: NDArray[Any], *, noise: Noise, backward: bool) -> Noisy:
    return Noisy(noise.rounded(array, 0.5) if backward else array, noise)


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
