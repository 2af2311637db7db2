// S is the type in memory, A the one computed in. 16-bit floats compute in float and are rounded
// once, to nearest even, when stored.
ushort to_bfloat16(float x)
{
    uint bits = as_uint(x);
    if (x != x)
        return (ushort)(bits >> 16 | 0x40); // quiet, and never rounded up to an infinity
    return (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

A load(global const S *p, long i)
{
#if defined(DTYPE_float16)
    return vload_half(i, (global const half *)p);
#elif defined(DTYPE_bfloat16)
    return as_float((uint)p[i] << 16);
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
#else
    p[i] = x;
#endif
}
