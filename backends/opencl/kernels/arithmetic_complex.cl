// Arithmetic of complex dtypes; R is the type of a part.
UNARY(op_square, times(x, x))
UNARY(op_sign, x.x == 0 && x.y == 0 ? (A)(0, 0) : x / hypot(x.x, x.y))
PREDICATE(op_isnan, isnan(x.x) || isnan(x.y))
PREDICATE(op_isinf, isinf(x.x) || isinf(x.y))
PREDICATE(op_isfinite, isfinite(x.x) && isfinite(x.y))
