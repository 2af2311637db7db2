"""Checkpoints: what the backward pass needs is computed again, not kept (Chen et al. 2016)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from tensorcts.reference.autodiff.custom import backward
from tensorcts.reference.autodiff.reverse import vjp

F = TypeVar("F", bound=Callable[..., Any])


def checkpoint(function: F) -> F:
    """``function``, of which only the arguments and the result are kept for the backward pass.

    It runs again there, so it must be a pure function of its arguments: those that gradients are
    wanted for are positional. The gradients are the same bit for bit. Checkpoints nest.
    """

    def again(g: Any, z: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        return vjp(functools.partial(function, **kwargs), *args)[1](g)

    return backward(again)(function)
