"""OpenCL programs: one for each family of kernels and dtype, built on first use, then kept."""

from __future__ import annotations

import threading
import warnings
from functools import cache
from importlib.resources import files
from typing import Any

import pyopencl as cl

from tensorcts.reference import dtypes

GROUP = 128
"""Work-items in a work-group; a power of two."""

TILE = 16
"""Rows and columns of a tile of a matrix product, computed by TILE² work-items."""

TYPES: dict[str, tuple[str, str, str]] = {
    "float64": ("double", "double", "double"),
    "float32": ("float", "float", "float"),
    "float16": ("ushort", "float", "float"),
    "bfloat16": ("ushort", "float", "float"),
    "complex64": ("float2", "float2", "float2"),
    "complex128": ("double2", "double2", "double2"),
    "float8_e4m3fn": ("uchar", "float", "float"),
    "float8_e5m2": ("uchar", "float", "float"),
    "complex32": ("ushort2", "float2", "float2"),
    "bcomplex32": ("ushort2", "float2", "float2"),
    "int8": ("char", "char", "uint"),
    "int16": ("short", "short", "uint"),
    "int32": ("int", "int", "uint"),
    "int64": ("long", "long", "ulong"),
    "uint8": ("uchar", "uchar", "uint"),
    "uint16": ("ushort", "ushort", "uint"),
    "uint32": ("uint", "uint", "uint"),
    "uint64": ("ulong", "ulong", "ulong"),
    "bool": ("uchar", "uchar", "uint"),
    "bytes1": ("uchar", "uchar", "uchar"),
    "bytes2": ("ushort", "ushort", "ushort"),
    "bytes4": ("uint", "uint", "uint"),
    "bytes8": ("ulong", "ulong", "ulong"),
    "bytes16": ("ulong2", "ulong2", "ulong2"),
}
"""For each dtype (or element size) the OpenCL C types it is stored, computed and wrapped in."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "elementwise": ("layout", "storage", "maps"),
    "activations": ("layout", "storage", "maps", "sigmoids", "activations"),
    "gates": ("layout", "storage", "maps", "sigmoids", "gates"),
    "arithmetic": ("layout", "storage", "maps", "arithmetic_maps"),
    "functions": ("layout", "storage", "maps", "functions"),
    "complexes": ("layout", "storage", "maps", "algebra", "complexes"),
    "casts": ("layout", "storage", "casts"),
    "movement": ("layout", "updates", "movement"),
    "indices": ("layout", "storage", "indices"),
    "scans": ("layout", "scans"),
    "repetitions": ("layout", "scans", "repetitions"),
    "scatters": ("layout", "storage", "algebra", "trees", "updates", "scatters"),
    "sorts": ("layout", "storage", "sorts"),
    "bins": ("layout", "storage", "bins"),
    "creation": ("creation",),
    "grids": ("layout", "grids"),
    "randoms": ("storage", "randoms"),
    "sparse_orders": ("sparse_orders",),
    "sparse_sums": ("storage", "algebra", "trees", "sparse_sums"),
    "reductions": ("storage", "algebra", "trees", "reductions"),
    "counts": ("storage", "trees", "counts"),
    "selections": ("storage", "trees", "selections"),
    "norms": ("storage", "trees", "norms"),
    "cumulations": ("storage", "algebra", "trees", "cumulations"),
    "normalizations": ("storage", "trees", "normalizations"),
    "contractions": ("layout", "storage", "algebra", "contractions"),
    "products": ("layout", "storage", "algebra", "trees", "products"),
    "convolutions": ("storage", "convolutions"),
    "poolings": ("storage", "trees", "poolings"),
    "attentions": ("layout", "storage", "trees", "attentions"),
}
"""The files under kernels/ that make up each family's program, in this order."""

BY_KIND: dict[str, dict[str, tuple[str, ...]]] = {
    "elementwise": {
        "FLOATING": ("elementwise_floating", "comparisons"),
        "INTEGER": ("elementwise_integer", "comparisons"),
        "COMPLEX": ("algebra", "elementwise_complex"),
        "BOOLEAN": ("elementwise_boolean",),
        "FLOAT8": ("comparisons",),
    },
    "arithmetic": {
        "FLOATING": ("arithmetic_real", "arithmetic_floating"),
        "INTEGER": ("arithmetic_real", "arithmetic_integer", "bitwises"),
        "COMPLEX": ("algebra", "arithmetic_complex"),
        "BOOLEAN": ("bitwises",),
    },
}
"""The files that follow in the families whose kernels depend on the kind of dtype."""


def kind_of(dtype: str) -> str:
    """The macro that tells a program what its dtype is."""
    kinds = {"INTEGER": dtypes.INTEGER, "BOOLEAN": dtypes.BOOL, "FLOATING": dtypes.FLOATING,
             "FLOAT8": dtypes.FLOAT8, "COMPLEX": dtypes.COMPLEX + dtypes.HALF_COMPLEX}  # fmt: skip
    return next((kind for kind, names in kinds.items() if dtype in names), "BYTES")


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath("kernels", f"{name}.cl").read_text(encoding="utf-8")


def source(family: str, dtype: str, has_double: bool) -> str:
    """The text of a program: the definitions of its dtype, then the family's files."""
    storage, compute, wrapping = TYPES[dtype]
    kind = kind_of(dtype)
    lines = [
        "#pragma OPENCL FP_CONTRACT OFF",
        f"#define DTYPE_{dtype}\n#define {kind}\n#define GROUP {GROUP}\n#define TILE {TILE}",
        f"#define S {storage}\n#define A {compute}\n#define W {wrapping}",
    ]
    if has_double:
        lines += ["#pragma OPENCL EXTENSION cl_khr_fp64 : enable", "#define HAS_DOUBLE"]
    if dtype in dtypes.SIGNED:
        lines += ["#define SIGNED"]
    if kind == "COMPLEX":
        lines += [f"#define R {compute.removesuffix('2')}"]
    names = FAMILIES[family] + BY_KIND.get(family, {}).get(kind, ())
    return "\n".join(lines + [_text(name) for name in names])


class Programs:
    """The programs of one context, and a kernel object of each kernel for each thread."""

    def __init__(self, context: cl.Context, device: cl.Device) -> None:
        """Nothing is built yet."""
        self._context = context
        self._has_double = "cl_khr_fp64" in device.extensions
        self._options = ["-cl-std=CL1.2"]
        if device.single_fp_config & cl.device_fp_config.CORRECTLY_ROUNDED_DIVIDE_SQRT:
            self._options.append("-cl-fp32-correctly-rounded-divide-sqrt")
        self._built: dict[tuple[str, str], Any] = {}
        self._building = threading.Lock()
        self._kernels = threading.local()

    @property
    def built(self) -> frozenset[tuple[str, str]]:
        """The programs built so far, as (family, dtype)."""
        return frozenset(self._built)

    def kernel(self, family: str, dtype: str, name: str) -> Any:
        """This thread's kernel object (its arguments are state, so threads can't share one)."""
        kernels: dict[Any, Any] = self._kernels.__dict__
        key = (family, dtype, name)
        if key not in kernels:
            kernels[key] = cl.Kernel(self._program(family, dtype), name)
        return kernels[key]

    def _program(self, family: str, dtype: str) -> Any:
        with self._building:
            if (family, dtype) not in self._built:
                text = source(family, dtype, self._has_double)
                with warnings.catch_warnings():  # a compiler that says anything is no failure
                    warnings.simplefilter("ignore", cl.CompilerWarning)
                    program = cl.Program(self._context, text).build(self._options)
                self._built[family, dtype] = program
            return self._built[family, dtype]
