"""The PyTorch backend: data in and out, what it refuses, and that it says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tensorcts.backends import registry  # noqa: E402
from tensorcts.backends.protocol import UnavailableError, UnsupportedError  # noqa: E402
from tensorcts.backends.torch_eager import TorchBackend  # noqa: E402
from tensorcts.reference import dtypes  # noqa: E402


@pytest.fixture(scope="module")
def backend() -> TorchBackend:
    return TorchBackend()


def run(backend: TorchBackend, op: str, *arrays: Any, **attrs: Any) -> Any:
    return backend.to_host(backend.ops[op](*map(backend.to_device, arrays), **attrs))


def test_the_entry_point_names_it() -> None:
    assert isinstance(registry.load("torch"), TorchBackend)
    assert isinstance(registry.load("torch:cpu"), TorchBackend)


@pytest.mark.parametrize("device", ["cuda:99", "nonsense", "meta"])
def test_an_unavailable_device_is_named_with_the_reason(device: str) -> None:
    with pytest.raises(UnavailableError, match=f"'{device}': .*pip install"):
        TorchBackend(device)


@pytest.mark.parametrize("dtype", dtypes.ALL)
@pytest.mark.parametrize("shape", [(), (0, 3), (4, 6)])
def test_arrays_survive_the_trip(backend: TorchBackend, dtype: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    width = dtypes.numpy_dtype(dtype).itemsize
    size = int(np.prod(shape)) * width
    raw = rng.integers(0, 2 if dtype == "bool" else 256, size).astype(np.uint8)
    array = raw.view(dtypes.numpy_dtype(dtype)).reshape(shape)
    back = backend.to_host(backend.to_device(array))
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, shape, array.tobytes())


def test_transfers_copy(backend: TorchBackend) -> None:
    array = np.ones(3, np.float32)
    there = backend.to_device(array)
    here = backend.to_host(there)
    array[0], here[1] = 7, 7
    assert backend.to_host(there).tolist() == [1, 1, 1]


def test_strided_views_share_memory_and_refuse_negative_strides(backend: TorchBackend) -> None:
    base = backend.to_device(np.arange(10))
    view = backend.strided(base, (2, 3), (1, 2), 1)
    assert backend.to_host(view).tolist() == [[1, 3, 5], [2, 4, 6]]
    assert view.data_ptr() == base.data_ptr() + 8
    with pytest.raises(UnsupportedError, match="negative strides"):
        backend.strided(base, (3,), (-1,), 5)


def test_a_missing_kernel_is_unsupported_in_torchs_words(backend: TorchBackend) -> None:
    x = np.ones(3, np.uint32)
    with pytest.raises(UnsupportedError, match="not implemented for 'UInt32'"):
        run(backend, "add", x, x)


def test_integer_division_by_zero_is_refused_on_the_cpu(backend: TorchBackend) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run(backend, "floor_divide", np.array([1, 2]), np.array([1, 0]))


@pytest.mark.parametrize(
    ("op", "shapes", "attrs"),
    [
        ("add", [(2,), (3,)], {}),
        ("matmul", [(2, 3), (2, 3)], {}),
        ("reshape", [(2, 3)], {"shape": (4,)}),
        ("squeeze", [(2, 3)], {"axis": 0}),
        ("softmax", [(2, 3)], {"axis": 2}),
        ("max", [(0, 3)], {"axis": 0, "keepdims": False}),
    ],
)
def test_bad_arguments_raise_and_are_not_called_unsupported(
    backend: TorchBackend, op: str, shapes: list[tuple[int, ...]], attrs: dict[str, Any]
) -> None:
    with pytest.raises((RuntimeError, ValueError, IndexError)):
        run(backend, op, *(np.ones(s, np.float32) for s in shapes), **attrs)


@pytest.mark.parametrize("op", ["take", "gather", "scatter", "scatter_add"])
@pytest.mark.parametrize("index", [4, -5])
def test_an_index_out_of_range_raises(backend: TorchBackend, op: str, index: int) -> None:
    more = [np.ones(1, np.float32)] if op.startswith("scatter") else []
    with pytest.raises((RuntimeError, IndexError)):
        run(backend, op, np.ones(4, np.float32), np.array([index]), *more, axis=0)


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
@pytest.mark.parametrize("op", ["gelu", "gelu_tanh", "silu"])
def test_activations_at_minus_infinity_are_as_declared(
    backend: TorchBackend, op: str, dtype: str
) -> None:
    for count in (1, 2, 17):
        x = np.full(count, -np.inf).astype(dtypes.numpy_dtype(dtype))
        assert np.isnan(run(backend, op, x)).all()


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_a_masked_row_of_attention_is_zero_as_declared(backend: TorchBackend, dtype: str) -> None:
    x = np.ones((1, 1, 3, 4)).astype(dtypes.numpy_dtype(dtype))
    mask = np.array([[True] * 3, [False] * 3, [True] * 3])
    out = run(backend, "scaled_dot_product_attention", x, x, x, mask, scale=0.5, causal_offset=None)
    assert out[0, 0].astype(float).tolist() == [[1] * 4, [0] * 4, [1] * 4]


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_csr_entries_out_of_order_are_put_in_order_for_torch(backend: TorchBackend) -> None:
    """torch's CSR tensors ask for columns in order, each once in a row."""
    values, columns, starts = np.array([1.0, 2, 4, 8]), np.array([2, 0, 2, 1]), np.array([0, 3, 4])
    dense = run(backend, "csr_to_dense", values, columns, starts, shape=(2, 3))
    assert dense.tolist() == [[2, 0, 5], [0, 8, 0]]
    with pytest.raises(UnsupportedError, match="columns must be in order, each once in a row"):
        run(backend, "csr_to_coo", values, columns, starts, shape=(2, 3))


