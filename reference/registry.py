"""The op registry: every op is a plain NumPy function, registered beside its definition."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, ParamSpec, TypeVar

import numpy as np

from tensorcts.reference import dtypes

P = ParamSpec("P")
R = TypeVar("R")

Result = Literal["same", "bool", "index", "int32", "real", "complex", "dtype"]
"""How an output's dtype follows from the arguments:

``same``     the dtype that the op is called in
``bool``     bool
``index``    int64, or the ``index_dtype`` that a backend declares
``int32``    int32
``real``     the component dtype of a complex dtype, else the dtype itself
``complex``  the complex dtype whose component the dtype is
``dtype``    what the attribute ``dtype`` says
"""

Aliasing = Literal["never", "may", "always"]
"""Whether a result shares its first argument's memory, on a backend that has views:

``never``   it is memory of its own
``may``     as the backend likes, but all of it or nothing
``always``  it is a view: what is written to one is read from the other
"""

Real = float | int
"""Annotation of an attribute that stands for a real number of the definition (``start``, ``stop``):
an interpreter lifts it to its own kind of number."""


@dataclass(frozen=True)
class _Marker:
    text: str

    def __repr__(self) -> str:
        return self.text


DEFINED = _Marker("as defined")
"""The option of a choice that is what the definition itself computes."""

RAISES = _Marker("an error")
"""The option of a choice that refuses the arguments as a whole."""


@dataclass(frozen=True)
class AnyOf:
    """The option of a choice that admits several results: whole arrays, each as good as another.

    ``own_dtype`` gives ``arrays`` the arguments in their own dtype, not in the wide one.
    """

    arrays: Callable[..., list[Any]]
    own_dtype: bool = False


@dataclass(frozen=True)
class Instead:
    """The option of a choice by which all outputs are others, of other shapes perhaps."""

    outputs: Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class AnyWith:
    """The option of a choice that admits every result with a property.

    ``right(results, truths, *arrays, **attrs)`` marks in each output the elements that have it;
    ``truths`` are the outputs of the definition, of the shapes of the results.
    """

    right: Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class OtherArguments:
    """The option of a choice that puts other arguments in place of those given.

    ``arrays(*arrays, **attrs)`` gives them; what the definition makes of them is the result.
    """

    arrays: Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class Choice:
    """A result that is implementation-defined: the backend declares which option it takes.

    ``where(*arrays, **attrs)`` marks the output elements concerned, given the arrays in their wide
    dtypes (it broadcasts against the output); ``options`` maps each option to what may stand there:
    a number, ``DEFINED``, a function of the arguments that gives an array (or one for each output),
    ``AnyOf`` several arrays, ``AnyWith`` a property, ``Instead`` all outputs, ``OtherArguments``,
    ``RAISES``, or None (anything goes). The first option holds where a backend declares none.
    ``output`` is the one output that it speaks of, None for all.
    ``constraint`` labels the constraint of the op's text whose breach is meant, if one is.
    """

    trait: str
    text: str
    where: Callable[..., Any]
    options: Mapping[str, Any]
    output: int | None = None
    constraint: str = ""

    def concerns(self, output: int) -> bool:
        """Whether it speaks of this output."""
        return self.output in (None, output)

    @property
    def default(self) -> str:
        """The option that the definition itself takes."""
        return next(iter(self.options))


@dataclass(frozen=True)
class Op:
    """One op: its definition and the facts about it that a function can't say by itself.

    Positional parameters of the function are arrays, keyword-only ones are attributes.
    """

    name: str
    family: str
    function: Callable[..., Any]
    dtypes: tuple[str, ...]
    result: Result | tuple[Result, ...]
    choices: tuple[Choice, ...] = ()
    domain: tuple[tuple[float, float], ...] = ()
    differentiable: bool = True
    zero_sign: bool = False
    own_dtype: bool = False
    aliases: Aliasing = "never"
    also_known_as: tuple[str, ...] = ()
    lifted: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The specification text: the definition's docstring."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first sentence of the specification."""
        return self.text.split("\n\n")[0].replace("\n", " ")

    @property
    def source(self) -> str:
        """The definition itself, without its docstring."""
        return inspect.getsource(inspect.unwrap(self.function))

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature: positional parameters are arrays, keyword-only ones attributes."""
        return inspect.signature(self.function, eval_str=True)

    def domain_of(self, position: int) -> tuple[float, float]:
        """The interval on which the argument at ``position`` is defined."""
        return self.domain[position] if position < len(self.domain) else (-np.inf, np.inf)

    def result_of(self, output: int = 0) -> Result:
        """How the dtype of an output follows; of all outputs where they follow alike."""
        return self.result[output] if isinstance(self.result, tuple) else self.result

    def result_dtype(self, dtype: str, attrs: Mapping[str, Any], output: int = 0) -> str:
        """The dtype of an output when the op is called in ``dtype``."""
        match self.result_of(output):
            case "bool":
                return "bool"
            case "index":
                return "int64"
            case "int32":
                return "int32"
            case "complex":
                return dtypes.complex_of(dtype)
            case "dtype":
                return str(attrs["dtype"])
            case "real":
                return dtypes.component(dtype)
            case "same":
                return dtype


OPS: dict[str, Op] = {}

BACKWARD = ".backward"
"""What the name of an op's gradient ends in."""


