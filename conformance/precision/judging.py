"""Judging one block: the backend's results by its ordinary adapter, strip by strip.

This is what a sweep hands to its workers: ``judge(task, block)`` gives a block's tally, and nothing
but the task and the block's number decides it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends import registry as backend_registry
from tensorcts.conformance.cases import Case
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.precision import blocks, functions, neighbours
from tensorcts.conformance.precision.blocks import Bits, Plan
from tensorcts.conformance.precision.functions import Function
from tensorcts.conformance.precision.strips import Strip
from tensorcts.conformance.precision.strips import judge as judge_strip
from tensorcts.conformance.precision.tallies import BINS, Row, Tally
from tensorcts.conformance.precision.truths import Truths
from tensorcts.reference import dtypes

Place = Literal["host", "gpu"]
"""Where truths and counts are made: by NumPy, or on an NVIDIA GPU (``gpu``)."""

Judged = tuple[int, Row, NDArray[np.intp] | None]
"""A strip's first input, its row and its histogram."""


class SweepError(Exception):
    """A backend that does not give results to sweep: the message says which block and why."""


@dataclass(frozen=True)
class Task:
    """A sweep: a backend's function in a dtype, over these inputs.

    backend: NAME, or NAME:DEVICE.
    function: ``Function.name``.
    kind, seed, size: of the inputs (``blocks.Plan``).
    judge: where truths and counts are made.
    """

    backend: str
    function: str
    dtype: str
    kind: blocks.Kind
    seed: int = 0
    size: int = blocks.BLOCK
    judge: Place = "host"

    @property
    def plan(self) -> Plan:
        """The inputs."""
        return Plan(functions.find(self.function), self.dtype, self.kind, self.seed, self.size)


@cache
def host(backend: str) -> InProcess:
    """The backend, in this process."""
    return InProcess(backend_registry.load(backend))


def offers(backend: str, function: Function, dtype: str) -> bool:
    """Whether the backend has the function in the dtype, and the dtype of its results."""
    held = host(backend)
    fits = function.result_dtype(dtype) in held.capabilities.dtypes
    return fits and held.unsupported(function.op.name, dtype) is None


@cache
def judge_of(task: Task) -> Judge:
    """What judges the task's blocks in this process."""
    from tensorcts.conformance.precision.gpu.judging import DeviceJudge

    kind = DeviceJudge if task.judge == "gpu" else Judge
    return kind(task, host(task.backend))


def judge(task: Task, block: int) -> Tally:
    """A block's tally."""
    return judge_of(task).tally(block)


class Judge:
    """A backend's function beside its truths."""

    def __init__(self, task: Task, host: InProcess) -> None:
        """Judge a host by a task's function and inputs."""
        self.plan = task.plan
        self.host = host
        self.truths = Truths(self.plan.function, task.dtype, host.capabilities.traits)

    @property
    def function(self) -> Function:
        """What is swept."""
        return self.plan.function

    @cached_property
    def _number(self) -> np.dtype[Any]:
        return dtypes.numpy_dtype(self.plan.dtype)

    def tally(self, block: int) -> Tally:
        """A block's tally."""
        rows: dict[int, Row] = {}
        histogram = np.zeros(BINS, np.int64)
        of_one = self.function.arity == 1
        for first, row, sizes in self._unary(block) if of_one else self._binary(block):
            key = self.plan.layout.binade(first)
            rows[key] = rows[key] + row if key in rows else row
            histogram += 0 if sizes is None else sizes
        return Tally(rows, Counter({int(k): int(histogram[k]) for k in np.flatnonzero(histogram)}))

    def strip_of(self, bits: Bits) -> Strip:
        """Any inputs beside their truths."""
        return self._strips([(bits,)], self._run(bits))[0]

    # -- Functions of one number -------------------------------------------------------------------

    def _unary(self, block: int) -> Iterator[Judged]:
        """The strips of both signs, each with its violations of monotonicity and symmetry."""
        pieces, following = list(self.plan.strips(block)), self.plan.following(block)
        magnitudes = np.concatenate([*pieces, following])
        sign = self.plan.layout.sign
        plus, minus = (self._run(magnitudes | bit) for bit in (sign ^ sign, sign))
        yield from self._one_sign(pieces, following, plus)
        yield from self._one_sign([p | sign for p in pieces], following | sign, minus, plus)

    def _one_sign(
        self, pieces: list[Bits], following: Bits, got: Bits, mirrored: Bits | None = None
    ) -> Iterator[Judged]:
        """The strips of one sign; the step to what follows counts, its other figures don't."""
        strips = self._strips([(piece,) for piece in (*pieces, following)], got)
        before: Strip | None = None
        start = 0
        for strip in strips[: len(pieces)]:
            row, sizes = judge_strip(strip)
            row += neighbours.monotonicity(before, strip)
            if mirrored is not None:
                opposite = mirrored[start : start + len(strip.got)]
                row += neighbours.symmetry(self.function.parity, strip, opposite)
            yield int(strip.inputs[0][0]), row, sizes
            before, start = strip, start + len(strip.got)
        if len(following):
            yield int(following[0]), neighbours.monotonicity(before, strips[-1]), None

    # -- Functions of two numbers ------------------------------------------------------------------

    def _binary(self, block: int) -> Iterator[Judged]:
        """The strips of pairs."""
        pairs = list(self.plan.pairs(block))
        xs = np.concatenate([np.broadcast_to(x, y.shape) for x, y in pairs])
        results = self._run(xs, np.concatenate([y for _, y in pairs]))
        for strip in self._strips(pairs, results):
            yield int(strip.inputs[0][0]), *judge_strip(strip)

    def _strips(self, inputs: Sequence[tuple[Bits, ...]], got: Bits) -> list[Strip]:
        """The strips of these inputs, with their results one after another."""
        spread = (np.broadcast_arrays(*each) for each in inputs)
        every = map(np.concatenate, zip(*spread, strict=True))
        hi, lo = self.truths(*(bits.view(self._number) for bits in every))
        ends = np.cumsum([len(each[-1]) for each in inputs])[:-1]
        parts = (np.split(a, ends) for a in (got, hi, hi if lo is None else lo))
        return [
            Strip(self.truths.result, each, g, h, None if lo is None else rest)
            for each, g, h, rest in zip(inputs, *parts, strict=True)
        ]

    def _run(self, *inputs: Bits) -> Bits:
        """The bits of the backend's results."""
        arrays = tuple(bits.view(self._number) for bits in inputs)
        case = Case(self.function.op, self.plan.dtype, arrays, self.function.attrs)
        outcome = self.host.run(case)
        wanted = dtypes.numpy_dtype(self.truths.result)
        if outcome.verdict is not None:
            raise SweepError(f"{case.describe()}: {outcome.verdict}: {outcome.message}")
        result = outcome.outputs[0]
        if result.dtype != wanted or result.shape != arrays[0].shape:
            raise SweepError(f"{case.describe()} gives {result.dtype}{list(result.shape)}")
        return np.ascontiguousarray(result).view(f"u{wanted.itemsize}")
