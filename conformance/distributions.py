"""Judging random numbers: by their distribution, unless a backend declares whose they are.

Each statistic is compared with its value under the definition's distribution; its probability of
lying so far off by chance is below ``CHANCE``. A run looks at some hundred statistics, so it raises
a false alarm less than once in 10⁹ runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.conformance.cases import Case
from tensorcts.reference import dtypes
from tensorcts.reference.ops.randoms import BITS

FAMILY = "randoms"
PHILOX = "philox4x32_10"
"""The option of the trait ``random_generator`` that promises the definition's own numbers."""

MANY = "many numbers"
AGAIN = "the same seed again"
OTHER = "the next seed"
PROBES = (MANY, AGAIN, OTHER)

COUNT = 2**18
CHANCE = 1e-12
LIMIT = float(-scipy.special.ndtri(CHANCE / 2))
"""The standard deviations that a normally distributed statistic may be off by."""

Floats = NDArray[np.float64]


def second_call(case: Case) -> dict[str, Any]:
    """The attributes of the call that a case's first one is compared with."""
    return {**case.attrs, "seed": case.attrs["seed"] + 1 if case.probe == OTHER else
            case.attrs["seed"]}  # fmt: skip


def fault(case: Case, outputs: tuple[NDArray[Any], ...]) -> str:
    """What is wrong with the numbers, or "" where nothing is."""
    for output in outputs:
        if trouble := _unsupported(case, output):
            return trouble
    if case.probe == AGAIN:
        same = outputs[0].tobytes() == outputs[1].tobytes()
        return "" if same else "the same seed gave other numbers the second time"
    statistics = _between(case, *outputs) if case.probe == OTHER else _within(case, outputs[0])
    if not case.probe or outputs[0].size < COUNT:
        return ""
    for name, sigmas in statistics:
        if not abs(sigmas) <= LIMIT:
            return f"{name} is {sigmas:.1f} standard deviations off (allowed {LIMIT:.1f})"
    return ""


def _unsupported(case: Case, output: NDArray[Any]) -> str:
    """Numbers of another dtype or shape, or that the distribution never gives."""
    wanted = dtypes.numpy_dtype(case.op.result_dtype(case.dtype, case.attrs))
    shape = tuple(case.attrs["shape"]) if "shape" in case.attrs else (case.attrs["n"],)
    if output.dtype != wanted or output.shape != shape:
        return f"{output.dtype}{list(output.shape)} came, not {wanted}{list(shape)}"
    x = _wide(output)
    low, high = _support(case.op.name, case.attrs)
    outside = ~((x >= low) & (x <= high))
    if np.any(outside):
        return f"{x[outside][0]} came, which is not within {low} and {high}"
    if case.op.name == "randperm" and not np.array_equal(np.sort(output), np.arange(x.size)):
        return "the numbers are no permutation"
    return ""


def _support(op: str, attrs: Mapping[str, Any]) -> tuple[float, float]:
    """The smallest and the largest number that may come."""
    match op:
        case "rand":
            return 0.0, np.nextafter(1.0, 0.0)
        case "randint":
            return attrs["low"], attrs["high"] - 1
        case "randperm":
            return 0, attrs["n"] - 1
        case "bernoulli":
            return float(attrs["p"] == 1), float(attrs["p"] > 0)
    far = 9.5 * attrs["std"]  # beyond lies less than one number in 10²⁰
    return attrs["mean"] - far, attrs["mean"] + far


def _wide(x: NDArray[Any]) -> Floats:
    return np.asarray(x, np.float64).ravel()


