// Functions of real floating dtypes beyond the elementary ones.
#define PI ((A)3.14159265358979323846)
#define SQRT_PI ((A)1.77245385090551602730)

UNARY(op_exp2, exp2(x))
UNARY(op_log2, log2(x))
UNARY(op_log10, log10(x))
UNARY(op_erf, erf(x))
UNARY(op_erfc, erfc(x))
UNARY(op_lgamma, x > (A)1e20 ? x * (log(x) - 1) : lgamma(x)) // some builtins take x·log x first
UNARY(op_deg2rad, x * (PI / 180))
UNARY(op_rad2deg, x * (180 / PI))
UNARY(op_sinc, x == 0 ? (A)1 : sinpi(x) / (PI * x))
UNARY(op_logit, log(x / (1 - x)))
BINARY(op_xlogy, x == 0 && y == y ? (A)0 : x * log(y))

// A builtin may make 0 of a tiny logarithm, and inf · 0 is NaN.
A log_above_1(A y) { return fabs(y) < (A)1e-30 ? y : log1p(y); }
BINARY(op_xlog1py, x == 0 && y == y ? (A)0 : x * log_above_1(y))

// Equal infinities have no difference.
A log_sum(A x, A y)
{
    A highest = x > y || x != x ? x : y;
    return highest + log1p(exp(x == y ? (A)0 : -fabs(x - y)));
}
BINARY(op_logaddexp, log_sum(x, y))

// digamma to the right of 0: the recurrence ψ(x) = ψ(x + 1) - 1/x up to 10, from where on eight terms
// of the asymptotic series, B₂ₖ/(2k·x²ᵏ), leave less than 10⁻¹⁶.
A digamma_right(A x)
{
    A shift = 0;
    for (; x < 10; x += 1)
        shift += 1 / x;
    A r = 1 / (x * x);
    A series = r * ((A)(1.0 / 12) - r * ((A)(1.0 / 120) - r * ((A)(1.0 / 252)
             - r * ((A)(1.0 / 240) - r * ((A)(1.0 / 132) - r * ((A)(691.0 / 32760)
             - r * (A)(1.0 / 12)))))));
    return log(x) - (A)0.5 / x - series - shift;
}

// To its left the reflection; x less the nearest integer is exact. Poles: at 0 of either sign, NaN
// elsewhere, where the two sides differ.
A digamma(A x)
{
    if (x == 0)
        return -1 / x;
    if (!(x < 0))
        return digamma_right(x);
    A rest = x - rint(x);
    return rest == 0 ? (A)NAN : digamma_right(1 - x) - PI / tanpi(rest);
}
UNARY(op_digamma, digamma(x))

// The inverse of erf: a rough root (Winitzki 2008), then Halley's method twice, whose error falls from
// 2·10⁻³ to its third power each time. Beyond ½ it takes erfc and 1 - y, which is exact there.
A erfinv_right(A y)
{
    A l = log1p(-y * y), t = (A)4.3307 + l / 2;
    A x = sqrt(-l / (A)0.147 / (sqrt(t * t - l / (A)0.147) + t));
    for (int step = 0; step < 2; ++step) {
        A off = y <= (A)0.5 ? erf(x) - y : (1 - y) - erfc(x);
        A newton = off * (SQRT_PI / 2) * exp(x * x);
        x -= newton / (1 + x * newton);
    }
    return x;
}
UNARY(op_erfinv, fabs(x) == 1 ? x * INFINITY : copysign(erfinv_right(fabs(x)), x))
