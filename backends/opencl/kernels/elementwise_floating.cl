// Elementwise ops of real floating dtypes.
BINARY(op_add, x + y)
BINARY(op_subtract, x - y)
BINARY(op_multiply, x * y)
BINARY(op_divide, x / y)
BINARY(op_pow, pow(x, y))
BINARY(op_atan2, atan2(x, y))

UNARY(op_negative, -x)
UNARY(op_abs, fabs(x))
UNARY(op_sqrt, sqrt(x))
UNARY(op_exp, exp(x))
UNARY(op_expm1, expm1(x))
UNARY(op_log, log(x))
UNARY(op_log1p, log1p(x))
UNARY(op_sin, sin(x))
UNARY(op_cos, cos(x))
UNARY(op_tan, tan(x))
UNARY(op_asin, asin(x))
UNARY(op_acos, acos(x))
UNARY(op_atan, atan(x))
UNARY(op_sinh, sinh(x))
UNARY(op_cosh, cosh(x))
UNARY(op_tanh, tanh(x))
UNARY(op_asinh, asinh(x))
UNARY(op_acosh, acosh(x))
UNARY(op_atanh, atanh(x))

UNARY(op_relu, x <= 0 ? (A)0 : x)

// Each of these has the limit 0 at -inf, where the formula would give NaN.
#define SQRT_HALF ((A)0.70710678118654752440)
#define SQRT_2_OVER_PI ((A)0.79788456080286535588)
UNARY(op_gelu, x == -INFINITY ? (A)0 : (A)0.5 * x * erfc(-x * SQRT_HALF))

// ½·(1 + tanh u) cancels for u < 0, where it is computed as 1/(1 + exp(-2u)).
A tanh_gate(A u) { return u > (A)-0.5 ? (A)0.5 * (1 + tanh(u)) : 1 / (1 + exp(-2 * u)); }
UNARY(op_gelu_tanh,
      x == -INFINITY ? (A)0 : x * tanh_gate(SQRT_2_OVER_PI * (x + (A)0.044715 * (x * x * x))))

UNARY(op_silu, x == -INFINITY ? (A)0 : x / (1 + exp(-x)))
