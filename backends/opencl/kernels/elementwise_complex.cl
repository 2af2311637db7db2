// Elementwise ops of complex dtypes; R is the type of a part.
A quotient(A x, A y)
{
    // Smith's algorithm: scaled by the larger part, so that |y|^2 neither over- nor underflows.
    if (y.x == 0 && y.y == 0)
        return (A)(x.x / fabs(y.x), x.y / fabs(y.x));
    if (fabs(y.x) >= fabs(y.y)) {
        R ratio = y.y / y.x, scale = y.x + y.y * ratio;
        return (A)((x.x + x.y * ratio) / scale, (x.y - x.x * ratio) / scale);
    }
    R ratio = y.x / y.y, scale = y.x * ratio + y.y;
    return (A)((x.x * ratio + x.y) / scale, (x.y * ratio - x.x) / scale);
}

BINARY(op_add, x + y)
BINARY(op_subtract, x - y)
BINARY(op_multiply, times(x, y))
BINARY(op_divide, quotient(x, y))
UNARY(op_negative, -x)
UNARY(op_conj, (A)(x.x, -x.y))
COMPARISON(op_equal, x.x == y.x && x.y == y.y)
COMPARISON(op_not_equal, x.x != y.x || x.y != y.y)

kernel void op_abs(global const S *px, global R *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A x = load(px, at(&l, 0, i));
        pz[i] = hypot(x.x, x.y);
    }
}
