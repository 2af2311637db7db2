"""What all ops share: dtypes by name, torch's way to refuse, axes and indices as torch has them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

DTYPES: dict[str, torch.dtype] = {
    name: getattr(torch, name) for name in dtypes.STORABLE if hasattr(torch, name)
}
"""The dtypes that torch has; bcomplex32 is none of them."""

BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32}
"""For each size of an element the integers that share its bits."""

_MISSING = re.compile(r"not (yet )?(implemented|supported)|[Uu]nsupported|expected scalar type"
                      r"|invalid value when calling `cusparseCreateCsr")  # fmt: skip
"""How torch says that it does not offer something, as against that a kernel went wrong."""


def dtype_of(name: str) -> torch.dtype:
    """Torch's dtype of that name; raises UnsupportedError where it has none."""
    if name not in DTYPES:
        raise UnsupportedError(f"PyTorch {torch.__version__} has no dtype {name}")
    return DTYPES[name]


def honest(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, saying by UnsupportedError that torch has no kernel for its arguments."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            return function(*arrays, **attrs)
        except RuntimeError as error:
            if isinstance(error, NotImplementedError) or _MISSING.search(str(error)):
                raise UnsupportedError(f"torch: {str(error).splitlines()[0]}") from error
            raise

    return call


def axes_of(x: Tensor, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes that an ``axis`` attribute names, counted from the front."""
    if axis is None:
        return tuple(range(x.ndim))
    return tuple(range(x.ndim)[a] for a in ((axis,) if isinstance(axis, int) else axis))


def from_front(index: Tensor, size: int) -> Tensor:
    """The index with negative entries counted from the end, as int64."""
    if index.is_floating_point():
        raise TypeError(f"an index must hold integers, not {index.dtype}")
    index = index.to(torch.int64)
    return torch.where(index < 0, index + size, index)


def on(device: torch.device, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A creation op on ``device``, with the dtype, where it takes one, as a name."""

    def create(*, dtype: str | None = None, **attrs: Any) -> Any:
        named = {} if dtype is None else {"dtype": dtype_of(dtype)}
        return function(device=device, **named, **attrs)

    return create
