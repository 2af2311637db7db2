"""The promotion table against the Array API's own, and what is kept of the libraries' answers."""

from __future__ import annotations

import warnings
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorcts.reference import dtypes, promotions
from tensorcts.reference.promotions import ABSENT, REFUSED, answer, pairs, promoted, table

FILE = Path(promotions.__file__).with_name("promotions.csv")


def numpy_says(a: str, b: str) -> str:
    try:
        return dtypes.name_of(np.promote_types(dtypes.numpy_dtype(a), dtypes.numpy_dtype(b)))
    except TypeError:
        return REFUSED


def torch_says(a: str, b: str) -> str:
    torch: Any = pytest.importorskip("torch")
    if not (hasattr(torch, a) and hasattr(torch, b)):
        return ABSENT
    try:
        return str(torch.promote_types(getattr(torch, a), getattr(torch, b))).split(".")[1]
    except RuntimeError:
        return REFUSED


def test_the_table_holds_what_we_and_the_libraries_answer() -> None:
    """Where it does not, a library has changed its mind: write the lines found to the file."""
    lines = ["a,b,tensorcts,numpy,torch"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for a, b in pairs():
            lines.append(",".join((a, b, answer(a, b), numpy_says(a, b), torch_says(a, b))))
    assert FILE.read_text("utf-8").splitlines() == lines


ARRAY_API = """
int8   int8 int16 int32 int64 | uint8  uint8 uint16 uint32 uint64
int16 int16 int16 int32 int64 | uint16 uint16 uint16 uint32 uint64
int32 int32 int32 int32 int64 | uint32 uint32 uint32 uint32 uint64
int64 int64 int64 int64 int64 | uint64 uint64 uint64 uint64 uint64
"""
"""The tables of integers of one sign, from the Array API 2024.12, type promotion rules."""

MIXED = {
    "int8": "int16 int32 int64", "int16": "int16 int32 int64",
    "int32": "int32 int32 int64", "int64": "int64 int64 int64",
}  # fmt: skip
"""The table of mixed signs: a signed integer with uint8, uint16, uint32."""

FLOATS = {
    ("float32", "float32"): "float32", ("float32", "float64"): "float64",
    ("float32", "complex64"): "complex64", ("float32", "complex128"): "complex128",
    ("float64", "float64"): "float64", ("float64", "complex64"): "complex128",
    ("float64", "complex128"): "complex128", ("complex64", "complex64"): "complex64",
    ("complex64", "complex128"): "complex128", ("complex128", "complex128"): "complex128",
}  # fmt: skip


def test_the_array_api_s_table() -> None:
    for half in zip(*(line.split("|") for line in ARRAY_API.strip().splitlines()), strict=True):
        rows = [row.split() for row in half]
        for (a, *wanted), (i, _) in product(rows, enumerate(rows)):
            assert promoted(a, rows[i][0]) == wanted[i]
    for a, row in MIXED.items():
        for b, wanted_one in zip(("uint8", "uint16", "uint32"), row.split(), strict=True):
            assert promoted(a, b) == wanted_one
    for (a, b), wanted_float in FLOATS.items():
        assert promoted(a, b) == wanted_float
    assert promoted("bool", "bool") == "bool"


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("float16", "bfloat16", "float32"),
        ("float16", "float32", "float32"),
        ("bfloat16", "float64", "float64"),
        ("float16", "complex64", "complex64"),
        ("complex32", "float16", "complex32"),
        ("complex32", "bcomplex32", "complex64"),
        ("bcomplex32", "float64", "complex128"),
        ("float8_e5m2", "float8_e5m2", "float8_e5m2"),
    ],
)
def test_narrow_floats(a: str, b: str, wanted: str) -> None:
    assert promoted(a, b) == wanted


@pytest.mark.parametrize(
    ("a", "b"),
    [("uint64", "int8"), ("int32", "float32"), ("bool", "uint8"), ("bool", "float32"),
     ("float8_e4m3fn", "float8_e5m2"), ("float8_e5m2", "float32"), ("int8", "complex64")],
)  # fmt: skip
def test_what_has_no_common_dtype_is_refused(a: str, b: str) -> None:
    with pytest.raises(TypeError, match=f"{a} and {b} have no common dtype"):
        promoted(a, b)


def test_an_unknown_dtype_is_named() -> None:
    with pytest.raises(ValueError, match="unknown dtype 'float7'"):
        promoted("float32", "float7")


def test_laws() -> None:
    """The order does not matter, a dtype is its own, and the common one is common with both."""
    for a, b in pairs():
        common = answer(a, b)
        assert answer(b, a) == common
        if common != REFUSED:
            assert promoted(a, common) == promoted(common, b) == common


def test_the_common_dtype_holds_the_numbers_of_both() -> None:
    for row in table():
        if row.tensorcts != REFUSED and row.a in dtypes.FLOATING and row.b in dtypes.FLOATING:
            common = dtypes.format_of(row.tensorcts)
            assert all(common.holds(dtypes.format_of(name)) for name in (row.a, row.b))


def test_differences_are_marked() -> None:
    rows = {(row.a, row.b): row for row in table()}
    assert rows["float32", "int64"].differing == ("numpy", "torch")
    assert rows["float32", "int64"].numpy == "float64"
    assert rows["float32", "int64"].torch == "float32"
    assert rows["float32", "float16"].differing == ()
    assert rows["float16", "bcomplex32"].torch == ABSENT
