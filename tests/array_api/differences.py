"""Where our definitions and array_api_strict differ, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from re import search

from tensorcts.conformance.judge import Judgement

CHOSEN = {
    "cast_out_of_range": "any",
    "floor_of_quotient": "by_remainder",
    "nan_in_descending_order": "first",
    "uninitialized": "any",
    "unique_order": "any",
}
"""What the standard leaves open, and NumPy, behind array_api_strict, does in a way of its own."""


@dataclass(frozen=True)
class Difference:
    """Cases of some ops, told by the dtype and by what is said of them."""

    ops: str
    message: str
    reason: str
    dtypes: str = ""

    def concerns(self, found: Judgement) -> bool:
        named = found.case.op.name in self.ops.split()
        fits = not self.dtypes or found.case.dtype in self.dtypes.split()
        return named and fits and search(self.message, found.message) is not None


DIFFERENCES = (
    Difference(
        "getitem setitem",
        "out-of-bounds (starts|stops) are not specified",
        "the standard leaves open what a slice means that ends outside of the array; ours clamps",
    ),
    Difference("setitem", "Single-axes index None", "the standard's setitem has no new axes"),
    Difference(
        "bitwise_left_shift bitwise_right_shift",
        "only defined for x2 >= 0",
        "the standard leaves open what a shift by a negative number is; ours shifts all bits out",
    ),
    Difference(
        "matmul sum sort argsort",
        "numeric dtypes are allowed",
        "the standard has numbers only; ours takes bools too, as NumPy and PyTorch do",
        dtypes="bool",
    ),
    Difference(
        "clip",
        "min must be less than or equal to max",
        "the standard leaves open what crossing bounds give; ours gives max, as NumPy and PyTorch",
    ),
    Difference(
        "cross",
        "axis must be negative",
        "the standard counts the axis from the end, since x and y may have several numbers of "
        "axes; ours, as PyTorch's, asks for one number of axes and takes any of them",
    ),
    Difference(
        "cross", "C1: x has one axis more", "x and y may have several numbers of axes there (above)"
    ),
    Difference(
        "var std",
        "C1: correction is negative",
        "the standard does not say that n - correction is at most n; ours does",
    ),
    Difference(
        "arange",
        "elements are wrong",
        "NumPy adds up fl(start + step) - start, a step that has been rounded, ours the step",
        dtypes="float32 float64",
    ),
    Difference("arange", "C2: ", "NumPy wraps numbers that the dtype does not hold"),
    Difference("tensordot", "C1: a negative number of axes", "NumPy takes -1 axes for none"),
    Difference("meshgrid", "C1: an array is 2-d", "array_api_strict does not look; NumPy flattens"),
    Difference(
        "sort",
        "elements are wrong",
        "array_api_strict reverses an ascending sort, and so that of -0 and 0, which are equal",
        dtypes="float32 float64",
    ),
    Difference("roll", "C2: there are fewer", "array_api_strict does not look; NumPy broadcasts"),
)

_COMPLEX = "complex64 complex128"
_INTEGER = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"

WIDER: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("expm1", "log1p", "log2", "log10", "reciprocal", "round"),
        (_COMPLEX, "the catalogue has this function of real numbers only, as OpenCL does"),
    ),
    **dict.fromkeys(
        ("unique_values", "unique_counts", "unique_inverse"),
        (_COMPLEX, "the catalogue sorts to find equal ones, and complex numbers have no order"),
    ),
    **dict.fromkeys(
        ("real", "conj"),
        (f"{_INTEGER} float32 float64", "of a real number it is the number: no op"),
    ),
    "pow": (_INTEGER, "integer powers of integers, negative ones too, are not in the catalogue"),
    "arange": (_COMPLEX, "the standard wants real numbers; array_api_strict does not look"),
    "linspace": (
        f"bool {_INTEGER} {_COMPLEX}",
        "complex ends are not in the catalogue; of others array_api_strict does not look",
    ),
}
"""Ops that array_api_strict has in more dtypes than ours, and why."""
