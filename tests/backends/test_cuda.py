"""The CUDA backend: without a GPU what it says and what it compiles; on one, data in and out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
import pytest

cupy = pytest.importorskip("cupy")

from tensorcts.backends import registry as backends  # noqa: E402
from tensorcts.backends.cuda import (  # noqa: E402
    CudaBackend,
    activation_kernels,
    image_kernels,
    kernels,
    scan_kernels,
)
from tensorcts.backends.protocol import UnavailableError, UnsupportedError  # noqa: E402
from tensorcts.reference import dtypes  # noqa: E402

HAS_GPU = cupy.cuda.is_available()
needs_gpu = pytest.mark.skipif(not HAS_GPU, reason="there is no NVIDIA GPU here")


@pytest.mark.skipif(HAS_GPU, reason="there is an NVIDIA GPU here")
def test_without_a_gpu_it_is_unavailable_and_says_what_is_needed() -> None:
    with pytest.raises(UnavailableError, match="an NVIDIA GPU and driver are needed.*pip install"):
        backends.load("cuda")


@pytest.mark.parametrize("device", ["99", "first"])
def test_a_device_that_is_not_there_is_named(device: str) -> None:
    with pytest.raises(UnavailableError, match=f"'{device}'"):
        CudaBackend(device)


def test_every_kernel_is_defined_for_every_floating_dtype() -> None:
    for dtype in dtypes.FLOATING:
        code = kernels.source(dtype)
        for name in kernels.ELEMENTWISE:
            assert f"ELEMENTWISE({name}," in code
        for name in kernels.ROWWISE:
            assert f"__global__ void {name}(" in code
        code = activation_kernels.source(dtype)
        for kind in ("UNARY", "PAIRED"):
            for name in getattr(activation_kernels, kind):
                assert f"\n{kind}({name}," in code
        code = image_kernels.source(dtype)
        for name in image_kernels.NAMES:
            assert f"__global__ void {name}(" in code


@pytest.mark.skipif(shutil.which("nvcc") is None, reason="there is no nvcc here")
@pytest.mark.parametrize("dtype", dtypes.FLOATING)
@pytest.mark.parametrize("program", [kernels, activation_kernels, image_kernels, scan_kernels])
def test_the_kernels_compile(program: ModuleType, dtype: str, tmp_path: Path) -> None:
    file = tmp_path / "kernels.cu"
    file.write_text(program.source(dtype), encoding="utf-8")
    ptx = tmp_path / "kernels.ptx"
    command = ["nvcc", "--ptx", *kernels.OPTIONS, "-arch=sm_80", "-o", ptx, file]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    in_double = re.search(r"(add|mul|fma|div|sqrt)\.(rn\.)?f64", ptx.read_text())
    assert bool(in_double) == (dtype == "float64")


@pytest.fixture(scope="module")
def backend() -> CudaBackend:
    return CudaBackend()


def run(backend: CudaBackend, op: str, *arrays: Any, **attrs: Any) -> Any:
    return backend.to_host(backend.ops[op](*map(backend.to_device, arrays), **attrs))


@needs_gpu
def test_bfloat16_is_computed_here(backend: CudaBackend) -> None:
    assert backend.unsupported("add", "bfloat16") is None


@needs_gpu
@pytest.mark.parametrize("dtype", dtypes.ALL)
@pytest.mark.parametrize("shape", [(), (0, 3), (4, 6)])
def test_arrays_survive_the_trip(backend: CudaBackend, dtype: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    size = int(np.prod(shape)) * dtypes.numpy_dtype(dtype).itemsize
    raw = rng.integers(0, 2 if dtype == "bool" else 256, size).astype(np.uint8)
    array = raw.view(dtypes.numpy_dtype(dtype)).reshape(shape)
    back = backend.to_host(backend.to_device(array))
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, shape, array.tobytes())


@needs_gpu
def test_strided_views_may_run_backwards(backend: CudaBackend) -> None:
    base = backend.to_device(np.arange(10))
    assert backend.to_host(backend.strided(base, (2, 3), (1, -2), 5)).tolist() == [
        [5, 3, 1],
        [6, 4, 2],
    ]


@needs_gpu
def test_a_missing_kernel_is_unsupported(backend: CudaBackend) -> None:
    x, index = np.ones(3, np.int8), np.array([0, 0, 1])
    with pytest.raises(UnsupportedError, match="CuPy: "):
        run(backend, "scatter_add", x, index, x, axis=0)


@needs_gpu
@pytest.mark.parametrize("dtype", dtypes.FLOATING)
@pytest.mark.parametrize("name", kernels.ELEMENTWISE)
def test_activations_at_infinity_are_their_limits(
    backend: CudaBackend, name: str, dtype: str
) -> None:
    x = np.array([-np.inf, np.inf, np.nan]).astype(dtypes.numpy_dtype(dtype))
    np.testing.assert_array_equal(run(backend, name, x).astype(float), [0, np.inf, np.nan])


@needs_gpu
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_kernels_round_to_nearest_even(backend: CudaBackend, dtype: str) -> None:
    """silu(x) is x itself for a large x, so what comes back has been through load and store."""
    bits = np.arange(2**16, dtype=np.uint16).view(dtypes.numpy_dtype(dtype))
    x = bits[np.isfinite(bits.astype(float)) & (bits.astype(float) > 100)]
    assert np.array_equal(run(backend, "silu", x).view(np.uint16), x.view(np.uint16))


@needs_gpu
@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_a_row_with_nan_spoils_no_other(backend: CudaBackend, dtype: str) -> None:
    x = np.ones((3, 300)).astype(dtypes.numpy_dtype(dtype))
    x[1, 17] = np.nan
    out = run(backend, "softmax", x, axis=-1).astype(float)
    assert np.isnan(out[1]).all() and not np.isnan(out[[0, 2]]).any()


@needs_gpu
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "complex64"])
def test_a_single_zero_keeps_its_sign(backend: CudaBackend, dtype: str) -> None:
    zero = np.array(-0.0).astype(dtypes.numpy_dtype(dtype))
    assert backend.to_host(backend.to_device(zero)).tobytes() == zero.tobytes()


@needs_gpu
@pytest.mark.parametrize(("dtype", "lowest"), [("float32", -13.1), ("float64", -37.0)])
def test_the_tail_of_gelu_is_not_flushed(backend: CudaBackend, dtype: str, lowest: float) -> None:
    x = np.linspace(lowest, -4.9, 300).astype(dtype)
    with mpmath.workprec(200):
        truth = [float(n * mpmath.ncdf(n)) for n in map(mpmath.mpf, x.tolist())]
    np.testing.assert_allclose(run(backend, "gelu", x), truth, rtol=20 * np.finfo(dtype).eps)


@needs_gpu
def test_extremes_at_indices_are_exact_and_show_nan(backend: CudaBackend) -> None:
    x, index, updates = np.zeros(2), np.array([0, 0, 1]), np.array([1 / 3, 0.1, np.nan])
    attrs = {"axis": 0, "reduction": "max", "include_self": True}
    np.testing.assert_array_equal(
        run(backend, "scatter_reduce", x, index, updates, **attrs), [1 / 3, np.nan]
    )


@needs_gpu
def test_the_entries_of_a_row_come_in_the_order_of_its_columns(backend: CudaBackend) -> None:
    x = backend.to_device(np.arange(1, 65, dtype=np.float32).reshape(1, 64))
    values, columns, _ = map(backend.to_host, backend.ops["dense_to_csr"](x))
    assert values.tolist() == (columns + 1).tolist() == [*range(1, 65)]


@needs_gpu
def test_products_of_bfloat16_vectors_round_once(backend: CudaBackend) -> None:
    x = np.array([-0.53515625, 0.361328125]).astype(dtypes.numpy_dtype("bfloat16"))
    assert float(run(backend, "matmul", x, x)) == 0.416015625  # 0.41796875 of rounded squares
