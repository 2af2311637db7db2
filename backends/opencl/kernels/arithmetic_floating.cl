// Arithmetic of real floating dtypes.
UNARY(op_sign, x != x ? x : (A)((x > 0) - (x < 0)))
UNARY(op_floor, floor(x))
UNARY(op_ceil, ceil(x))
UNARY(op_trunc, trunc(x))
UNARY(op_round, rint(x))
UNARY(op_frac, x - trunc(x))
UNARY(op_square, x * x)
UNARY(op_reciprocal, 1 / x)
UNARY(op_rsqrt, rsqrt(x))
UNARY(op_cbrt, cbrt(x))
BINARY(op_hypot, hypot(x, y))
BINARY(op_copysign, copysign(x, y))

PREDICATE(op_signbit, signbit(x))
PREDICATE(op_isnan, isnan(x))
PREDICATE(op_isinf, isinf(x))
PREDICATE(op_isfinite, isfinite(x))

// Quotient and remainder as Python has them: the remainder is exact and decides on the quotient.
A floor_quotient(A x, A y)
{
    if (y == 0)
        return x / y;
    A rest = fmod(x, y), quotient = (x - rest) / y;
    if (rest != 0 && (rest < 0) != (y < 0))
        quotient -= 1;
    if (quotient == 0)
        return copysign((A)0, x / y);
    A down = floor(quotient);
    return quotient - down > (A)0.5 ? down + 1 : down;
}

A floor_rest(A x, A y)
{
    A rest = fmod(x, y);
    if (rest == 0)
        return copysign((A)0, y);
    return (rest < 0) != (y < 0) ? rest + y : rest;
}

BINARY(op_floor_divide, floor_quotient(x, y))
BINARY(op_remainder, floor_rest(x, y))
BINARY(op_fmod, fmod(x, y))

TERNARY(op_fma, fma(x, y, w))
// From the nearer end, so that both are met exactly.
TERNARY(op_lerp, fabs(w) < (A)0.5 ? x + w * (y - x) : y - (1 - w) * (y - x))

kernel void op_addcmul(global const S *px, global const S *py, global const S *pw, global S *pz,
                       Layout l, A value)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A product = value * load(py, at(&l, 1, i)) * load(pw, at(&l, 2, i));
        store(pz, i, load(px, at(&l, 0, i)) + product);
    }
}

kernel void op_nan_to_num(global const S *px, global S *pz, Layout l, A nan_, A posinf, A neginf)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A x = load(px, at(&l, 0, i));
        store(pz, i, x != x ? nan_ : x == INFINITY ? posinf : x == -INFINITY ? neginf : x);
    }
}

kernel void op_isclose(global const S *px, global const S *py, global uchar *pz, Layout l,
                       A rtol, A atol, int equal_nan)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A x = load(px, at(&l, 0, i)), y = load(py, at(&l, 1, i));
        int near = isfinite(x) && isfinite(y) && fabs(x - y) <= atol + rtol * fabs(y);
        pz[i] = near || x == y || (equal_nan && x != x && y != y);
    }
}

// The bits of a number, its sign aside, count up with its size.
S next(S bits, S toward, A x, A y)
{
#if defined(DTYPE_float16) || defined(DTYPE_bfloat16)
    if (x != x)
        return bits;
    if (y != y || x == y)
        return toward;
    if (x == 0)
        return (toward & 0x8000) | 1;
    return (x < y) == (x > 0) ? bits + 1 : bits - 1;
#else
    return nextafter(bits, toward);
#endif
}

kernel void op_nextafter(global const S *px, global const S *py, global S *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size) {
        long at_x = at(&l, 0, i), at_y = at(&l, 1, i);
        pz[i] = next(px[at_x], py[at_y], load(px, at_x), load(py, at_y));
    }
}

kernel void op_frexp(global const S *px, global S *pz, global int *exponents, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A x = load(px, at(&l, 0, i));
        int exponent;
        store(pz, i, frexp(x, &exponent));
        exponents[i] = isfinite(x) ? exponent : 0;
    }
}

kernel void op_ldexp(global const S *px, global const int *exponents, global S *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        store(pz, i, ldexp(load(px, at(&l, 0, i)), exponents[at(&l, 1, i)]));
}
