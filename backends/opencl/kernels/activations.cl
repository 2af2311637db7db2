// Activations of one array; p and q are the attributes, in the order of the op's signature.
#define PARAMETRIC(name, expression)                                               \
    kernel void name(global const S *px, global S *pz, Layout l, A p, A q)         \
    {                                                                              \
        long i = get_global_id(0);                                                 \
        if (i < l.size) {                                                          \
            A x = load(px, at(&l, 0, i));                                          \
            store(pz, i, expression);                                              \
        }                                                                          \
    }

#define SELU_ALPHA ((A)1.67326324235437728482)
#define SELU_SCALE ((A)1.05070098735548049342)

UNARY(op_relu, rectified(x))
UNARY(op_gelu, gelu(x))
UNARY(op_gelu_tanh, gelu_tanh(x))
UNARY(op_silu, swish(x, 1))
UNARY(op_sigmoid, sigmoid(x))
UNARY(op_log_sigmoid, -log_one_plus_exp(-x))
UNARY(op_mish, x == -INFINITY ? (A)0 : x * tanh(log_one_plus_exp(x)))
UNARY(op_softsign, isinf(x) ? copysign((A)1, x) : x / (1 + fabs(x)))
UNARY(op_tanhshrink, x - tanh(x))
UNARY(op_selu, SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1(x)))
UNARY(op_relu6, x <= 0 ? (A)0 : x >= 6 ? (A)6 : x)
UNARY(op_hardsigmoid, x <= -3 ? (A)0 : x >= 3 ? (A)1 : (x + 3) / 6)
UNARY(op_hardswish, x <= -3 ? (A)0 : x >= 3 ? x : x * ((x + 3) / 6))

PARAMETRIC(op_swish, swish(x, p))
PARAMETRIC(op_softplus, p * x > q ? x : log_one_plus_exp(p * x) / p)
PARAMETRIC(op_leaky_relu, x > 0 ? x : p * x)
PARAMETRIC(op_elu, x > 0 ? x : p * expm1(x))
PARAMETRIC(op_celu, x > 0 ? x : p * expm1(x / p))
PARAMETRIC(op_hardtanh, x <= p ? p : x >= q ? q : x)
PARAMETRIC(op_threshold, x <= p ? q : x)
PARAMETRIC(op_hardshrink, x >= -p && x <= p ? (A)0 : x)
PARAMETRIC(op_softshrink, x >= -p && x <= p ? (A)0 : x > p ? x - p : x < -p ? x + p : x)
