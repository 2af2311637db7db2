"""Blocks judged on a GPU: results stay there, but for single inputs, or are copied there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.precision.blocks import BLOCK, Bits
from tensorcts.conformance.precision.gpu import formulas, kernels, placing
from tensorcts.conformance.precision.gpu.kernels import CHUNK, COMPARED, JUDGED, KINDS, THREADS
from tensorcts.conformance.precision.judging import Judge, SweepError
from tensorcts.conformance.precision.strips import judge as judge_strip
from tensorcts.conformance.precision.strips import quanta
from tensorcts.conformance.precision.tallies import BINS, COUNTERS, Row, Tally, merge
from tensorcts.reference import dtypes

SAMPLES = 64
"""Inputs of a block at which the GPU's truths are compared with the host's."""

UNDERFLOW = float(np.finfo(np.float64).smallest_normal)
"""Below it double functions may give zero, as SciPy's erfc does; no narrower format tells."""


@dataclass(frozen=True)
class Partial:
    """The figures of chunks, one after another, in ascending order of magnitudes."""

    sums: NDArray[np.float64]
    counts: NDArray[np.uint32]
    firsts: NDArray[np.uint32]
    largest: NDArray[np.float64]
    worst: NDArray[np.uint32]


class DeviceJudge(Judge):
    """A backend's function beside its truths, both on a GPU."""

    def tally(self, block: int) -> Tally:
        """A block's tally: of the positive numbers, then of the negative ones."""
        first = block * self.plan.size
        lead = int(first > 0)  # the step to the first number counts, too
        ends = first - lead, first + self.plan.size
        run = self._made_there if self._adopts else self._copied
        plus, minus = (run(*ends, np.uint32(sign)) for sign in (0, self.plan.layout.sign))
        self._check(first)
        signs = [(plus, None, 0), (minus, plus, int(self.plan.layout.sign))]
        return merge(self._sign(first, lead, *each) for each in signs)

    def _sign(self, first: int, lead: int, got: Any, mirrored: Any, sign: int) -> Tally:
        cupy, chunks = self._cupy, self.plan.size // CHUNK
        parity = self.function.parity
        histogram = cupy.zeros(BINS, np.uint64)
        listed, count = cupy.empty(self.plan.size, np.uint32), cupy.zeros(1, np.uint32)
        partial = Partial(
            cupy.empty((chunks, 3), np.float64),
            cupy.empty((chunks, KINDS), np.uint32),
            cupy.empty((chunks, KINDS), np.uint32),
            cupy.empty(chunks, np.float64),
            cupy.empty(chunks, np.uint32),
        )
        self._module.get_function("judge")(
            (chunks,),
            (THREADS,),
            (
                got, np.uintp(0) if mirrored is None or parity == "none" else mirrored,
                np.uint32(first), np.uint32(sign), np.int32(lead), np.int32(parity == "odd"),
                *vars(partial).values(), histogram, listed, count,
            ),
        )  # fmt: skip
        partial = Partial(*(cupy.asnumpy(each) for each in vars(partial).values()))
        sizes = cupy.asnumpy(histogram)
        judged = Tally(
            self._rows(partial, got, first, lead, sign),
            Counter({int(k): int(sizes[k]) for k in np.flatnonzero(sizes)}),
        )
        return judged + self._left(listed[: int(count[0])], got, first - lead)

    def _rows(self, partial: Partial, got: Any, first: int, lead: int, sign: int) -> dict[int, Row]:
        """The figures of each binade, those of its chunks together."""
        per = (1 << self.plan.layout.fraction) // CHUNK
        counts = partial.counts.reshape(-1, per, KINDS).sum(1, dtype=np.int64)
        firsts = partial.firsts.reshape(-1, per, KINDS).min(1)
        sums = partial.sums.reshape(-1, per, 3).sum(1)
        chunk = partial.largest.reshape(-1, per).argmax(1) + per * np.arange(len(counts))
        largest, worst = partial.largest[chunk], partial.worst[chunk]
        shown = np.unique(np.concatenate([firsts[counts > 0], worst[largest > 0]]))
        examples = self._examples(shown, got, first - lead)
        rows = {}
        for i, count in enumerate(counts):
            kinds = [k for k in range(len(COUNTERS)) if count[k]]
            rows[self.plan.layout.binade(first + sign) + i] = Row(
                points=int(count[JUDGED]),
                compared=int(count[COMPARED]),
                total=quanta(sums[i, 0]),
                bias=quanta(sums[i, 1]),
                squares=quanta(sums[i, 2]),
                worst=examples[int(worst[i])] if largest[i] else None,
                counts=Counter({COUNTERS[k]: int(count[k]) for k in kinds}),
                examples={COUNTERS[k]: examples[int(firsts[i, k])] for k in kinds},
            )
        return rows

    def _examples(self, bits: Bits, got: Any, start: int) -> dict[int, Any]:
        """These inputs with what came of them; the truths are the host's."""
        if not len(bits):
            return {}
        strip = self._strips([(bits,)], self._taken(got, bits, start))[0]
        with np.errstate(all="ignore"):
            return {int(pattern): strip.example(place) for place, pattern in enumerate(bits)}

    def _left(self, listed: Any, got: Any, start: int) -> Tally:
        """What is left to the host, a strip for each binade."""
        bits = self.plan.layout.array(np.sort(self._cupy.asnumpy(listed)))
        if not len(bits):
            return Tally()
        ends = np.flatnonzero(np.diff(bits >> self.plan.layout.fraction)) + 1
        pieces: list[tuple[Bits, ...]] = [(piece,) for piece in np.split(bits, ends)]
        strips = self._strips(pieces, self._taken(got, bits, start))
        rows, sizes = {}, np.zeros(BINS, np.int64)
        for strip in strips:
            row, histogram = judge_strip(strip)
            rows[self.plan.layout.binade(strip.inputs[0][0])] = row
            sizes += histogram
        return Tally(rows, Counter({int(k): int(sizes[k]) for k in np.flatnonzero(sizes)}))

    def _taken(self, got: Any, bits: Bits, start: int) -> Bits:
        """The results of some inputs."""
        place = (bits & ~self.plan.layout.sign).astype(np.int64) - start
        return self.plan.layout.array(self._cupy.asnumpy(got[self._cupy.asarray(place)]))

    def _made_there(self, first: int, stop: int, sign: np.uint32) -> Any:
        """The bits of the backend's results, where they are."""
        bits = self._cupy.arange(first, stop, dtype=np.uint32) | sign
        backend, name = self.host.backend, self.function.op.name
        taken = backend.adopt(bits.view(np.float32))
        with np.errstate(all="ignore"):
            result = self._cupy.from_dlpack(backend.ops[name](taken, **self.function.attrs))
        if result.dtype != np.float32 or result.shape != bits.shape:
            raise SweepError(f"{name} gives {result.dtype}{list(result.shape)}")
        return self._cupy.ascontiguousarray(result).view(np.uint32)

    def _copied(self, first: int, stop: int, sign: np.uint32) -> Any:
        """The bits of results by the backend's ordinary adapter, piece by piece."""
        ends = [*range(first, stop, BLOCK), stop]
        pieces = (self.plan.layout.range(*each) | sign for each in pairwise(ends))
        return self._cupy.concatenate([self._cupy.asarray(self._run(piece)) for piece in pieces])

    def _check(self, first: int) -> None:
        """Hold the GPU's truths to the host's at inputs all over the block.

        Raises SweepError where they differ by more than both margins.
        """
        places = np.linspace(first, first + self.plan.size - 1, SAMPLES, dtype=np.int64)
        bits = np.concatenate([places, places + int(self.plan.layout.sign)]).astype(np.uint32)
        found = self._cupy.empty(len(bits))
        self._module.get_function("values")(
            (1,), (THREADS,), (self._cupy.asarray(bits), found, np.int32(len(bits)))
        )
        x, theirs = bits.view(np.float32), self._cupy.asnumpy(found)
        truths, _ = self.truths(x)
        wide = (dtypes.widen(x),)
        with np.errstate(all="ignore"):
            apart = np.abs(theirs - truths)
            allowed = self.truths.margin.around(truths, wide) + formulas.FEW * np.abs(truths)
            allowed += UNDERFLOW
            same = (theirs == truths) | (np.isnan(theirs) & np.isnan(truths)) | (apart <= allowed)
        known = same | np.isinf(x) | (x == 0)  # there a backend may declare another result
        if not known.all():
            place = int(np.flatnonzero(~known)[0])
            raise SweepError(
                f"{self.function.name} in double on the GPU is {theirs[place]!r} at {x[place]!r}, "
                f"on the host {truths[place]!r}"
            )

    @cached_property
    def _adopts(self) -> bool:
        return placing.adopts(self.host.backend)

    @cached_property
    def _module(self) -> Any:
        return kernels.module(self.function, self.truths.sides)

    @cached_property
    def _cupy(self) -> Any:
        import cupy

        return cupy
