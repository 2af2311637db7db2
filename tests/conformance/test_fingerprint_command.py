"""``tensorcts fingerprint``: figures for people and for programs, and an exit code for claims."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from click.testing import CliRunner

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.cli import main

ONE = ("--op", "matmul", "--dtype", "float32")


def test_figures_of_an_honest_backend() -> None:
    ended = CliRunner().invoke(main, ["fingerprint", "--backend", "numpy", *ONE])
    assert ended.exit_code == 0, ended.output
    words = " ".join(ended.stdout.split())
    assert "numpy float32 operands 24 · accumulator 24 · rounding nearest" in words


def test_figures_for_programs_and_a_refuted_claim(faulty: Any) -> None:
    name = faulty({"matmul": lambda a, b: OPS["matmul"](a.astype(np.float16), b).astype(a.dtype)})
    ended = CliRunner().invoke(main, ["fingerprint", "--backend", name, *ONE, "--format", "json"])
    assert ended.exit_code == 1
    assert json.loads(ended.stdout)[name]["matmul"]["float32"]["operand_bits"] == "11"
    assert "operands of 24 bits are declared, 11 measured" in ended.stderr


def test_wrong_use() -> None:
    ended = CliRunner().invoke(main, ["fingerprint", "--backend", "numpy", "--dtype", "float31"])
    assert ended.exit_code == 2
    assert "float31" in ended.stderr
