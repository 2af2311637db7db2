// Arithmetic of integer dtypes.
UNARY(op_floor, x)
UNARY(op_ceil, x)
UNARY(op_trunc, x)
UNARY(op_round, x)
UNARY(op_square, (S)((W)x * (W)x))
PREDICATE(op_isnan, false)
PREDICATE(op_isinf, false)
PREDICATE(op_isfinite, true)

// What is divided by 0 is 0, and so is its remainder. The divisor is replaced before it divides: 0
// and smallest / -1 trap on some processors, also in a lane that is masked out.
#if defined(SIGNED)
UNARY(op_sign, (S)((x > 0) - (x < 0)))

S safe(S y) { return y == 0 || y == -1 ? 1 : y; }
S quotient(S x, S y) { return y == 0 ? 0 : y == -1 ? (S)(0 - (W)x) : x / safe(y); }
S rest(S x, S y) { return x % safe(y); }
int unlike(S x, S y) { return rest(x, y) != 0 && (x < 0) != (y < 0); }

BINARY(op_floor_divide, (S)(quotient(x, y) - unlike(x, y)))
BINARY(op_remainder, (S)(unlike(x, y) ? rest(x, y) + y : rest(x, y)))
#else
UNARY(op_sign, x != 0)

S quotient(S x, S y) { return y == 0 ? 0 : x / (y == 0 ? 1 : y); }
S rest(S x, S y) { return x % (y == 0 ? 1 : y); }

BINARY(op_floor_divide, quotient(x, y))
BINARY(op_remainder, rest(x, y))
#endif
BINARY(op_trunc_divide, quotient(x, y))
BINARY(op_fmod, rest(x, y))
