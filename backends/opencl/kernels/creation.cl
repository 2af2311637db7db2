// Creation: ramps in double (in float where the device has no double) or in long.
#if defined(HAS_DOUBLE)
typedef double Real;
#else
typedef float Real;
#endif

kernel void ramp_integer(global long *pz, ulong start, ulong step, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = (long)(start + (ulong)i * step);
}

kernel void ramp_real(global Real *pz, Real start, Real step, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = start + (Real)i * step;
}

kernel void spread(global Real *pz, Real start, Real stop, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = i > 0 && i == size - 1
                    ? stop
                    : start + (Real)i * ((stop - start) / (Real)max(size - 1, (long)1));
}

kernel void raise(global Real *pz, Real base, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = pow(base, pz[i]);
}

kernel void diagonal(global uchar *pz, long columns, long k, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = i % columns - i / columns == k ? 1 : 0;
}
