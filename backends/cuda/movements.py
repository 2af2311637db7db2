"""Elements repeated, reversed, moved on and surrounded."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, bits, brain


def _tile(x: Any, *, repetitions: tuple[int, ...]) -> Any:
    if min(repetitions, default=0) < 0:
        raise ValueError(f"repetitions {repetitions} are negative")
    return cupy.tile(x, repetitions)


def _repeat(x: Any, repeats: Any, *, axis: int | None) -> Any:
    counts = repeats.tolist()  # CuPy takes them from the host
    if repeats.dtype.kind not in "iu" or min(np.ravel(counts), default=0) < 0:
        raise ValueError(f"repeats {counts} are not all natural numbers")
    return cupy.repeat(x, counts[0] if repeats.shape == (1,) else counts, axis)


def _roll(x: Any, *, shift: Any, axis: Any) -> Any:
    if axis is not None and np.shape(shift) != np.shape(axis):
        raise ValueError(f"shift {shift} and axis {axis} differ in number")
    return cupy.roll(x, shift, axis)


def _pad(x: Any, *, widths: tuple[tuple[int, int], ...], mode: str, value: Any) -> Any:
    if len(widths) != x.ndim:  # one pair would be taken for all axes
        raise ValueError(f"{len(widths)} pairs of widths for {x.ndim} axes")
    spare = {"reflect": 1, "wrap": 0}.get(mode)  # beyond, CuPy goes round once more
    if spare is not None and any(max(w) > n - spare for w, n in zip(widths, x.shape) if any(w)):
        raise ValueError(f"widths {widths} are too large to {mode} {x.shape}")
    if not any(map(any, widths)):
        return x.copy()
    return cupy.pad(x, widths, mode, **({"constant_values": value} if mode == "constant" else {}))


OPS: dict[str, Function] = {
    "tile": bits(_tile),
    "repeat": bits(_repeat),
    "flip": lambda x, *, axis: cupy.flip(x, axis),
    "roll": bits(_roll),
    "rot90": lambda x, *, k, axes: cupy.rot90(x, k, axes),
    "pad": brain(_pad),
}
