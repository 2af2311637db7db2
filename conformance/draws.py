"""Drawing a sample's parts: from Hypothesis (random, shrinkable) or from a list (curated).

A sampler asks a ``Draw`` for shapes, arrays and attributes and never sees where they come from.
Simple answers come first (small numbers, first choices), which is what Hypothesis shrinks to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import values
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op

T = TypeVar("T")
IntegerSource = Callable[[int, int], int]
"""Draws an integer from a closed interval."""


class Draw:
    """Where the parts of one sample come from.

    integer: draws an integer of a closed interval.
    shape: the shape that the first array should have (curated), None to draw one.
    styles: the styles of value that are drawn from.
    lone: the number of the one special value that arrays hold, None for several.
    """

    def __init__(
        self,
        op: Op,
        dtype: str,
        integer: IntegerSource,
        *,
        shape: tuple[int, ...] | None = None,
        styles: Sequence[str],
        lone: int | None = None,
    ) -> None:
        """Nothing is drawn yet."""
        self.op = op
        self.dtype = dtype
        self.integer = integer
        self._shape = shape
        self._styles = styles
        self._lone = lone
        self._style: str | None = None

    @property
    def expensive(self) -> bool:
        """Whether the truth takes arbitrary precision, so that arrays had better be small."""
        return self.dtype in ("float64", "complex128")

    @property
    def special(self) -> bool:
        """Whether the arrays are to be strewn with special values."""
        return any(style.endswith("special") for style in self._styles)

    def choice(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return options[self.integer(0, len(options) - 1)]

    def boolean(self) -> bool:
        """False or True."""
        return bool(self.integer(0, 1))

    def shape(self, min_dims: int = 0, max_dims: int = 4, min_side: int = 0) -> tuple[int, ...]:
        """A shape; a curated one is padded or cut to the limits."""
        if self._shape is not None:
            fitted = (2,) * (min_dims - len(self._shape)) + self._shape
            fitted = fitted[len(fitted) - max_dims :] if len(fitted) > max_dims else fitted
            return tuple(max(n, min_side) for n in fitted)
        dims = self.integer(min_dims, max_dims)
        most = (33, 12, 6, 4) if self.expensive else (300, 40, 12, 6)
        return tuple(self.side(min_side, most[max(dims, 1) - 1]) for _ in range(dims))

    def side(self, low: int = 1, high: int | None = None) -> int:
        """One size of a shape."""
        return self.integer(low, high or (17 if self.expensive else 70))

    def axis(self, ndim: int) -> int:
        """An axis of an array of ``ndim`` ≥ 1 dimensions, negative ones too."""
        axis = self.integer(0, 2 * ndim - 1)
        return axis if axis < ndim else axis - 2 * ndim

    def axes(self, ndim: int) -> int | tuple[int, ...] | None:
        """An axis, several, or None for all."""
        if ndim == 0 or self.integer(0, 3) == 0:
            return None
        if self.boolean():
            return self.axis(ndim)
        several = tuple(axis for axis in range(ndim) if self.boolean()) or tuple(range(ndim))
        return tuple(axis - ndim for axis in several) if self.boolean() else several

    def generator(self) -> np.random.Generator:
        """A generator with a drawn seed."""
        return np.random.Generator(np.random.Philox(key=self.integer(0, 2**32 - 1)))

    def array(
        self,
        shape: tuple[int, ...],
        *,
        dtype: str | None = None,
        domain: tuple[float, float] | None = None,
        styles: Sequence[str] | None = None,
    ) -> NDArray[Any]:
        """An array of the sample's dtype; all arrays of a sample have one style.

        styles: what this array may hold where the sample's style is none of them.
        """
        if self._style is None:
            self._style = self.choice(self._styles)
        style = self._style if styles is None or self._style in styles else styles[0]
        interval = domain or (-np.inf, np.inf)
        name = dtype or self.dtype
        lone = None if name != self.dtype else self._lone
        return values.fill(self.generator(), shape, name, style, interval, lone)

    def index(self, shape: tuple[int, ...], size: int, *, negative: bool = True) -> NDArray[Any]:
        """Indices into an axis of ``size`` ≥ 1, negative ones counting from the end."""
        low = -size if negative and self.boolean() else 0
        dtype = self.choice(("int64", "int32"))
        return self.generator().integers(low, size, shape).astype(dtypes.numpy_dtype(dtype))

    def mask(self, shape: tuple[int, ...]) -> NDArray[Any]:
        """A boolean array: none, some or all true."""
        share = self.choice((0.5, 0.0, 1.0, 0.9))
        return np.asarray(self.generator().random(shape) < share)


def seeded(
    op: Op,
    dtype: str,
    seed: int,
    *,
    styles: Sequence[str],
    shape: tuple[int, ...] | None = None,
    lone: int | None = None,
    turn: int = 0,
) -> Draw:
    """A draw from a seeded generator; another one for each turn."""
    key = [seed, hash_of_text(repr((shape, turn) if turn else shape))]
    generator = np.random.Generator(np.random.Philox(key=key))

    def integer(low: int, high: int) -> int:
        return int(generator.integers(low, high, endpoint=True))

    return Draw(op, dtype, integer, shape=shape, styles=styles, lone=lone)


def hash_of_text(text: str) -> int:
    """A number that depends on the text only (Python's own hash is salted)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "little")
