"""Cases: every op has a sampler, samples keep to the definitions, and all follows from the seed."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorcts.conformance import checks, randoms, values
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import CHECKS, SHAPES, Test, all_tests
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.judge import Judgement
from tensorcts.conformance.samplers import all_essentials, all_samplers
from tensorcts.conformance.samplers.contractions import EQUATIONS
from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op, all_ops, get

SEEDS = 30


def draw(op: Op, dtype: str, seed: int, **more: Any) -> Draw:
    generator = np.random.default_rng(seed)

    def integer(low: int, high: int) -> int:
        return int(generator.integers(low, high, endpoint=True))

    styles = more.pop("styles", checks.styles(Test(op, dtype, "random")))
    return Draw(op, dtype, integer, styles=styles, **more)


def run_definition(case: Case) -> tuple[Any, ...]:
    own = case.op.own_dtype
    arrays = [a if a is None or own else dtypes.widen(a) for a in case.arrays]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        outputs = case.op.function(*arrays, **case.attrs)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def test_every_op_has_a_sampler_and_no_other() -> None:
    assert set(all_samplers()) == {op.name for op in all_ops()}
    assert all(sampler.__doc__ for sampler in all_samplers().values())


def test_ids_are_unique_and_name_op_dtype_and_check() -> None:
    tests = list(all_tests())
    assert len({t.id for t in tests}) == len(tests)
    assert {t.check for t in tests} == set(CHECKS)
    assert {(t.op.name, t.dtype) for t in tests} == {
        (o.name, d) for o in all_ops() for d in o.dtypes
    }
    assert "softmax-float32-special_values" in {t.id for t in tests}


@pytest.mark.parametrize("op", [op.name for op in all_ops()])
def test_samples_keep_to_the_definition(op: str) -> None:
    """No sample of any dtype makes the definition raise; arrays have the dtype of the case."""
    for dtype in get(op).dtypes:
        for seed in range(SEEDS):
            arrays, attrs = all_samplers()[op](draw(get(op), dtype, seed))
            case = Case(get(op), dtype, arrays, attrs)
            floating = {a.dtype for a in arrays if a is not None and a.dtype.kind not in "biu"}
            if dtypes.is_inexact(dtype):
                assert floating <= {dtypes.numpy_dtype(dtype)}, case.describe()
            assert isinstance(run_definition(case), tuple), case.describe()


@pytest.mark.parametrize("op", [op.name for op in all_ops()])
def test_all_attributes_and_optional_arrays_are_given(op: str) -> None:
    parameters = get(op).signature.parameters.values()
    keywords = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
    for seed in range(SEEDS):
        _, attrs = all_samplers()[op](draw(get(op), get(op).dtypes[0], seed))
        assert set(attrs) == keywords


@pytest.mark.parametrize("op", ["exp", "logical_not"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_shape_that_is_asked_for_is_given(op: str, shape: tuple[int, ...]) -> None:
    (x,), _ = all_samplers()[op](draw(get(op), get(op).dtypes[0], 0, shape=shape))
    assert x is not None
    assert x.shape == shape


@pytest.mark.parametrize("op", ["softmax", "layer_norm", "matmul", "concat", "take"])
def test_a_shape_is_padded_to_what_the_op_needs(op: str) -> None:
    for shape in SHAPES:
        arrays, _ = all_samplers()[op](draw(get(op), "float32", 0, shape=shape))
        assert arrays[0] is not None
        assert arrays[0].ndim >= 1


def test_a_domain_is_kept_and_its_ends_are_approached() -> None:
    for op in all_ops():
        for position, (low, high) in enumerate(op.domain):
            for seed in range(SEEDS):
                (x, *_), _ = all_samplers()[op.name](draw(op, "float32", seed, styles=values.MILD))
                if position == 0 and x is not None:
                    assert np.all((x >= low) & (x <= high)), op.name


@pytest.mark.parametrize("dtype", dtypes.STORABLE)
@pytest.mark.parametrize("style", [*values.STYLES, "special", "moderate_special", "unit"])
def test_every_style_fills_every_dtype(dtype: str, style: str) -> None:
    generator = np.random.default_rng(0)
    for shape in ((), (0,), (7,), (300, 3)):
        found = values.fill(generator, shape, dtype, style)
        assert found.shape == shape
        assert dtypes.name_of(found.dtype) == dtype
        if style in values.MILD and dtypes.is_inexact(dtype):
            assert np.all(np.isfinite(found))


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_special_values_are_all_there(dtype: str) -> None:
    form, found = dtypes.format_of(dtype), values.specials(dtype).astype(np.float64)
    wanted = [np.inf, -np.inf, form.max, -form.max, form.smallest_normal, form.smallest_subnormal,
              1.0, 1 + 2.0 ** (1 - form.p), 0.5, -1.0]  # fmt: skip
    assert set(wanted) <= set(found)
    assert np.any(np.isnan(found))
    assert {bool(s) for s in np.signbit(found[found == 0])} == {True, False}


@pytest.mark.parametrize("dtype", dtypes.INTEGER)
def test_the_ends_of_integers_are_all_there(dtype: str) -> None:
    info = np.iinfo(dtype)
    assert {0, 1, info.min, info.max, info.max - 1} <= set(values.specials(dtype).tolist())


def test_no_random_cases_are_drawn_where_none_are_asked_for() -> None:
    test = Test(get("exp"), "float32", "random")
    assert randoms.judgements_of(test, lambda case: Judgement(case, "pass"), 0, 0) == []


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_the_seed_decides_on_every_case(seed: int) -> None:
    test = Test(get("softmax"), "float32", "shapes")
    one, again, other = (
        [case.digest() for case in checks.cases(test, s)] for s in (seed, seed, seed + 1)
    )
    assert one == again
    assert one != other


DIGESTS = """
import hashlib
from tensorcts.conformance.checks import all_tests, cases
state = hashlib.sha256()
for test in list(all_tests())[::29]:
    for case in cases(test, 5):
        state.update(case.digest())
