"""Elements repeated, reversed, moved on and surrounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tensorcts.backends.torch_eager.adapting import axes_of

_MODES = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def _pad(x: Tensor, *, widths: tuple[tuple[int, int], ...], mode: str, value: Any) -> Tensor:
    if len(widths) != x.ndim:  # torch pads the last axes only
        raise ValueError(f"pad: {len(widths)} pairs of widths for {x.ndim} axes")
    if mode == "constant":
        pairs = [n for pair in reversed(widths) for n in pair]
        return torch.constant_pad_nd(x, pairs, value)
    out = x
    for axis, pair in enumerate(widths):
        if any(pair):
            out = _padded(out.movedim(axis, -1), pair, _MODES[mode]).movedim(-1, axis)
    return out.clone() if out is x else out


def _padded(x: Tensor, pair: tuple[int, int], mode: str) -> Tensor:
    """The last axis padded: torch knows it as that of a batch of rows."""
    rows = functional.pad(x.reshape(-1, 1, x.shape[-1]), pair, mode=mode)
    return rows.reshape(*x.shape[:-1], rows.shape[-1])


OPS: dict[str, Callable[..., Any]] = {
    "tile": lambda x, *, repetitions: torch.tile(x, repetitions),
    "repeat": lambda x, repeats, *, axis: torch.repeat_interleave(x, repeats, axis),
    "flip": lambda x, *, axis: torch.flip(x, axes_of(x, axis)),
    "roll": lambda x, *, shift, axis: torch.roll(x, shift, axis),
    "rot90": lambda x, *, k, axes: torch.rot90(x, k, axes),
    "pad": _pad,
}
