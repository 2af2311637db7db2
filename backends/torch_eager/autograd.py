"""Gradients by torch.autograd, of any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import honest


@honest
def pulled_back(
    function: Callable[..., Any], arrays: Sequence[Any], orders: Sequence[Sequence[Tensor]]
) -> tuple[Tensor, ...]:
    """The cotangents of the tensors of floats; each further order differentiates the one before."""
    leaves = [_leaf(a) for a in arrays]
    found = function(*leaves)
    results = _floats(found if isinstance(found, tuple | list) else (found,))
    inputs = _floats(leaves)
    for n, order in enumerate(orders, 1):
        given = [_leaf(g) for g in order]
        results = _gradient(results, inputs, given, further=n < len(orders))
        inputs = [*inputs, *given]
    return tuple(map(_strided, results))


def _gradient(
    results: Sequence[Tensor], inputs: Sequence[Tensor], given: Sequence[Tensor], *, further: bool
) -> Sequence[Tensor]:
    """Torch refuses results that hang on no argument: their gradient is 0."""
    pairs = [(r, g) for r, g in zip(results, given, strict=True) if r.requires_grad]
    if not pairs:
        return [torch.zeros_like(x) for x in inputs]
    moving, pulling = zip(*pairs, strict=True)
    return torch.autograd.grad(
        moving, inputs, pulling, create_graph=further, materialize_grads=True
    )


def _strided(x: Tensor) -> Tensor:
    """The tensor with elements of its own: autograd has others for zeros and for sparse ones."""
    return torch.zeros_like(x) if x._is_zerotensor() else x.to_dense()


def _leaf(x: Any) -> Any:
    """The tensor as one to differentiate by; what holds no floats as it is."""
    return x.detach().requires_grad_() if _differentiable(x) else x


def _floats(tensors: Sequence[Any]) -> Sequence[Tensor]:
    return [t for t in tensors if _differentiable(t)]


def _differentiable(x: Any) -> bool:
    return x is not None and (x.is_floating_point() or x.is_complex())