def test_one_entry_of_transposed_indices_is_converted_whatever_torch_checks(
    backend: TorchBackend,
) -> None:
    indices = backend.strided(backend.to_device(np.array([1, 2])), (2, 1), (1, 2), 0)
    values = backend.to_device(np.array([3.0]))
    with torch.sparse.check_sparse_tensor_invariants():
        found = backend.ops["coo_to_csr"](values, indices, shape=(4, 5))
    assert [x.tolist() for x in found] == [[3.0], [2], [0, 0, 1, 1, 1]]


def test_a_single_entry_s_values_are_not_shared_with_the_result(backend: TorchBackend) -> None:
    values, indices = backend.to_device(np.array([3.0])), backend.to_device(np.array([[1], [2]]))
    result = backend.ops["coo_to_csr"](values, indices, shape=(4, 5))[0]
    backend.assign(result, backend.to_device(np.array([4.0])))
    assert backend.to_host(values).tolist() == [3.0]


def test_cotangents_add_up_in_16_bits_and_declared_kernels_in_32(backend: TorchBackend) -> None:
    one, many = torch.ones(1, dtype=torch.bfloat16), torch.ones(512, dtype=torch.bfloat16)
    x = one.clone().requires_grad_()
    (used,) = torch.autograd.grad([x * 1 for _ in many], x, [one] * len(many))
    assert used.item() == 256
    nowhere = torch.zeros(len(many), dtype=torch.int64)
    calls: dict[str, tuple[list[Any], dict[str, Any]]] = {
        "gather": ([one, nowhere], {"axis": 0}),
        "take_along_axis": ([one, nowhere], {"axis": 0}),
        "broadcast_to": ([one], {"shape": (len(many),)}),
        "expand": ([one], {"shape": (len(many),)}),
        "take": ([one, nowhere], {"axis": 0}),
    }
    for op, (arrays, attrs) in calls.items():
        (found,) = backend.vjp(op, arrays, attrs, [many])
        declared = backend.capabilities.accumulator.get(f"{op}.backward/bfloat16")
        assert found.item() == (512 if declared == "float32" else 256), op
