// Elementwise ops of integer dtypes. Arithmetic runs in the unsigned type W, so that it wraps.
BINARY(op_add, (S)((W)x + (W)y))
BINARY(op_subtract, (S)((W)x - (W)y))
BINARY(op_multiply, (S)((W)x * (W)y))
UNARY(op_negative, (S)(0 - (W)x))

// x // 0 and x % 0 are 0. The divisor is replaced before it divides: 0 and smallest // -1 trap on
// some processors, also in a lane that is masked out.
#if defined(SIGNED)
UNARY(op_abs, x < 0 ? (S)(0 - (W)x) : x)

S floor_quotient(S x, S y)
{
    S divisor = y == 0 || y == -1 ? 1 : y;
    S quotient = x / divisor;
    quotient -= x % divisor != 0 && (x < 0) != (divisor < 0);
    return y == 0 ? 0 : y == -1 ? (S)(0 - (W)x) : quotient;
}

S floor_rest(S x, S y)
{
    S divisor = y == 0 || y == -1 ? 1 : y;
    S rest = x % divisor;
    return rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest;
}
#else
UNARY(op_abs, x)
S floor_quotient(S x, S y) { return y == 0 ? 0 : x / (y == 0 ? 1 : y); }
S floor_rest(S x, S y) { return x % (y == 0 ? 1 : y); }
#endif
BINARY(op_floor_divide, floor_quotient(x, y))
BINARY(op_remainder, floor_rest(x, y))
