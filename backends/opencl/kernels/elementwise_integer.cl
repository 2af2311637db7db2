// Elementwise ops of integer dtypes. Arithmetic runs in the unsigned type W, so that it wraps.
BINARY(op_add, (S)((W)x + (W)y))
BINARY(op_subtract, (S)((W)x - (W)y))
BINARY(op_multiply, (S)((W)x * (W)y))
UNARY(op_negative, (S)(0 - (W)x))
#if defined(SIGNED)
UNARY(op_abs, x < 0 ? (S)(0 - (W)x) : x)
#else
UNARY(op_abs, x)
#endif
