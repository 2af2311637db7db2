"""Operations on bits: bitwise_and, bitwise_or, bitwise_xor, bitwise_invert, shifts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import BOOL, INTEGER
from tensorcts.reference.registry import DEFINED, RAISES, Choice, op


def _out_of_range(x: Any, y: Any) -> Any:
    return (y < 0) | (y >= np.iinfo(x.dtype).bits)


def _masked(shift: Any) -> Any:
    """The shift by the lowest bits of y that count up to the width, as hardware has it."""
    return lambda x, y: shift(x, y & y.dtype.type(np.iinfo(x.dtype).bits - 1))


def _choice(shift: Any) -> Choice:
    return Choice(
        "shift_out_of_range",
        "a shift by a negative number, or by the width of the dtype or more",
        _out_of_range,
        {"all_out": DEFINED, "masked": _masked(shift), "raises": RAISES, "any": None},
    )


@op(dtypes=INTEGER + BOOL, differentiable=False)
def bitwise_and(x: Any, y: Any) -> Any:
    """The bits that are set in both x and y, elementwise.

    Constraints: (C1) x and y have one integer dtype, or are bool; (C2) their shapes broadcast.
    Source: Array API 2024.12 bitwise_and.
    """
    return np.bitwise_and(x, y)


@op(dtypes=INTEGER + BOOL, differentiable=False)
def bitwise_or(x: Any, y: Any) -> Any:
    """The bits that are set in x or y or both, elementwise.

    Constraints: (C1) x and y have one integer dtype, or are bool; (C2) their shapes broadcast.
    Source: Array API 2024.12 bitwise_or.
    """
    return np.bitwise_or(x, y)


@op(dtypes=INTEGER + BOOL, differentiable=False)
def bitwise_xor(x: Any, y: Any) -> Any:
    """The bits that are set in exactly one of x and y, elementwise.

    Constraints: (C1) x and y have one integer dtype, or are bool; (C2) their shapes broadcast.
    Source: Array API 2024.12 bitwise_xor.
    """
    return np.bitwise_xor(x, y)


@op(dtypes=INTEGER + BOOL, differentiable=False, also_known_as=("bitwise_not",))
def bitwise_invert(x: Any) -> Any:
    """The bits that are not set in x, elementwise: -1 - x of a signed integer.

    Special values: of bool the other value, not the other byte.
    Source: Array API 2024.12 bitwise_invert.
    """
    return np.bitwise_invert(x)


@op(dtypes=INTEGER, differentiable=False, choices=(_choice(np.left_shift),))
def bitwise_left_shift(x: Any, y: Any) -> Any:
    """The bits of x moved y places up, elementwise: x·2**y modulo 2**n.

    Constraints: (C1) x and y have one integer dtype; (C2) their shapes broadcast.
    Special values: for y < 0 or y ≥ n all bits are shifted out and 0 is left, or what the backend
    declares as shift_out_of_range.
    Source: Array API 2024.12 bitwise_left_shift.
    """
    return np.left_shift(x, y)


@op(dtypes=INTEGER, differentiable=False, choices=(_choice(np.right_shift),))
def bitwise_right_shift(x: Any, y: Any) -> Any:
    """The bits of x moved y places down, elementwise: ⌊x/2**y⌋.

    Constraints: (C1) x and y have one integer dtype; (C2) their shapes broadcast.
    Special values: a signed integer keeps its sign. For y < 0 or y ≥ n all bits are shifted out
    and 0 is left, -1 of a negative x, or what the backend declares as shift_out_of_range.
    Source: Array API 2024.12 bitwise_right_shift.
    """
    return np.right_shift(x, y)
