// Complex functions: x.x + i·x.y, R the type of a part. Kahan's formulas (1987), whose terms do not
// cancel; where an intermediate result would overflow, the halves of an exponent or a scale by a power
// of two stand in. The signs of zero parts choose the side of a cut.
#if defined(DTYPE_complex128)
#define EXPONENT 700 // exp and cosh of what lies below do not overflow
#define SQUARABLE ((R)1e150)
#else
#define EXPONENT 80
#define SQUARABLE ((R)1e15)
#endif
#define HALF_PI ((R)1.57079632679489661923)
#define LOG_2 ((R)0.69314718055994530942)

// i·x and -i·x
A turned(A x) { return (A)(-x.y, x.x); }
A turned_back(A x) { return (A)(x.y, -x.x); }
A direction(R angle) { return (A)(cos(angle), sin(angle)); }

A exp_times(R a, A factor)
{
    if (a <= EXPONENT)
        return exp(a) * factor;
    R half_way = exp(a / 2);
    return half_way * factor * half_way;
}

A c_exp(A x) { return x.y == 0 ? (A)(exp(x.x), x.y) : exp_times(x.x, direction(x.y)); }

A c_sinh(A x)
{
    A d = direction(x.y);
    if (fabs(x.x) <= EXPONENT)
        return (A)(sinh(x.x) * d.x, cosh(x.x) * d.y);
    A e = exp_times(fabs(x.x), d / 2);
    return (A)(copysign((R)1, x.x) * e.x, e.y);
}

A c_cosh(A x)
{
    A d = direction(x.y);
    if (fabs(x.x) <= EXPONENT)
        return (A)(cosh(x.x) * d.x, sinh(x.x) * d.y);
    A e = exp_times(fabs(x.x), d / 2);
    return (A)(e.x, copysign((R)1, x.x) * e.y);
}

A c_tanh(A x)
{
    if (fabs(x.x) > 20) {
        A d = direction(x.y);
        return (A)(copysign((R)1, x.x), 4 * d.x * d.y * exp(-2 * fabs(x.x)));
    }
    R t = tan(x.y), s = sinh(x.x), b = 1 + t * t, below = 1 + b * s * s;
    return (A)(b * cosh(x.x) * s / below, t / below);
}

R log_modulus(A x)
{
    R a = fmax(fabs(x.x), fabs(x.y)), b = fmin(fabs(x.x), fabs(x.y));
    if (a >= (R)0.5 && a <= 2)
        return log1p((a - 1) * (a + 1) + b * b) / 2;
    if (a == 0 || (a < SQUARABLE && a > 1 / SQUARABLE))
        return log(hypot(a, b));
    int k = ilogb(a);
    return log(hypot(ldexp(a, -k), ldexp(b, -k))) + k * LOG_2;
}

A c_log(A x) { return (A)(log_modulus(x), atan2(x.y, x.x)); }

A c_sqrt(A x)
{
    R a = fabs(x.x), b = fabs(x.y), most = fmax(a, b);
    if (most == 0)
        return (A)(0, x.y);
    int k = most < SQUARABLE && most > 1 / SQUARABLE ? 0 : ilogb(most) / 2;
    a = ldexp(a, -2 * k), b = ldexp(b, -2 * k);
    R t = sqrt((a + hypot(a, b)) / 2), other = b / (2 * t);
    t = ldexp(t, k), other = ldexp(other, k);
    return x.x >= 0 ? (A)(t, copysign(other, x.y)) : (A)(other, copysign(t, x.y));
}

A c_asin(A x)
{
    A s = c_sqrt((A)(1 - x.x, -x.y)), t = c_sqrt((A)(1 + x.x, x.y));
    return (A)(atan2(x.x, s.x * t.x - s.y * t.y), asinh(s.x * t.y - s.y * t.x));
}

A c_acos(A x)
{
    A s = c_sqrt((A)(1 - x.x, -x.y)), t = c_sqrt((A)(1 + x.x, x.y));
    return (A)(2 * atan2(s.x, t.x), asinh(t.x * s.y - t.y * s.x));
}

A c_acosh(A x)
{
    A s = c_sqrt((A)(x.x - 1, x.y)), t = c_sqrt((A)(x.x + 1, x.y));
    return (A)(asinh(s.x * t.x + s.y * t.y), 2 * atan2(s.y, t.x));
}

// To the right of the imaginary axis, where nothing cancels.
A atanh_right(A x)
{
    R size = hypot(x.x, x.y);
    if (size > SQUARABLE)
        return (A)(x.x / size / size, copysign(HALF_PI, x.y));
    R off = 1 - x.x;
    return (A)(log1p(4 * x.x / (off * off + x.y * x.y)) / 4,
               atan2(2 * x.y, off * (1 + x.x) - x.y * x.y) / 2);
}

A c_atanh(A x) { return signbit(x.x) ? -atanh_right(-x) : atanh_right(x); }

A c_pow(A x, A y)
{
    if (x.x == 0 && x.y == 0)
        return y.x == 0 && y.y == 0 ? (A)(1, 0) : (A)(y.x > 0 ? (R)0 : (R)NAN, 0);
    return c_exp(times(y, c_log(x)));
}

UNARY(op_exp, c_exp(x))
UNARY(op_log, c_log(x))
UNARY(op_sqrt, c_sqrt(x))
UNARY(op_sinh, c_sinh(x))
UNARY(op_cosh, c_cosh(x))
UNARY(op_tanh, c_tanh(x))
UNARY(op_sin, turned_back(c_sinh(turned(x))))
UNARY(op_cos, c_cosh(turned(x)))
UNARY(op_tan, turned_back(c_tanh(turned(x))))
UNARY(op_asin, c_asin(x))
UNARY(op_acos, c_acos(x))
UNARY(op_acosh, c_acosh(x))
UNARY(op_atanh, c_atanh(x))
UNARY(op_asinh, turned_back(c_asin(turned(x))))
UNARY(op_atan, turned_back(c_atanh(turned(x))))
BINARY(op_pow, c_pow(x, y))

kernel void op_angle(global const S *px, global R *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A x = load(px, at(&l, 0, i));
        pz[i] = atan2(x.y, x.x);
    }
}

kernel void op_complex(global const R *px, global const R *py, global S *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[i] = (A)(px[at(&l, 0, i)], py[at(&l, 1, i)]);
}
