"""The kernels for a GPU, compiled for this processor: they count what the host's judge counts.

One thread does the work of a block of them, so that what threads share stays in order.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.conformance.cli import main
from tensorcts.conformance.precision import blocks
from tensorcts.conformance.precision.functions import everything, find
from tensorcts.conformance.precision.gpu import formulas, kernels, placing
from tensorcts.conformance.precision.gpu.judging import DeviceJudge
from tensorcts.conformance.precision.judging import Judge, SweepError, Task
from tensorcts.conformance.precision.strips import quanta

COMPILER = shutil.which("c++")

SIZE = 2**23
"""One binade of magnitudes."""

AS_IF_CUDA = r"""
#include <cmath>
#include <cstring>
using std::isnan; using std::isinf; using std::isfinite; using std::signbit; using std::nextafter;
#define __global__
#define __device__
#define __shared__ static
static struct { unsigned x; } threadIdx, blockIdx;
template <class To, class From> To as(From x) { To y; std::memcpy(&y, &x, sizeof y); return y; }
static float __uint_as_float(unsigned x) { return as<float>(x); }
static long long __double_as_longlong(double x) { return as<long long>(x); }
static double __longlong_as_double(long long x) { return as<double>(x); }
static void __syncthreads() {}
template <class T> T min(T a, T b) { return a < b ? a : b; }
template <class T> T max(T a, T b) { return a > b ? a : b; }
template <class T> T atomicAdd(T* to, T x) { T old = *to; *to += x; return old; }
template <class T> void atomicMin(T* to, T x) { if (x < *to) *to = x; }
static double rsqrt(double x) { return 1 / std::sqrt(x); }
static double sinpi(double x) {
  double whole = std::rint(x), sine = std::sin(M_PI * (x - whole));
  return std::fmod(whole, 2) ? -sine : sine;
}
static double erfinv(double x) { return x; }
"""

LOOPS = r"""
extern "C" void set_block(unsigned x) { blockIdx.x = x; }
"""


class Library:
    """CuPy's module, as far as a judge uses it: kernels that run on this processor."""

    def __init__(self, path: Path) -> None:
        self.library = ctypes.CDLL(str(path))

    def get_function(self, name: str) -> Callable[..., None]:
        function = getattr(self.library, name)

        def launch(grid: tuple[int], block: tuple[int], arguments: tuple[Any, ...]) -> None:
            passed = [ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray)
                      else a if isinstance(a, ctypes._SimpleCData) else _scalar(a)
                      for a in arguments]  # fmt: skip
            count = len(arguments[0]) if name == "values" else grid[0]  # one thread a block
            for index in range(count):
                self.library.set_block(index)
                function(*passed)

        return launch


def _scalar(a: Any) -> Any:
    kind = {np.dtype(np.uint32): ctypes.c_uint32, np.dtype(np.int32): ctypes.c_int32}
    return kind.get(a.dtype, ctypes.c_void_p)(int(a))


class HostArrays:
    """CuPy's namespace, as far as a judge uses it."""

    asnumpy = staticmethod(np.asarray)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def both(
    folder: Path, judge: Callable[..., Judge], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Judge, DeviceJudge]]:
    """The host's judge and the kernels', of NumPy's op or one in its place."""
    if COMPILER is None:
        pytest.skip("no C++ compiler")
    monkeypatch.setattr(NumpyBackend, "adopt", lambda self, array: array)

    def make(name: str, replacement: Any = None, adopts: bool = True) -> tuple[Judge, DeviceJudge]:
        task = Task("numpy", name, "float32", "all", size=SIZE)
        host = judge(name, "float32", replacement).host
        device = DeviceJudge(task, host)
        code = folder / f"{name}.cpp"
        code.write_text(
            AS_IF_CUDA + kernels.source(device.function, device.truths.sides, threads=1) + LOOPS
        )
        library = code.with_suffix(".so")
        command = [COMPILER, "-O2", "-std=c++17", "-ffp-contract=off", "-shared", "-fPIC", "-w",
                   str(code), "-o", str(library)]  # fmt: skip
        subprocess.run(command, check=True)
        vars(device).update(_cupy=HostArrays(), _module=Library(library), _adopts=adopts)
        return Judge(task, host), device

    return make


