// Casts from one dtype to every other one. 8- and 16-bit floats come from a float rounded to odd
// (truncated, its last bit set where anything was cut off), so that the value rounds only once.
#if defined(COMPLEX)
#define REAL_PART(x) (x).x
#define IMAGINARY_PART(x) (x).y
#define PART R
#else
#define PART A
#define REAL_PART(x) (x)
#define IMAGINARY_PART(x) 0
#endif

#if defined(FLOATING) || defined(FLOAT8)
// The conversion saturates; NaN is tested for, as not every compiler makes it 0.
#define TO_INTEGER(type, x) ((x) != (x) ? (type)0 : convert_##type##_sat(x))
#else
#define TO_INTEGER(type, x) ((type)(x))
#endif

#if defined(DTYPE_float64) || defined(DTYPE_complex128)
float to_odd(double x)
{
    float nearest = (float)x;
    if ((double)nearest == x || x != x)
        return nearest;
    uint bits = as_uint(nearest);
    if (fabs((double)nearest) > fabs(x))
        bits -= 1;
    return as_float(bits | 1);
}
#elif defined(INTEGER)
float to_odd(A x)
{
    ulong magnitude = x < 0 ? 0 - (ulong)x : (ulong)x;
    int shift = max(0, 40 - (int)clz(magnitude)); // 24 bits remain, exact in a float
    ulong lost = magnitude & (((ulong)1 << shift) - 1);
    float odd = ldexp((float)(magnitude >> shift | (lost != 0)), shift);
    return x < 0 ? -odd : odd;
}
#else
float to_odd(PART x) { return x; }
#endif

#define CAST(target, type, expression)                                      \
    kernel void cast_##target(global const S *px, global type *pz, Layout l)  \
    {                                                                       \
        long i = get_global_id(0);                                          \
        if (i < l.size) {                                                   \
            A x = load(px, at(&l, 0, i));                                   \
            pz[i] = expression;                                             \
        }                                                                   \
    }

#if !defined(COMPLEX)
CAST(bool, uchar, x != 0 ? 1 : 0)
CAST(int8, char, TO_INTEGER(char, x))
CAST(int16, short, TO_INTEGER(short, x))
CAST(int32, int, TO_INTEGER(int, x))
CAST(int64, long, TO_INTEGER(long, x))
CAST(uint8, uchar, TO_INTEGER(uchar, x))
CAST(uint16, ushort, TO_INTEGER(ushort, x))
CAST(uint32, uint, TO_INTEGER(uint, x))
CAST(uint64, ulong, TO_INTEGER(ulong, x))
CAST(bfloat16, ushort, to_bfloat16(to_odd(x)))
CAST(float8_e4m3fn, uchar, to_e4m3fn(to_odd(x)))
CAST(float8_e5m2, uchar, to_e5m2(to_odd(x)))
CAST(float32, float, (float)x)

kernel void cast_float16(global const S *px, global ushort *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        vstore_half_rte(to_odd(load(px, at(&l, 0, i))), i, (global half *)pz);
}
#endif
CAST(complex64, float2, (float2)((float)REAL_PART(x), (float)IMAGINARY_PART(x)))
CAST(bcomplex32, ushort2,
     (ushort2)(to_bfloat16(to_odd(REAL_PART(x))), to_bfloat16(to_odd(IMAGINARY_PART(x)))))

kernel void cast_complex32(global const S *px, global ushort2 *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size) {
        A x = load(px, at(&l, 0, i));
        float2 odd = (float2)(to_odd(REAL_PART(x)), to_odd(IMAGINARY_PART(x)));
        vstore_half2_rte(odd, i, (global half *)pz);
    }
}

#if defined(HAS_DOUBLE)
#if !defined(COMPLEX)
CAST(float64, double, (double)x)
#endif
CAST(complex128, double2, (double2)((double)REAL_PART(x), (double)IMAGINARY_PART(x)))
#endif
