"""Trees: an array, or a tuple, list or dict of trees. Weights come so, and their gradients too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def mapped(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """A tree like the first, of what ``function`` makes of the leaves at one place in all trees.

    Raises ValueError or KeyError for trees that are not alike.
    """
    if isinstance(first, dict):
        return {key: mapped(function, item, *(t[key] for t in others))
                for key, item in first.items()}  # fmt: skip
    if isinstance(first, list | tuple):
        items = (mapped(function, *items) for items in zip(first, *others, strict=True))
        return type(first)(items)
    return function(first, *others)


def leaves(tree: Any) -> list[Any]:
    """The arrays of a tree, in order; None is one too."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found