def wrong_in_every_way(x: Any) -> Any:
    """exp with each kind of defect at some inputs between 2**-127 and 2**1, and beyond 2**6."""
    with np.errstate(all="ignore"):
        y = np.exp(x)
    bits = x.view(np.uint32)
    y = np.where(bits % 1000 == 1, np.nan, y)
    y = np.where(bits % 1000 == 2, np.inf, y)
    y = np.where(bits % 1000 == 3, np.nextafter(y, np.float32(9)), y)
    y = np.where(bits % 1000 == 4, np.float32(0), y)
    y = np.where(bits % 1000 == 5, -y, y)
    return y.astype(np.float32)


@pytest.mark.parametrize("block", [0, 127, 133])
def test_the_kernels_count_what_the_host_counts(both: Any, block: int) -> None:
    """Subnormal numbers, those beside 1, those whose exponentials overflow and underflow."""
    host, device = both("exp", wrong_in_every_way)
    assert_same(host, device, block)


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("gelu", 0),
        ("gelu", 130),
        ("gelu", 132),
        ("tanh", 127),
        ("lgamma", 129),
        ("sin", 150),
        ("log1p", 127),
        ("erf", 124),
    ],
)
def test_honest_functions_are_counted_alike(both: Any, name: str, block: int) -> None:
    host, device = both(name)
    assert_same(host, device, block)


def test_results_from_the_host_are_counted_alike(both: Any) -> None:
    assert_same(*both("exp", wrong_in_every_way, adopts=False), 133)


def assert_same(host: Judge, device: DeviceJudge, block: int) -> None:
    """But for what differs by design: sums as double functions do, steps between blocks."""
    expected, found = host.tally(block), device.tally(block)
    layout = host.plan.layout
    for key in (block, block + (layout.magnitudes >> layout.fraction)):
        theirs, ours = expected.rows[key], found.rows[key]
        assert (ours.points, ours.compared) == (theirs.points, theirs.compared)
        for kind in {*theirs.counts, *ours.counts} - {"monotonicity"}:
            assert ours.counts[kind] == theirs.counts[kind], kind
            assert ours.examples[kind] == theirs.examples[kind]
        assert abs(ours.counts["monotonicity"] - theirs.counts["monotonicity"]) <= 1
        assert (ours.worst and ours.worst.inputs) == (theirs.worst and theirs.worst.inputs)
        few = quanta(2.0**-24 * theirs.compared)
        assert ours.total == pytest.approx(theirs.total, rel=2.0**-20, abs=few)
        assert ours.bias == pytest.approx(theirs.bias, rel=2.0**-20, abs=few)
        assert ours.squares == pytest.approx(theirs.squares, rel=2.0**-20, abs=few)
    assert found.histogram.total() == expected.histogram.total()


def test_a_truth_that_is_off_on_the_gpu_ends_the_sweep(both: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(formulas.COMPOSED, "silu", "x / (1 + exp(-1.0000001 * x))")
    _, device = both("silu")
    with pytest.raises(SweepError, match="silu in double on the GPU is"):
        device.tally(127)


def test_every_function_that_rounds_has_a_formula_or_is_named() -> None:
    lacking = {f.name for f in everything() if f.arity == 1 and formulas.formula(f) is None}
    assert {name for name in lacking if not name.startswith("astype-")} == {"digamma"}
    assert formulas.formula(find("exp")) == "exp(x)"


@pytest.mark.parametrize(
    ("name", "dtype", "wanted", "place"),
    [
        ("exp", "float32", "gpu", ("gpu", placing.COPIED)),
        ("exp", "float32", "host", ("host", blocks.BLOCK)),
        ("exp", "float32", None, ("host", blocks.BLOCK)),
        ("exp", "bfloat16", "gpu", ("host", blocks.BLOCK)),
        ("digamma", "float32", "gpu", ("host", blocks.BLOCK)),
        ("add", "float32", "gpu", ("host", blocks.BLOCK)),
    ],
)
def test_a_backend_in_the_hosts_memory_is_judged_on_a_gpu_where_that_is_asked_for(
    name: str, dtype: str, wanted: Any, place: tuple[str, int]
) -> None:
    plan = blocks.plan(find(name), dtype, exhaustive=True)
    assert placing.of(NumpyBackend(), plan, wanted) == place


def test_a_gpu_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    arguments = ["precision", "--backend", "numpy", "--op", "exp", "--report", str(tmp_path)]
    result = CliRunner().invoke(main, [*arguments, "--judge", "gpu"])
    assert result.exit_code == 2 and "needs an NVIDIA GPU and CuPy" in result.output
