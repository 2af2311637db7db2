// S is the type in memory, A the one computed in. 8- and 16-bit floats compute in float and are
// rounded once, to nearest even, when stored.
ushort to_bfloat16(float x)
{
    uint bits = as_uint(x);
    if (x != x)
        return (ushort)(bits >> 16 | 0x40); // quiet, and never rounded up to an infinity
    return (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// 8-bit floats, e4m3fn: 3 bits of significand, bias 7, no infinity; e5m2: 2 bits, bias 15. One past
// the largest code is NaN in the first, infinity in the second.
uchar to_float8(float x, int bits, int bias, uint largest)
{
    uchar sign = (uchar)(as_uint(x) >> 24 & 0x80);
    uint magnitude = as_uint(x) & 0x7fffffff, code;
    int lost = 23 - bits;
    if (x != x)
        return sign | 0x7f;
    if (magnitude < (uint)(128 - bias) << 23) // subnormal there: a multiple of 2^(1 - bias - bits)
        code = (uint)rint(ldexp(as_float(magnitude), bias + bits - 1));
    else
        code = ((magnitude + ((1u << (lost - 1)) - 1) + (magnitude >> lost & 1)) >> lost)
               - ((uint)(127 - bias) << bits);
    return sign | (uchar)(code > largest ? largest + 1 : code);
}

float from_float8(uchar code, int bits, int bias, uint largest, float beyond)
{
    uint magnitude = code & 0x7f, sign = (uint)(code & 0x80) << 24;
    float x = magnitude >> bits
                  ? as_float((magnitude << (23 - bits)) + ((uint)(127 - bias) << 23))
                  : ldexp((float)magnitude, 1 - bias - bits);
    if (magnitude > largest)
        x = magnitude == largest + 1 ? beyond : NAN;
    return as_float(as_uint(x) | sign);
}

uchar to_e4m3fn(float x) { return to_float8(x, 3, 7, 0x7e); }
uchar to_e5m2(float x) { return to_float8(x, 2, 15, 0x7b); }
float from_bfloat16(ushort x) { return as_float((uint)x << 16); }

A load(global const S *p, long i)
{
#if defined(DTYPE_float16)
    return vload_half(i, (global const half *)p);
#elif defined(DTYPE_bfloat16)
    return from_bfloat16(p[i]);
#elif defined(DTYPE_float8_e4m3fn)
    return from_float8(p[i], 3, 7, 0x7e, NAN);
#elif defined(DTYPE_float8_e5m2)
    return from_float8(p[i], 2, 15, 0x7b, INFINITY);
#elif defined(DTYPE_complex32)
    return vload_half2(i, (global const half *)p);
#elif defined(DTYPE_bcomplex32)
    return (A)(from_bfloat16(p[i].x), from_bfloat16(p[i].y));
#else
    return p[i];
#endif
}

void store(global S *p, long i, A x)
{
#if defined(DTYPE_float16)
    vstore_half_rte(x, i, (global half *)p);
#elif defined(DTYPE_bfloat16)
    p[i] = to_bfloat16(x);
#elif defined(DTYPE_float8_e4m3fn)
    p[i] = to_e4m3fn(x);
#elif defined(DTYPE_float8_e5m2)
    p[i] = to_e5m2(x);
#elif defined(DTYPE_complex32)
    vstore_half2_rte(x, i, (global half *)p);
#elif defined(DTYPE_bcomplex32)
    p[i] = (S)(to_bfloat16(x.x), to_bfloat16(x.y));
#else
    p[i] = x;
#endif
}
