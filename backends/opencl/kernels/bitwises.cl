// Operations on bits, of integers and of bool, stored as 0 or 1.
BINARY(op_bitwise_and, x & y)
BINARY(op_bitwise_or, x | y)
BINARY(op_bitwise_xor, x ^ y)

#if defined(BOOLEAN)
UNARY(op_bitwise_invert, !x)
#else
UNARY(op_bitwise_invert, ~x)

// By the width or more, or backwards, all bits are shifted out.
#define WIDTH ((int)sizeof(S) * 8)
int inside(S y) { return y >= 0 && y < WIDTH; }
BINARY(op_bitwise_left_shift, inside(y) ? (S)((W)x << y) : (S)0)
#if defined(SIGNED)
BINARY(op_bitwise_right_shift, x >> (inside(y) ? y : (S)(WIDTH - 1)))
#else
BINARY(op_bitwise_right_shift, inside(y) ? x >> y : 0)
#endif
#endif
