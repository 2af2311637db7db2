// Bounds for real dtypes. x != x holds for NaN alone.
A raised(A x, A low) { return x > low || x != x ? x : low; }
A lowered(A x, A high) { return x < high || x != x ? x : high; }

BINARY(op_clip_below, raised(x, y))
BINARY(op_clip_above, lowered(x, y))
TERNARY(op_clip, lowered(raised(x, y), w))
BINARY(op_fmax, x != x ? y : y != y ? x : x > y ? x : y)
BINARY(op_fmin, x != x ? y : y != y ? x : x < y ? x : y)
