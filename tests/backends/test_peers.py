"""JAX, MLX, ONNX Runtime and tinygrad as backends: data in and out, and what their adapters add."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import registry
from tensorcts.backends.protocol import Backend, UnavailableError, UnsupportedError
from tensorcts.reference import dtypes
from tensorcts.reference.registry import all_ops

LIBRARIES = {"jax": "jax", "mlx": "mlx.core", "onnxruntime": "onnxruntime", "tinygrad": "tinygrad"}


@pytest.fixture(scope="module", params=LIBRARIES)
def backend(request: pytest.FixtureRequest) -> Backend:
    pytest.importorskip(LIBRARIES[request.param])
    try:
        return registry.load(request.param)
    except UnavailableError as reason:  # tinygrad without a compiler
        pytest.skip(str(reason))


def run(backend: Backend, op: str, *arrays: Any, **attrs: Any) -> Any:
    return backend.to_host(backend.ops[op](*map(backend.to_device, arrays), **attrs))


def test_the_table_knows_no_other_ops(backend: Backend) -> None:
    assert set(backend.ops) <= {op.name for op in all_ops()}
    assert len(backend.ops) >= 90


@pytest.mark.parametrize("dtype", dtypes.STORABLE)
@pytest.mark.parametrize("shape", [(), (0, 3), (4, 6)])
def test_arrays_survive_the_trip(backend: Backend, dtype: str, shape: tuple[int, ...]) -> None:
    if dtype not in backend.capabilities.dtypes:
        assert backend.unsupported("add", dtype)
        return
    numbers = np.random.default_rng(3).integers(0, 2, shape)
    array = numbers.astype(np.float64).astype(dtypes.numpy_dtype(dtype))
    back = backend.to_host(backend.to_device(array))
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, shape, array.tobytes())


def test_transfers_copy(backend: Backend) -> None:
    array = np.ones(3, np.float32)
    there = backend.to_device(array)
    here = backend.to_host(there)
    array[0], here[1] = 7, 7
    assert backend.to_host(there).tolist() == [1, 1, 1]


@pytest.mark.parametrize("dtype", ["float64", "int64"])
def test_64_bits_stay_64_bits(backend: Backend, dtype: str) -> None:
    x = np.array([2**40 + 1], dtype)
    total = run(backend, "add", x, x)
    assert (total.dtype, total.tolist()) == (np.dtype(dtype), [2**41 + 2])


def test_one_hot_of_bfloat16_is_no_kernel_of_onnx_runtime() -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(UnsupportedError, match="bfloat16"):
        run(registry.load("onnxruntime"), "one_hot", np.array([1, 0]), depth=2, dtype="bfloat16")


def test_a_missing_kernel_is_unsupported(backend: Backend) -> None:
    with pytest.raises(UnsupportedError):
        run(backend, "astype", np.ones(3, np.float32), dtype="complex32")


@pytest.mark.parametrize(
    ("op", "shapes", "attrs"),
    [
        ("add", [(2,), (3,)], {}),
        ("matmul", [(2, 3), (2, 3)], {}),
        ("bmm", [(2, 1, 1), (1, 1, 1)], {}),
        ("reshape", [(2, 3)], {"shape": (4,)}),
        ("squeeze", [(2, 3)], {"axis": 0}),
        ("softmax", [(2, 3)], {"axis": 2}),
        ("split", [(4,)], {"sizes": (1, 2), "axis": 0}),
    ],
)
def test_bad_arguments_raise(
    backend: Backend, op: str, shapes: list[tuple[int, ...]], attrs: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match=r"\S") as raised:
        run(backend, op, *(np.ones(s, np.float32) for s in shapes), **attrs)
    assert not isinstance(raised.value, UnsupportedError)


def test_more_elements_than_there_can_be_are_refused(backend: Backend) -> None:
    if "zeros" not in backend.ops:
        pytest.skip(f"{backend.name} has no zeros")
    with pytest.raises(Exception, match=r"\S"):
        backend.ops["zeros"](shape=(2**62, 2**62), dtype="float32")


def test_an_unknown_device_is_unavailable(backend: Backend) -> None:
    with pytest.raises(UnavailableError, match="nonsense"):
        registry.load(f"{backend.name}:nonsense")


def test_the_smallest_integer_over_minus_one_does_not_end_the_process(backend: Backend) -> None:
    op = "trunc_divide" if "trunc_divide" in backend.ops else "floor_divide"
    x = np.array([-(2**31), 6], np.int32)
    y = np.array([-1, 2], np.int32)
    if backend.name == "jax":
        assert run(backend, op, x, y).tolist() == [-(2**31), 3]
    else:
        with pytest.raises(ArithmeticError, match="was not called"):
            run(backend, op, x, y)


@pytest.fixture(scope="module")
def differentiating(backend: Backend) -> Backend:
    if not backend.differentiates:
        pytest.skip(f"{backend.name} has no gradients of its own")
    return backend


def pulled(backend: Backend, op: str, arrays: list[Any], attrs: Any, *orders: list[Any]) -> Any:
    given = [[None if a is None else backend.to_device(a) for a in part] for part in orders]
    own = [None if a is None else backend.to_device(a) for a in arrays]
    return [backend.to_host(g) for g in backend.vjp(op, own, attrs, *given)]


def test_gradients_of_both_orders(differentiating: Backend) -> None:
    x, g, h = np.array([[0.5, -1.0], [2.0, 0.25], [3.0, 1.5]], np.float32)
    y = np.tanh(x)
    (first,) = pulled(differentiating, "tanh", [x], {}, [g])
    np.testing.assert_allclose(first, g * (1 - y * y), rtol=1e-4)
    by_x, by_g = pulled(differentiating, "tanh", [x], {}, [g], [h])
    np.testing.assert_allclose(by_g, h * (1 - y * y), rtol=1e-4)
    np.testing.assert_allclose(by_x, -2 * g * h * y * (1 - y * y), rtol=1e-4)


def test_complex_gradients_are_adjoint(differentiating: Backend) -> None:
    if "complex64" not in differentiating.capabilities.dtypes:
        pytest.skip(f"{differentiating.name} has no complex numbers")
    z, g, h = np.array([[3 - 4j, 1j], [2 + 1j, 1], [1 - 1j, 2j]], np.complex64)
    (first,) = pulled(differentiating, "multiply", [z, z], {}, [g])[:1]
    np.testing.assert_allclose(first, g * np.conj(z), rtol=1e-5)
    (uphill,) = pulled(differentiating, "abs", [z], {}, [np.ones(2, np.float32)])
    np.testing.assert_allclose(uphill, z / np.abs(z), rtol=1e-5)
    second = pulled(differentiating, "multiply", [z, g], {}, [g], [h, 0 * h])
    np.testing.assert_allclose(second[1], np.conj(h) * g, rtol=1e-5)


def test_what_holds_no_floats_has_no_gradient(differentiating: Backend) -> None:
    weight, indices = np.ones((3, 1), np.float32), np.array([2, 0, 2])
    g = np.array([[1.0], [2.0], [4.0]], np.float32)
    op = "embedding" if "embedding" in differentiating.ops else "gather"
    arrays = [weight, indices] if op == "embedding" else [weight, indices[:, None]]
    attrs = {} if op == "embedding" else {"axis": 0}
    (found,) = pulled(differentiating, op, arrays, attrs, [g])
    assert found.tolist() == [[2.0], [0.0], [5.0]]


def test_gradients_of_several_results_add_up(differentiating: Backend) -> None:
    x, g, h = np.arange(4, dtype=np.float32), np.ones(1, np.float32), np.full(3, 2, np.float32)
    (found,) = pulled(differentiating, "split", [x], {"sizes": (1, 3), "axis": 0}, [g, h])
    assert found.tolist() == [1.0, 2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("platform", "precision", "bits"),
    [
        ("cpu", None, None),
        ("gpu", None, 11),
        ("gpu", "tensorfloat32", 11),
        ("gpu", "highest", None),
    ],
)
def test_jax_takes_tf32_on_a_gpu_as_it_is_set(
    platform: str, precision: str | None, bits: int | None
) -> None:
    jax = pytest.importorskip("jax")
    from tensorcts.backends import jax_numpy

    with jax.default_matmul_precision(precision) if precision else contextlib.nullcontext():
        found = jax_numpy._operand_bits(platform)
    ops = ("matmul", "matmul.backward", "sum")
    assert [found.get(f"{op}/float32") for op in ops] == [bits, bits, None]
