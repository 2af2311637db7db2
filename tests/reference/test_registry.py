"""The registry has no holes: every op is named, typed and specified in the fixed form."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest

from tensorcts.reference import dtypes, ops, registry
from tensorcts.reference.ops import definitions
from tensorcts.reference.registry import Aliasing, Op, Result, UnknownOpError, all_ops

OPS = [pytest.param(o, id=o.name) for o in all_ops()]
LABELS = ("Semantics", "Constraints", "Special values", "Gradient", "Kinks", "Source")
every_op = pytest.mark.parametrize("op", OPS)


@every_op
def test_name_is_the_function_s_and_stands_in_its_family_s_module(op: Op) -> None:
    assert op.name == op.function.__name__
    assert op.family == op.function.__module__.rpartition(".")[2]
    assert getattr(definitions, op.name) is op.function


@every_op
def test_text_is_in_the_fixed_form(op: Op) -> None:
    assert re.fullmatch(r"[^\n].*[.:]", op.summary), "the first paragraph is a sentence"
    assert len(op.text.splitlines()) <= 20
    found = [label for label in re.findall(r"^([A-Z][a-z ]+):", op.text, re.M) if label in LABELS]
    assert found == [label for label in LABELS if label in found], "labels in order, once each"
    assert "Source" in found
    assert "Special values" in found or "Constraints" in found
    assert "Gradient" in found or not op.differentiable


@every_op
def test_constraints_are_numbered(op: Op) -> None:
    numbers = [int(n) for n in re.findall(r"\(C(\d+)\)", op.text)]
    assert numbers == list(range(1, len(numbers) + 1))


@every_op
def test_dtypes_are_known(op: Op) -> None:
    assert op.dtypes and set(op.dtypes) <= set(dtypes.STORABLE)
    assert len(set(op.dtypes)) == len(op.dtypes)
    results = op.result if isinstance(op.result, tuple) else (op.result,)
    assert set(results) <= set(get_args(Result)) and op.aliases in get_args(Aliasing)


@every_op
def test_result_dtype_follows(op: Op) -> None:
    for dtype in op.dtypes:
        for output in range(len(op.result) if isinstance(op.result, tuple) else 1):
            assert op.result_dtype(dtype, {"dtype": "int32"}, output) in dtypes.STORABLE
    assert (op.result == "dtype") == ("dtype" in op.signature.parameters)


@every_op
def test_parameters_are_arrays_then_attributes_without_defaults(op: Op) -> None:
    kinds = inspect.Parameter
    for parameter in op.signature.parameters.values():
        assert parameter.kind is not kinds.VAR_KEYWORD
        if parameter.kind is kinds.KEYWORD_ONLY:
            assert parameter.default is kinds.empty, f"{parameter.name} has a default"
        elif parameter.default is not kinds.empty:
            assert parameter.default is None, f"{parameter.name} is optional: None"
    assert set(op.lifted) <= set(op.signature.parameters)


@every_op
def test_domains_are_intervals_of_array_arguments(op: Op) -> None:
    assert all(low < high for low, high in op.domain)
    assert op.domain_of(99) == (-float("inf"), float("inf"))


@every_op
def test_differentiable_ops_have_a_floating_or_complex_dtype(op: Op) -> None:
    assert not op.differentiable or set(op.dtypes) & {*dtypes.FLOATING, *dtypes.COMPLEX}


@every_op
def test_choices_are_named_in_the_text_and_offer_a_choice(op: Op) -> None:
    for choice in op.choices:
        assert choice.trait in re.sub(r"\s+", " ", op.text)
        assert len(choice.options) > 1
        assert choice.default in choice.options


@every_op
def test_the_source_is_the_definition(op: Op) -> None:
    assert f"def {op.name}(" in op.source


def test_names_and_other_names_are_unique() -> None:
    names = [name for op in all_ops() for name in (op.name, *op.also_known_as)]
    assert len(names) == len(set(names))


def test_every_public_function_of_a_family_is_an_op() -> None:
    folder = Path(inspect.getfile(ops)).parent
    families = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert families == {op.family for op in all_ops()}
    for family in families:
        module: ModuleType = getattr(ops, family)
        own = {name for name, value in vars(module).items()
               if inspect.isfunction(value) and value.__module__ == module.__name__
               and not name.startswith("_")}  # fmt: skip
        assert own == {op.name for op in all_ops() if op.family == family}


def test_definitions_holds_every_op() -> None:
    assert set(vars(definitions)) == {op.name for op in all_ops()}


def test_definitions_stay_within_numpy() -> None:
    """No definition strips an interpreter off, and none updates in place."""
    for op in all_ops():
        assert not re.search(r"np\.(as)?array\((?!innermost)|\bout=|\.astype\(", op.source)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("permute", "permute_dims"), ("sofmax", "softmax"), ("mul", "multiply"), ("cat", "concat"),
     ("layernorm", "layer_norm"), ("sdpa", "scaled_dot_product_attention"), ("logistic", "sigmoid"),
     ("transpose", "permute_dims"), ("scatteradd", "scatter_add")],
)  # fmt: skip
def test_an_unknown_op_suggests_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(UnknownOpError, match=rf"unknown op '{wrong}'; did you mean {right}\b"):
        registry.get(wrong)


def test_an_unknown_op_that_resembles_nothing() -> None:
    with pytest.raises(UnknownOpError, match="^unknown op 'qqq'$"):
        registry.get("qqq")


def test_an_op_is_defined_once() -> None:
    def softmax(x: Any) -> Any:
        return x

    with pytest.raises(ValueError, match="op 'softmax' is defined twice"):
        registry.op(dtypes=("float32",))(softmax)
    assert registry.get("softmax").function is definitions.softmax