def op(
    *,
    dtypes: tuple[str, ...],
    result: Result | tuple[Result, ...] = "same",
    choices: tuple[Choice, ...] = (),
    domain: tuple[tuple[float, float], ...] = (),
    differentiable: bool = True,
    zero_sign: bool = False,
    own_dtype: bool = False,
    aliases: Aliasing = "never",
    also_known_as: tuple[str, ...] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register the decorated function as the definition of the op of the same name.

    dtypes: the dtypes the op is defined for.
    result: how the result's dtype follows (see ``Result``), a tuple for outputs that differ.
    choices: its implementation-defined results.
    domain: for each array argument the closed interval it is sampled from (default: all reals).
    differentiable: whether gradients with respect to floating arguments exist.
    zero_sign: whether the sign of a zero result is part of the definition.
    own_dtype: whether the definition speaks of the numbers of a format (which is next?), so that
        it runs on arrays in their own dtype, not in the wide one.
    aliases: whether a result shares its first argument's memory (see ``Aliasing``).
    also_known_as: other libraries' names, used to suggest the right one.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        name = function.__name__
        if name in OPS:
            raise ValueError(f"op {name!r} is defined twice")
        parameters = inspect.signature(function, eval_str=False).parameters.values()
        OPS[name] = Op(
            name=name,
            family=function.__module__.rpartition(".")[2],
            function=function,
            dtypes=dtypes,
            result=result,
            choices=choices,
            domain=domain,
            differentiable=differentiable,
            zero_sign=zero_sign,
            own_dtype=own_dtype,
            aliases=aliases,
            also_known_as=also_known_as,
            lifted=tuple(p.name for p in parameters if p.annotation == "Real"),
        )
        return function

    return register


class UnknownOpError(LookupError):
    """There is no op of that name."""


def get(name: str) -> Op:
    """The op called ``name``; raises UnknownOpError that names the nearest ones.

    ``softmax.backward`` is the gradient of ``softmax`` (``gradients``).
    """
    import tensorcts.reference.ops  # noqa: F401  (fills the registry)

    if name in OPS:
        return OPS[name]
    if name.endswith(BACKWARD) and get(name.removesuffix(BACKWARD)).differentiable:
        return _gradient(name)
    near = [o.name for o in OPS.values() if name in o.also_known_as]
    near += [n for n in difflib.get_close_matches(name, OPS) if n not in near]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UnknownOpError(f"unknown op {name!r}{hint}")


@cache
def _gradient(name: str) -> Op:
    from tensorcts.reference.gradients import backward

    return backward(get(name.removesuffix(BACKWARD)))


def all_ops() -> Iterator[Op]:
    """Every op, family by family, in the order of the definitions."""
    import tensorcts.reference.ops  # noqa: F401

    yield from OPS.values()
