"""Casts of every 8- and 16-bit number, against integer arithmetic on their bits; bitcasts."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from tensorcts.reference import dtypes, registry

Number = Fraction | float
"""A real number exactly; -0.0, an infinity or NaN as the float that it is."""


class Layout(NamedTuple):
    """The bits of a format, from its standard: 1 for the sign, then exponent and significand."""

    exponent: int
    significand: int
    infinite: bool = True


LAYOUTS = {
    "float64": Layout(11, 52),
    "float32": Layout(8, 23),
    "float16": Layout(5, 10),
    "bfloat16": Layout(8, 7),
    "float8_e5m2": Layout(5, 2),
    "float8_e4m3fn": Layout(4, 3, infinite=False),
}
SOURCES = ("float16", "bfloat16", *dtypes.FLOAT8, "int8", "uint8", "int16", "uint16", "bool")
TARGETS = dtypes.FLOATING + dtypes.FLOAT8 + dtypes.INTEGER + dtypes.BOOL
ASTYPE = registry.get("astype")


def patterns(name: str) -> Any:
    size = dtypes.numpy_dtype(name).itemsize
    count = 2 if name == "bool" else 2 ** (8 * size)
    return np.arange(count, dtype=f"u{size}").view(dtypes.numpy_dtype(name))


def decoded(bits: int, name: str) -> Number:
    """The number that a bit pattern stands for."""
    if name not in LAYOUTS:
        width = 8 * dtypes.numpy_dtype(name).itemsize
        negative = name in dtypes.SIGNED and bits >> (width - 1)
        return Fraction(bits - (1 << width) if negative else bits)
    e, m, infinite = LAYOUTS[name]
    bias, sign = 2 ** (e - 1) - 1, -1 if bits >> (e + m) else 1
    exponent, significand = (bits >> m) & (2**e - 1), bits & (2**m - 1)
    if exponent == 2**e - 1 and (infinite or significand == 2**m - 1):
        return math.nan if significand or not infinite else sign * math.inf
    if exponent == 0 and significand == 0:
        return Fraction(0) if sign == 1 else -0.0
    mantissa = significand + (2**m if exponent else 0)
    return sign * mantissa * Fraction(2) ** (max(exponent, 1) - bias - m)


def encoded(x: Number, name: str) -> int | None:
    """The bit pattern of a number rounded to nearest, ties to even; None for NaN."""
    e, m, infinite = LAYOUTS[name]
    bias, sign = 2 ** (e - 1) - 1, (1 << (e + m)) * (math.copysign(1, x) < 0)
    beyond = (2**e - 1) << m if infinite else None
    if isinstance(x, float):
        return None if math.isnan(x) else sign if x == 0 else _signed(sign, beyond)
    if x == 0:
        return 0
    size = abs(x)
    exponent = max(size.numerator.bit_length() - size.denominator.bit_length(), 1 - bias)
    exponent -= exponent > 1 - bias and Fraction(2) ** exponent > size
    steps = round(size / Fraction(2) ** (exponent - m))  # Python rounds ties to even
    code = steps + ((exponent + bias - 1) << m)  # a carry goes into the exponent
    largest = ((2**e - 1) << m) - 1 if infinite else (2 ** (e + m)) - 2
    return _signed(sign, beyond) if code > largest else sign | code


def _signed(sign: int, code: int | None) -> int | None:
    return None if code is None else sign | code


def integer(x: Number, name: str) -> int:
    """A number as an integer of the dtype: toward zero, wrapped; NaN gives 0, what is not in range
    the nearest end."""
    info = np.iinfo(name)
    if isinstance(x, float):
        return 0 if math.isnan(x) or x == 0 else int(info.max if x > 0 else info.min)
    return min(max(math.trunc(x), int(info.min)), int(info.max))


@cache
def numbers(source: str) -> list[Number]:
    return [decoded(bits, source) for bits in range(len(patterns(source)))]


def cast(x: Any, target: str) -> Any:
    """What the reference says: the definition on wide numbers, rounded once."""
    with np.errstate(all="ignore"):
        wide = ASTYPE.function(dtypes.widen(x), dtype=target)
        return dtypes.round_once(wide, np.zeros(wide.shape), target)


def codes(array: Any) -> list[int | None]:
    """The bit patterns; None for NaN, which is equal as a class."""
    bits = array.view(f"u{array.itemsize}").tolist()
    return [None if n else b for b, n in zip(bits, (array != array).tolist(), strict=True)]


@pytest.mark.parametrize("target", dtypes.FLOATING + dtypes.FLOAT8)
@pytest.mark.parametrize("source", SOURCES)
def test_every_number_rounds_once_to_a_float(source: str, target: str) -> None:
    wanted = [encoded(x, target) for x in numbers(source)]
    assert codes(cast(patterns(source), target)) == wanted


@pytest.mark.parametrize("target", dtypes.INTEGER)
@pytest.mark.parametrize("source", [s for s in SOURCES if s in LAYOUTS])
def test_every_float_becomes_an_integer_toward_zero(source: str, target: str) -> None:
    wanted = [integer(x, target) for x in numbers(source)]
    assert cast(patterns(source), target).tolist() == wanted


@pytest.mark.parametrize("target", dtypes.INTEGER)
@pytest.mark.parametrize("source", [s for s in SOURCES if s not in LAYOUTS])
def test_every_integer_wraps(source: str, target: str) -> None:
    width, low = 8 * np.dtype(target).itemsize, int(np.iinfo(target).min)
    wanted = [(int(x) - low) % 2**width + low for x in numbers(source)]
    assert cast(patterns(source), target).tolist() == wanted


@pytest.mark.parametrize("source", SOURCES)
def test_every_number_but_zero_is_true(source: str) -> None:
    assert cast(patterns(source), "bool").tolist() == [x != 0 for x in numbers(source)]


@pytest.mark.parametrize("target", dtypes.COMPLEX + dtypes.HALF_COMPLEX)
@pytest.mark.parametrize("source", SOURCES)
def test_a_complex_number_has_the_real_one_as_its_real_part(source: str, target: str) -> None:
    real, imag = dtypes.parts(cast(patterns(source), target))
    assert codes(np.ascontiguousarray(real)) == codes(
        cast(patterns(source), dtypes.component(target))
    )
    assert not np.any(np.ascontiguousarray(imag).view(f"u{imag.itemsize}"))


@pytest.mark.parametrize("dtype", dtypes.FLOAT8)
def test_past_the_largest_number_lies_what_the_choice_says(dtype: str) -> None:
    choice = next(c for c in ASTYPE.choices if c.trait == f"{dtype}_overflow")
    every = dtypes.widen(patterns("float16"))
    concerned = choice.where(every, dtype=dtype)
    past = np.abs(every) > (464 if dtype == "float8_e4m3fn" else np.nextafter(61440.0, 0))
    np.testing.assert_array_equal(concerned, past)
    saturated = choice.options["saturate"](every, dtype=dtype)[concerned]
    assert set(saturated.tolist()) == {dtypes.format_of(dtype).max, -dtypes.format_of(dtype).max}
    assert not np.any(choice.where(every, dtype="float32"))


def bitcast(x: Any, dtype: str) -> Any:
    return registry.get("bitcast").function(x, dtype=dtype)


@pytest.mark.parametrize("there", dtypes.NUMERIC + dtypes.STORAGE)
def test_bits_come_back_as_they_were(there: str) -> None:
    size = dtypes.numpy_dtype(there).itemsize
    junk = np.frombuffer(np.random.default_rng(0).bytes(60 * size), f"V{size}").reshape(3, 20)
    for here in dtypes.NUMERIC + dtypes.STORAGE:
        if dtypes.numpy_dtype(here).itemsize == size:
            x = junk.view(dtypes.numpy_dtype(here))
            back = bitcast(bitcast(x.T, there), here)
            assert back.dtype == x.dtype
            assert back.tobytes() == x.T.tobytes()


@pytest.mark.parametrize(
    ("x", "dtype", "wanted"),
    [
        (np.float32(1), "uint32", 0x3F800000),
        (np.float64(-0.0), "uint64", 1 << 63),
        (np.float32(1), "int32", 0x3F800000),
        (np.uint16(0x7BFF), "float16", 65504.0),
        (np.uint16(0x3F80), "bfloat16", 1.0),
        (np.uint8(0x7E), "float8_e4m3fn", 448.0),
        (np.uint8(0x7B), "float8_e5m2", 57344.0),
        (np.uint32(0xC0003C00), "complex32", 1 - 2j),
        (np.complex64(1 - 2j), "uint64", 0xC00000003F800000),
    ],
)
def test_known_bits(x: Any, dtype: str, wanted: complex) -> None:
    assert bitcast(np.asarray(x), dtype).item() == wanted


@pytest.mark.parametrize(
    ("dtype", "error"), [("int64", ValueError), ("int16", ValueError), ("bool", TypeError)]
)
def test_bits_of_another_number_are_refused(dtype: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"bitcast: .*float32.*{dtype}"):
        bitcast(np.zeros((4, 2), np.float32), dtype)


def test_a_complex_number_is_not_cast_to_a_real_one() -> None:
    with pytest.raises(TypeError, match="not to float32"):
        ASTYPE.function(np.zeros(2, np.complex128), dtype="float32")


@pytest.mark.parametrize(
    ("x", "wanted"),
    [(448, 448), (464, 448), (464.5, np.nan), (np.inf, np.nan), (2.0**-10, 0), (1.0625, 1)],
)  # fmt: skip
def test_known_casts_to_e4m3fn(x: float, wanted: float) -> None:
    np.testing.assert_array_equal(cast(np.array(x), "float8_e4m3fn").astype(float), wanted)
