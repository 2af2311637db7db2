// Elementwise ops of bool, stored as 0 or 1.
COMPARISON(op_equal, x == y)
COMPARISON(op_not_equal, x != y)
COMPARISON(op_logical_and, x && y)
COMPARISON(op_logical_or, x || y)
COMPARISON(op_logical_xor, x != y)
UNARY(op_logical_not, x ? 0 : 1)