print(state.hexdigest())
"""


def test_cases_are_the_same_in_any_process() -> None:
    """Python's hashes are salted anew in each process; no case may depend on them."""
    found = {
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={"PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        ).stdout
        for salt in ("0", "1", "random")
    }
    assert len(found) == 1


def test_random_cases_follow_the_seed(judged: Any) -> None:
    one, again, other = (
        [(r.ulp, r.z, r.cases) for r in judged("numpy", "gelu-float32-random", seed=s)]
        for s in (3, 3, 4)
    )
    assert one == again
    assert one != other


def test_a_digest_knows_all_that_the_truth_depends_on() -> None:
    x, y = np.array([1.0, 0.0], np.float32), np.array([1.0, -0.0], np.float32)
    cases = [
        Case(get("softmax"), "float32", (x,), {"axis": 0}),
        Case(get("softmax"), "float32", (y,), {"axis": 0}),
        Case(get("softmax"), "float32", (x,), {"axis": -1}),
        Case(get("log_softmax"), "float32", (x,), {"axis": 0}),
        Case(get("softmax"), "float32", (x.reshape(1, 2),), {"axis": 0}),
        Case(get("linear"), "float32", (x, x, None)),
        Case(get("linear"), "float32", (x, x, x)),
    ]
    assert len({case.digest() for case in cases}) == len(cases)
    laid = Case(get("softmax"), "float32", (x,), {"axis": 0}, "reversed")
    assert laid.digest() == cases[0].digest()


@pytest.mark.parametrize("op", ["take", "gather", "scatter", "scatter_add"])
def test_indices_are_negative_and_duplicate_now_and_then(op: str) -> None:
    seen = []
    for seed in range(SEEDS):
        arrays, _ = all_samplers()[op](draw(get(op), "float32", seed))
        assert arrays[1] is not None
        seen.append(arrays[1])
    assert any(np.any(i < 0) for i in seen)
    assert any(i.size > np.unique(i).size for i in seen)
    assert {str(i.dtype) for i in seen} == {"int32", "int64"}


def test_essentials_keep_to_the_definition_and_are_tried_by_every_seed() -> None:
    for (name, check), essentials in all_essentials().items():
        for seed in range(SEEDS):
            op, dtype = get(name), checks.usual_dtype(get(name))
            drawn = essentials(draw(op, dtype, seed, styles=values.MILD[:1]))
            samples = [Case(op, dtype, arrays, attrs) for arrays, attrs in drawn]
            assert all(isinstance(run_definition(case), tuple) for case in samples)
            test = Test(op, dtype, check)
            tried = set(map(_told, checks.cases(test, seed)))
            assert set(map(_told, samples)) <= tried


def _told(case: Case) -> tuple[Any, ...]:
    """What tells essentials from each other: attributes, which arrays there are, and masks."""
    arrays = [a for a in case.arrays if a is not None and case.dtype != "bool"]
    masks = [a.tobytes() for a in arrays if a.dtype == bool]
    return case.attributes, tuple(a is None for a in case.arrays), tuple(masks)


def test_every_usual_contraction_is_tried() -> None:
    cases = checks.cases(Test(get("einsum"), "float32", "shapes"), 1)
    assert set(EQUATIONS) <= {case.attrs["subscripts"] for case in cases}


@pytest.mark.parametrize("seed", range(4))
def test_no_grouping_of_a_contraction_decides_where_infinities_meet(seed: int) -> None:
    for case in checks.cases(Test(get("einsum"), "float32", "special_values"), seed):
        subscripts, count = case.attrs["subscripts"], len(case.arrays)
        pairs = [[(0, 1)] * (count - 1), [(k - 2, k - 1) for k in range(count, 1, -1)]]
        with np.errstate(all="ignore"):
            once = np.isnan(np.einsum(subscripts, *case.arrays))
            for path in pairs if count > 1 else []:
                grouped = np.einsum(subscripts, *case.arrays, optimize=["einsum_path", *path])
                assert np.array_equal(once, np.isnan(grouped)), case.describe()
