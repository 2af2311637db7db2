// Comparison and selection for real dtypes. x != x holds for NaN alone, which fmax would drop.
COMPARISON(op_equal, x == y)
COMPARISON(op_not_equal, x != y)
COMPARISON(op_less, x < y)
COMPARISON(op_less_equal, x <= y)
COMPARISON(op_greater, x > y)
COMPARISON(op_greater_equal, x >= y)
BINARY(op_maximum, x != x ? x : y != y ? y : x > y ? x : y)
BINARY(op_minimum, x != x ? x : y != y ? y : x < y ? x : y)
