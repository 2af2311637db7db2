"""The noise model: which rounding errors an honest backend with certain traits makes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.noise import NOTHING_LEANS, Noise
from tensorcts.reference.dtypes import Format
from tensorcts.tolerances import budgets


@dataclass(frozen=True)
class NoiseModel:
    """The traits of a backend, for one op in one dtype, that its rounding errors depend on.

    dtype: the dtype that the op is called in.
    profile: the tolerance profile of its elementwise primitives.
    correctly_rounded: primitives that it claims to round correctly.
    accumulator: the dtype that sums and contractions accumulate in.
    stored: whether every intermediate result is rounded to ``dtype`` (else 16-bit floats keep
        their intermediates in the accumulator's dtype).
    flush: whether subnormal intermediate results may become zeros.
    backward: whether the algorithm is backward stable only: its result is that of inputs which are
        off by half an ulp (Welford's variance; Chan, Golub & LeVeque 1983).
    operand_bits: the significand bits that contractions keep of their operands, None for all.
    truncating: whether accumulators may round toward zero.
    own: the accumulators of primitives, by name, that have another one.
    """

    dtype: str
    profile: str
    correctly_rounded: frozenset[str]
    accumulator: str
    stored: bool
    flush: bool = False
    backward: bool = False
    operand_bits: int | None = None
    truncating: bool = False
    own: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        dtype: str,
        *,
        profile: str,
        correctly_rounded: frozenset[str] = frozenset(),
        accumulator: str | None = None,
        stored: bool = False,
        flush: bool = False,
        backward: bool = False,
        operand_bits: int | None = None,
        truncating: bool = False,
        own: tuple[tuple[str, str], ...] = (),
    ) -> NoiseModel:
        """The model with the accumulator's default: float32 for 16-bit floats, else the dtype."""
        default = "float32" if dtypes.is_narrow(dtype) else dtypes.component(dtype)
        accumulator = accumulator or default
        return cls(
            dtype,
            profile,
            correctly_rounded,
            accumulator,
            stored,
            flush,
            backward,
            operand_bits,
            truncating,
            own,
        )

    @property
    def intermediates(self) -> str:
        """The dtype that intermediate results are rounded to."""
        wider = dtypes.is_narrow(self.dtype) and not self.stored
        return self.accumulator if wider else dtypes.component(self.dtype)

    def budgets(self, dtype: str) -> dict[str, float]:
        """The ulps of ``dtype`` that each primitive may be off by."""
        table = dict(budgets.ulps(self.profile, dtype))
        table.update(dict.fromkeys(self.correctly_rounded, 0.5))
        return table

    @property
    def magnification(self) -> float:
        """How many times larger than in earnest the errors are drawn.

        float64's own errors would vanish in the float64 arithmetic that carries them, so they are
        drawn 2**20 times as large. To first order the spread grows in proportion.
        """
        return 2.0**20 if self.intermediates == "float64" else 1.0

    def noise(
        self,
        generator: np.random.Generator,
        samples: int | None = None,
        leanings: NDArray[np.float64] = NOTHING_LEANS,
    ) -> Noise:
        """The errors, drawn from a generator, ``magnification`` times as large as in earnest."""
        return Noise(
            self.budgets(self.intermediates),
            *self._formats,
            generator,
            self.magnification * self.flush,
            self._kept,
            self.truncating,
            self._own,
            samples,
            leanings,
        )

    @property
    def _lost(self) -> int:
        """The bits that the magnification takes."""
        return int(np.log2(self.magnification))

    @property
    def _kept(self) -> int:
        """The significand bits of contractions' operands, 53 for all."""
        return 53 if self.operand_bits is None else self.operand_bits - self._lost

    @property
    def _formats(self) -> tuple[Format, Format]:
        """Those of intermediates and accumulator, coarser by the magnification."""
        return self._coarser(self.intermediates), self._coarser(self.accumulator)

    @property
    def _own(self) -> dict[str, Format]:
        """The formats of primitives that accumulate in another one."""
        return {primitive: self._coarser(dtype) for primitive, dtype in self.own}

    def _coarser(self, dtype: str) -> Format:
        form = dtypes.format_of(dtype)
        return replace(form, p=form.p - self._lost)

    def describe(self) -> str:
        """The model in words."""
        where = f"computed in {self.intermediates}, accumulated in {self.accumulator}"
        traits = ", subnormals flushed" if self.flush else ""
        traits += ", backward stable" if self.backward else ""
        traits += "" if self.operand_bits is None else f", operands of {self.operand_bits} bits"
        traits += "".join(f", {primitive} in {dtype}" for primitive, dtype in self.own)
        return f"{where}{traits}, primitives by the profile {self.profile}"

    def __str__(self) -> str:
        """The model as a key: equal exactly where σ is."""
        claims = ",".join(sorted(self.correctly_rounded))
        traits = ["storage" if self.stored else "accumulate"]
        traits += ["flush"] if self.flush else []
        traits += ["backward"] if self.backward else []
        traits += [f"operands {self.operand_bits}"] if self.operand_bits is not None else []
        traits += ["truncating"] if self.truncating else []
        traits += [f"{primitive} {dtype}" for primitive, dtype in self.own]
        return f"{self.dtype} {self.profile} {claims} {self.accumulator} {' '.join(traits)}"