def _within(case: Case, output: NDArray[Any]) -> Iterator[tuple[str, float]]:
    """Statistics of one array, each in standard deviations."""
    x, slack = _even(case, output)
    if case.op.name == "bernoulli":
        yield "the share", _share(int(np.count_nonzero(output)), x.size, case.attrs["p"], slack)
        return
    yield "the mean", _beyond(np.mean(x) - 0.5, slack) / np.sqrt(1 / 12 / x.size)
    spread = np.mean((x - 0.5) ** 2) - 1 / 12
    yield "the variance", _beyond(spread, slack) / np.sqrt(1 / 180 / x.size)
    yield "the distribution function", _kolmogorov(x, slack)
    if case.op.name == "randn":
        yield from _tails((_wide(output) - case.attrs["mean"]) / case.attrs["std"], slack)
    for lag in (1, 2, 3, 4, 32, 128, 256, 1024, x.size // 2):
        yield f"the correlation at distance {lag}", _correlation(x[:-lag], x[lag:])


def _tails(z: Floats, slack: float) -> Iterator[tuple[str, float]]:
    """Normal numbers' skewness, and how many lie far out, where the sum of the rest sees little."""
    yield "the skewness", _beyond(np.mean(z**3), 20 * slack) / np.sqrt(15 / z.size)
    for far in (1, 2, 3, 3.8):
        count, share = int(np.count_nonzero(np.abs(z) > far)), 2 * scipy.special.ndtr(-far)
        yield f"the share beyond {far} deviations", _share(count, z.size, share, slack)


def _share(count: int, size: int, share: float, slack: float) -> float:
    """The sigmas of an event as rare as so many or more (or fewer) of all in a share of them."""
    fewer = scipy.special.bdtr(count, size, max(share - slack, 0.0))
    more = scipy.special.bdtrc(count - 1, size, min(share + slack, 1.0)) if count else 1.0
    sigmas = max(-scipy.special.ndtri(max(min(fewer, more), 1e-300)), 0.0)  # 0: likely both ways
    return float(sigmas if more < fewer else -sigmas)


def _between(case: Case, a: NDArray[Any], b: NDArray[Any]) -> Iterator[tuple[str, float]]:
    """Statistics of two arrays of different seeds, each in standard deviations."""
    (x, _), (y, _) = _even(case, a), _even(case, b)
    for shift in (0, 1, 4, -1):
        yield (
            f"the correlation of the seeds at distance {shift}",
            _correlation(x, np.roll(y, shift)),
        )


def _even(case: Case, output: NDArray[Any]) -> tuple[Floats, float]:
    """The numbers made even over [0, 1], and how far the dtype's grid may move them."""
    x, attrs = _wide(output), case.attrs
    match case.op.name:
        case "rand":
            return x, 2.0 ** -BITS[case.dtype]
        case "randn":
            rounding = 2.0 ** -dtypes.format_of(case.dtype).p
            return scipy.special.ndtr((x - attrs["mean"]) / attrs["std"]), rounding
        case "randint":
            count = attrs["high"] - attrs["low"]
            return (x - attrs["low"] + 0.5) / count, 1 / count
        case "randperm":
            return (x + 0.5) / x.size, 1 / x.size
    deviation = (x - attrs["p"]) / np.sqrt(attrs["p"] * (1 - attrs["p"]))
    return 0.5 + deviation / np.sqrt(12), 2.0**-24


def _beyond(deviation: Any, slack: float) -> float:
    """What of a deviation the slack does not explain."""
    return max(abs(float(deviation)) - slack, 0.0)


def _kolmogorov(x: Floats, slack: float) -> float:
    """Kolmogorov and Smirnov's distance from evenness, as the sigmas of as rare an event."""
    ordered = np.sort(x)
    steps = np.arange(x.size + 1) / x.size
    distance = max(np.max(steps[1:] - ordered), np.max(ordered - steps[:-1]))
    chance = scipy.special.kolmogorov(np.sqrt(x.size) * _beyond(distance, slack))
    return float(-scipy.special.ndtri(max(chance, 1e-300) / 2))


def _correlation(x: Floats, y: Floats) -> float:
    """The correlation of even numbers, which is normal with the variance 1/n."""
    return float(np.mean((x - 0.5) * (y - 0.5)) * 12 * np.sqrt(x.size))
