"""The limits of dtypes are those that NumPy, ml_dtypes and PyTorch state."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tensorcts.reference import dtypes
from tensorcts.reference.limits import bits_of, finfo, iinfo

INEXACT = [name for name in dtypes.STORABLE if dtypes.is_inexact(name)]
NUMBERS = ("eps", "max", "min", "smallest_normal", "smallest_subnormal")


@pytest.mark.parametrize("name", INEXACT)
def test_floats_have_the_limits_of_ml_dtypes(name: str) -> None:
    found, theirs = finfo(name), ml_dtypes.finfo(dtypes.numpy_dtype(dtypes.component(name)))
    assert (found.bits, found.dtype) == (theirs.bits, dtypes.component(name))
    assert [getattr(found, n) for n in NUMBERS] == [float(getattr(theirs, n)) for n in NUMBERS]


@pytest.mark.parametrize("name", INEXACT)
def test_floats_have_the_limits_of_torch(name: str) -> None:
    torch: Any = pytest.importorskip("torch")
    part = dtypes.component(name)
    found, theirs = finfo(name), torch.finfo(getattr(torch, part))
    assert (found.bits, found.eps, found.max, found.min, found.smallest_normal) == (
        theirs.bits, theirs.eps, theirs.max, theirs.min, theirs.smallest_normal,
    )  # fmt: skip


@pytest.mark.parametrize("name", dtypes.INTEGER)
def test_integers_have_the_limits_of_numpy(name: str) -> None:
    found, theirs = iinfo(name), np.iinfo(name)
    assert (found.dtype, found.bits, found.max, found.min) == (
        name, theirs.bits, theirs.max, theirs.min,
    )  # fmt: skip


def test_the_bits_of_whole_elements() -> None:
    sizes = {name: bits_of(name) for name in ("bool", "float8_e5m2", "complex32", "complex128")}
    assert sizes == {"bool": 8, "float8_e5m2": 8, "complex32": 32, "complex128": 128}


@pytest.mark.parametrize(("facts", "name"), [(finfo, "int8"), (finfo, "bool"), (iinfo, "float32"),
                                             (iinfo, "bool")])  # fmt: skip
def test_other_dtypes_are_refused(facts: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} is not"):
        facts(name)
