"""The OpenCL backend itself: what the conformance suite, which sees values, does not look at."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyopencl")

from tensorcts.backends import opencl as package  # noqa: E402
from tensorcts.backends.opencl import OpenCLBackend, devices, programs  # noqa: E402
from tensorcts.backends.opencl.programs import GROUP, TILE, Programs  # noqa: E402
from tensorcts.backends.protocol import UnavailableError  # noqa: E402
from tensorcts.reference import dtypes, registry  # noqa: E402

NARROW = ("float16", "bfloat16")
CPU, GPU = 2, 4  # CL_DEVICE_TYPE_CPU, CL_DEVICE_TYPE_GPU


@pytest.fixture(scope="module")
def backend() -> OpenCLBackend:
    if not devices.available():
        pytest.skip("no OpenCL device")
    return OpenCLBackend()


def run(backend: OpenCLBackend, name: str, *arrays: Any, **attrs: Any) -> Any:
    on_device = [None if a is None else backend.to_device(a) for a in arrays]
    return backend.to_host(backend.ops[name](*on_device, **attrs))


def reference(name: str, *arrays: Any, **attrs: Any) -> Any:
    return registry.get(name).function(*map(dtypes.widen, arrays), **attrs)


def same(got: Any, wanted: Any) -> bool:
    """Equal, NaN to NaN and the sign of zero included."""
    with np.errstate(invalid="ignore"):  # a signalling NaN
        a, b = np.asarray(got, np.float64), np.asarray(wanted, np.float64)
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(
        np.signbit(a[a == 0]), np.signbit(b[b == 0])
    )


# --- choosing the device ---------------------------------------------------------------------


def fake(platform: str, name: str, kind: int) -> Any:
    return SimpleNamespace(name=name, type=kind, platform=SimpleNamespace(name=platform))


@pytest.fixture
def two_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(devices.VARIABLE, raising=False)
    there = [fake("Portable CL", "pthread", CPU), fake("Vendor CL", "Fast Card", GPU)]
    monkeypatch.setattr(devices, "available", lambda: there)


@pytest.mark.usefixtures("two_devices")
def test_a_gpu_comes_before_a_cpu_listed_first() -> None:
    assert devices.choose(None).name == "Fast Card"


@pytest.mark.usefixtures("two_devices")
@pytest.mark.parametrize("part", ["portable", "PTHREAD", "cl: pth"])
def test_part_of_a_name_chooses_in_any_case(part: str) -> None:
    assert devices.choose(part).name == "pthread"


@pytest.mark.usefixtures("two_devices")
def test_the_environment_chooses_where_no_argument_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(devices.VARIABLE, "portable")
    assert devices.choose(None).name == "pthread"
    assert devices.choose("vendor").name == "Fast Card"


@pytest.mark.usefixtures("two_devices")
def test_an_unknown_name_is_unavailable_and_says_what_there_is() -> None:
    with pytest.raises(UnavailableError, match="'metal'.*Portable CL: pthread; Vendor CL: Fast"):
        devices.choose("metal")


def test_no_platform_is_unavailable_and_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "available", list)
    with pytest.raises(UnavailableError, match=r"pip install 'tensorcts\[opencl\]'"):
        OpenCLBackend()


# --- arrays ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", dtypes.ALL)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (3, 1, 2)])
def test_arrays_come_back_as_they_went(
    backend: OpenCLBackend, dtype: str, shape: tuple[int, ...]
) -> None:
    x = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtypes.numpy_dtype(dtype))
    back = backend.to_host(backend.to_device(x))
    assert back.dtype == x.dtype
    assert back.shape == x.shape
    assert back.tobytes() == x.tobytes()


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [((3, 4), (4, 1), 2), ((4, 3), (1, 4), 0), ((5,), (-2,), 9), ((2, 3), (0, 1), 4),
     ((2, 1, 2, 1, 2, 1, 2, 1, 2), (7, 0, 5, 0, -3, 0, 2, 0, 1), 6), ((0, 4), (4, 1), 99),
     ((), (), 3)],
)  # fmt: skip
def test_views_read_what_their_strides_say(
    backend: OpenCLBackend, shape: Any, strides: Any, offset: int
) -> None:
    base = np.arange(24, dtype=np.int32)
    wanted = np.zeros(shape, np.int32)
    for index in np.ndindex(*shape):
        wanted[index] = base[offset + sum(i * s for i, s in zip(index, strides))]
    x = backend.strided(backend.to_device(base), shape, strides, offset)
    assert np.array_equal(backend.to_host(x), wanted)
    assert np.array_equal(backend.to_host(backend.ops["negative"](x)), -wanted)
    turned = backend.ops["permute_dims"](x, axes=tuple(reversed(range(len(shape)))))
    assert np.array_equal(backend.to_host(backend.ops["add"](turned, turned)), 2 * wanted.T)


def test_views_outside_of_the_array_are_refused(backend: OpenCLBackend) -> None:
    x = backend.to_device(np.arange(6))
    for shape, strides, offset in [((7,), (1,), 0), ((2,), (-1,), 0), ((3, 3), (3, 1), 0)]:
        with pytest.raises(ValueError, match="outside of 6 elements"):
            backend.strided(x, shape, strides, offset)


# --- rounding to 16 bits ---------------------------------------------------------------------


def all_values(dtype: str) -> Any:
    return np.arange(2**16, dtype=np.uint16).view(dtypes.numpy_dtype(dtype))


def around_midpoints(dtype: str, source: Any) -> Any:
    """Every number of the dtype, every midpoint between two, and the neighbours of both."""
    values = np.sort(all_values(dtype).astype(np.float64)[np.isfinite(all_values(dtype))])
    beyond = np.array([2.0, -2.0]) * dtypes.format_of(dtype).max
    points = np.concatenate([values, (values[1:] + values[:-1]) / 2, beyond]).astype(source)
    above, below = np.nextafter(points, source(np.inf)), np.nextafter(points, source(-np.inf))
    return np.concatenate([points, above, below, source([np.inf, -np.inf, np.nan])])


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("wide", ["float32", "float64"])
def test_every_16_bit_number_widens_exactly(backend: OpenCLBackend, dtype: str, wide: str) -> None:
    x = all_values(dtype)
    assert same(run(backend, "astype", x, dtype=wide), x)


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("source", [np.float32, np.float64])
def test_floats_round_once_around_every_midpoint(
    backend: OpenCLBackend, dtype: str, source: Any
) -> None:
    with np.errstate(all="ignore"):
        x = around_midpoints(dtype, source)
    wanted = dtypes.round_once(x.astype(np.float64), np.zeros(x.shape), dtype)
    assert same(run(backend, "astype", x, dtype=dtype), wanted)


@pytest.mark.parametrize("dtype", NARROW)
def test_nan_stays_nan_whatever_its_bits(backend: OpenCLBackend, dtype: str) -> None:
    x = np.array([0x7F800001, 0x7FFFFFFF, 0xFFFFFFFF, 0xFF800001], np.uint32).view(np.float32)
    assert np.isnan(run(backend, "astype", x, dtype=dtype).astype(np.float32)).all()


@pytest.mark.parametrize("dtype", NARROW)
def test_integers_round_once(backend: OpenCLBackend, dtype: str) -> None:
    bits = dtypes.format_of(dtype).p
    middle = [(2 * m + 1) << e for m in range(2 ** (bits - 1), 2**bits) for e in range(62 - bits)]
    exact = [n + d for n in middle for d in (-1, 0, 1)]
    high = np.array([float(n) for n in exact])
    rest = np.array([float(n - int(h)) for n, h in zip(exact, high)])
    wanted = dtypes.round_once(high, rest, dtype)
    assert same(run(backend, "astype", np.array(exact), dtype=dtype), wanted)
    assert same(run(backend, "astype", -np.array(exact), dtype=dtype), -wanted)


# --- work-groups and tiles -------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP + 1, 1000])
@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "argmax", "argmin"])
def test_reductions_of_rows_that_do_not_fill_a_group(
    backend: OpenCLBackend, name: str, length: int
) -> None:
    x = np.random.default_rng(length).integers(-3, 4, (length, 3))
    attrs = {"axis": 0, "keepdims": True} | ({"dtype": "int64"} if name in ("sum", "prod") else {})
    assert np.array_equal(run(backend, name, x, **attrs), reference(name, x, **attrs))


@pytest.mark.parametrize("sizes", [(1, 1, 1), (TILE - 1, TILE, TILE + 1), (33, 1, 17), (2, 50, 3)])
def test_products_of_matrices_that_do_not_fill_a_tile(
    backend: OpenCLBackend, sizes: tuple[int, int, int]
) -> None:
    m, k, n = sizes
    rng = np.random.default_rng(0)
    x, y = rng.integers(-(2**62), 2**62, (2, 1, m, k)), rng.integers(-9, 9, (3, k, n))
    assert np.array_equal(run(backend, "matmul", x, y), np.matmul(x, y))


# --- bad arguments ---------------------------------------------------------------------------

X, Y = np.ones((2, 3), np.float32), np.ones((3,), np.float32)
BAD: list[tuple[str, tuple[Any, ...], dict[str, Any], type[Exception], str]] = [
    ("take", (X, np.array([0, 3])), {"axis": 1}, IndexError, "indices holds 3 at its element 1"),
    ("take", (X, np.array([-4])), {"axis": 1}, IndexError, r"outside of \[-3, 3\)"),
    ("take", (X, Y), {"axis": 0}, TypeError, "indices must be int8"),
    ("take", (X, np.array([2**64 - 1], np.uint64)), {"axis": 1}, IndexError, "1844674407370955"),
    ("embedding", (X, np.array([-1])), {}, IndexError, r"outside of \[0, 2\)"),
    ("scatter", (X, np.array([[9]]), X[:1, :1]), {"axis": 0}, ValueError, "index of shape"),
    ("add", (X, np.ones(2, np.float32)), {}, ValueError, "do not broadcast"),
    ("add", (X, np.ones(3)), {}, TypeError, "x: float32, y: float64"),
    ("exp", (np.ones(3, np.int32),), {}, TypeError, "dtype int32 is none of float64"),
    ("matmul", (X, X), {}, ValueError, "no product"),
    ("reshape", (X,), {"shape": (4,)}, ValueError, "holds 4 elements, x 6"),
    ("softmax", (X,), {"axis": 2}, ValueError, "axis 2 is out of range for 2 axes"),
    ("max", (X[:0],), {"axis": 0, "keepdims": False}, ValueError, "axes of size 0"),
    ("einsum", (X, Y), {"subscripts": "ij,k->ii"}, ValueError, "the output repeats"),
    ("einsum", (X, Y), {"subscripts": "ij,i->j"}, ValueError, "i is 3 and 2"),
    ("astype", (X,), {"dtype": "float8"}, ValueError, "unknown dtype 'float8'"),
    ("arange", (), {"start": 0, "stop": 1, "step": 0, "dtype": "int8"}, ValueError, "step"),
]


@pytest.mark.parametrize(("name", "arrays", "attrs", "error", "text"), BAD)
def test_bad_arguments_raise_and_say_which(
    backend: OpenCLBackend, name: str, arrays: Any, attrs: Any, error: Any, text: str
) -> None:
    with pytest.raises(error, match=f"^{name}: .*{text}"):
        run(backend, name, *arrays, **attrs)


# --- programs, threads, and where values come from -------------------------------------------


def test_a_dtype_has_one_program_a_family_however_often_it_is_used() -> None:
    backend = OpenCLBackend()
    built = backend._runtime.programs
    assert not built.built
    for _ in range(2):
        for name in ("exp", "negative", "sqrt"):
            run(backend, name, Y)
        run(backend, "add", Y, Y)
    assert built.built == {("elementwise", "float32")}


def test_programs_build_for_a_device_without_double(backend: OpenCLBackend) -> None:
    plain = SimpleNamespace(extensions="", single_fp_config=0)
    without = Programs(backend._runtime.context, plain)
    wanted = [(family, dtype) for dtype in ("float32", "bfloat16", "complex64", "int64", "bool")
              for family in ("elementwise", "casts", "reductions")]  # fmt: skip
    for family, dtype in [*wanted, ("creation", "bool"), ("attentions", "float32")]:
        assert "#define HAS_DOUBLE" not in programs.source(family, dtype, has_double=False)
        without._program(family, dtype)


def test_threads_may_share_the_backend(backend: OpenCLBackend) -> None:
    def right(i: int) -> bool:
        x = np.full((5, 300), i, np.float32)
        return all(np.array_equal(run(backend, "add", x, x), 2 * x) for _ in range(50))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(right, range(8)))


def test_numpy_moves_data_and_computes_nothing() -> None:
    moving = {"empty", "zeros", "array", "ascontiguousarray", "ndarray", "dtype", "nan"}
    types = {"uint8", "int32", "uint32", "int64", "uint64", "float32", "float64", "complex64",
             "complex128", "integer", "floating", "complexfloating", "bool_"}  # fmt: skip
    for path in Path(str(package.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "np":
                assert node.attr in moving | types, f"{path.name}:{node.lineno}: np.{node.attr}"
