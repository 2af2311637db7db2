"""Every op of the suite, family by family; importing this module fills the registry."""

from tensorcts.reference.ops.activations import gelu, gelu_tanh, relu, silu
from tensorcts.reference.ops.arithmetic import (
    abs,
    add,
    divide,
    floor_divide,
    multiply,
    negative,
    remainder,
    sqrt,
    subtract,
)
from tensorcts.reference.ops.attentions import scaled_dot_product_attention
from tensorcts.reference.ops.casts import astype
from tensorcts.reference.ops.comparisons import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    maximum,
    minimum,
    not_equal,
    where,
)
from tensorcts.reference.ops.contractions import einsum, linear, matmul
from tensorcts.reference.ops.creation import arange, eye, full, linspace, ones, zeros
from tensorcts.reference.ops.exponentials import exp, expm1, log, log1p, pow
from tensorcts.reference.ops.hyperbolics import acosh, asinh, atanh, cosh, sinh, tanh
from tensorcts.reference.ops.indexing import (
    embedding,
    gather,
    masked_select,
    scatter,
    scatter_add,
    take,
)
from tensorcts.reference.ops.joining import concat, split, stack
from tensorcts.reference.ops.logicals import logical_and, logical_not, logical_or, logical_xor
from tensorcts.reference.ops.normalizations import layer_norm, log_softmax, rms_norm, softmax
from tensorcts.reference.ops.positions import rotary_embedding
from tensorcts.reference.ops.reductions import all, any, argmax, argmin, max, mean, min, prod, sum, var
from tensorcts.reference.ops.shaping import (
    broadcast_to,
    expand_dims,
    flatten,
    permute_dims,
    reshape,
    squeeze,
)
from tensorcts.reference.ops.trigonometrics import acos, asin, atan, atan2, cos, sin, tan

