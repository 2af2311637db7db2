"""Judging a stack: each layer by itself (step) and all up to it (drift), with derived tolerances.

step   the layer's definition applied to the backend's own activations before it, in float64
drift  the definitions from the very beginning, in float64; σ is that of the whole stack so far

Both are compared by the rule ``derived``: ½ ulp + 6·σ, σ from the definitions in noisy arithmetic.
The truths' own errors are to σ as float64's unit roundoff to that of the stack's dtype, 2**-29 at
most: they need no more bits, but the dtype may not be float64.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend, Capabilities
from tensorcts.conformance.compare import Comparison, compare
from tensorcts.conformance.models.stacks import Activations, Stack, Wrap, run_on
from tensorcts.conformance.oracle import Expected
from tensorcts.reference import dtypes
from tensorcts.reports.records import VERDICTS, Verdict
from tensorcts.tolerances import rules, spreads, ulps
from tensorcts.tolerances.model import NoiseModel

RUNS = 4
"""Runs of the definitions behind one judgement: the truth and all noisy samples at once, of steps
and of drifts. ``advance`` is called after each."""

Run = Callable[[Wrap], tuple[NDArray[np.float64], ...]]


@dataclass(frozen=True)
class Finding:
    """A comparison of a layer's activations with a truth.

    rms: the root mean square error, in ulps of the activations' own root mean square. (The worst
        element in ulps is mostly one next to zero; this is the layer's typical precision.)
    """

    comparison: Comparison
    rms: float


@dataclass(frozen=True)
class LayerFinding:
    """What was found of one layer."""

    layer: str
    shape: tuple[int, ...]
    step: Finding
    drift: Finding


@dataclass(frozen=True)
class Judgement:
    """The verdict on a backend's run of a stack.

    message: why the run stopped, where it did.
    got, truth: the last layer's activations, in float64; None where the backend never got there.
    """

    backend: str
    capabilities: Capabilities
    model: NoiseModel
    layers: tuple[LayerFinding, ...]
    verdict: Verdict
    message: str
    got: NDArray[np.float64] | None
    truth: NDArray[np.float64] | None


def judge(stack: Stack, name: str, backend: Backend, advance: Callable[[], None]) -> Judgement:
    """Run the stack on a backend, called ``name``, and judge every layer that it computed.

    Raises ValueError for a stack of float64, whose truths float64 arithmetic can't give.
    """
    if dtypes.format_of(stack.dtype).p == 53:
        raise ValueError(f"{stack.name}: no truths of {stack.dtype} layers by float64 arithmetic")
    found = run_on(backend, stack)
    model = noise_model(backend.capabilities, stack.dtype, found.used)
    if not found.arrays:
        verdict = _verdict(found, ())
        return Judgement(name, backend.capabilities, model, (), verdict, found.message, None, None)
    drifts = _expected(_ticking(stack.running, advance), model, stack)
    given = _usable(found, drifts)
    steps = _expected(_ticking(lambda wrap: stack.stepping(wrap, given), advance), model, stack)
    flush = backend.capabilities.traits.get("flush_subnormals", "no")
    layers = tuple(
        LayerFinding(layer.name, got.shape, _finding(got, step, flush), _finding(got, drift, flush))
        for layer, got, step, drift in zip(stack.layers, found.arrays, steps, drifts)
    )
    complete = len(given) == len(stack.layers)
    return Judgement(
        name,
        backend.capabilities,
        model,
        layers,
        _verdict(found, layers),
        found.message,
        given[-1].astype(np.float64) if complete else None,
        drifts[-1].hi if complete else None,
    )


def noise_model(declared: Capabilities, dtype: str, used: frozenset[str]) -> NoiseModel:
    """The rounding errors that the backend admits to in a layer made of the ops ``used``.

    Between two ops of a layer the result is kept in the tensor's dtype, so in 16 bits every
    intermediate counts as rounded to it (``stored``); in float32 that makes no difference.
    The accumulator is the coarsest that any of the ops declares.
    """
    pairs = {declared.accumulator.get(f"{op}/{dtype}") for op in used}
    general = declared.accumulator.get(dtype)
    named = [name for name in (pairs | {general}) if name is not None]
    coarsest = min(named, key=lambda name: dtypes.format_of(name).p, default=None)
    return NoiseModel.of(
        dtype,
        profile=declared.profile,
        correctly_rounded=declared.correctly_rounded,
        accumulator=coarsest,
        stored=True,
    )


def _ticking(run: Run, advance: Callable[[], None]) -> Run:
    def counted(wrap: Wrap) -> tuple[NDArray[np.float64], ...]:
        with np.errstate(all="ignore"):
            results = run(wrap)
        advance()
        return results

    return counted


def _expected(run: Run, model: NoiseModel, stack: Stack) -> list[Expected]:
    """The truths of a run's layers with their σ."""
    truths = list(run(lambda array: array))
    rule = rules.Rule("derived", f"½ ulp + {rules.SIGMAS:g}·σ from the noise model ({model})")
    sigmas = spreads.sigma(run, truths, model, _seed(stack))
    return [
        Expected(stack.dtype, rule, hi, np.zeros(hi.shape), sigma, None)
        for hi, sigma in zip(truths, sigmas, strict=True)
    ]


def _seed(stack: Stack) -> int:
    """Every draw follows from the inputs."""
    digest = hashlib.blake2b(digest_size=8)
    for name, array in sorted(stack.arrays.items()):
        if array.dtype.kind not in "fV":
            digest.update(name.encode() + array.tobytes())
    return int.from_bytes(digest.digest(), "little")


def _usable(found: Activations, truths: Sequence[Expected]) -> list[NDArray[np.generic]]:
    """The activations up to the first of a wrong shape or dtype: the next layer can't take it.

    What comes after is cut off in ``found``; the wrong one stays, to be judged.
    """
    for i, (got, truth) in enumerate(zip(found.arrays, truths)):
        if got.shape != truth.hi.shape or dtypes.name_of(got.dtype) != truth.dtype:
            del found.arrays[i + 1 :]
            return found.arrays[:i]
    return list(found.arrays)


def _finding(got: NDArray[np.generic], expected: Expected, flush: str) -> Finding:
    comparison = compare(got, expected, zero_sign=False, flush=flush)
    if comparison.count == 0:
        return Finding(comparison, np.inf)
    form = dtypes.format_of(expected.dtype)
    error = ulps.error(got.astype(np.float64), expected.hi, expected.lo, form)
    typical = np.sqrt(np.mean(expected.hi**2, keepdims=True))
    return Finding(comparison, float(np.sqrt(np.mean(error**2)) / form.ulp(typical).item()))


def _verdict(found: Activations, layers: Sequence[LayerFinding]) -> Verdict:
    """The gravest of the layers' verdicts; a run that stopped early never passes."""
    outcomes: list[Verdict] = [
        f.comparison.outcome for one in layers for f in (one.step, one.drift)
    ]
    if found.verdict is not None and (found.verdict == "error" or "fail" not in outcomes):
        return found.verdict
    return max(outcomes, key=VERDICTS.index)
