// Counting by atomic additions to 32-bit counters.
#if defined(HAS_DOUBLE)
typedef double Real;
#else
typedef float Real;
#endif

#if defined(INTEGER)
kernel void op_bincount(global const S *px, global int *counts, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        atomic_inc(&counts[(long)px[at(&l, 0, i)]]);
}
#endif

Real edge(long i, Real low, Real width) { return low + (Real)i * width; }

// The bin is guessed by a division, whose rounding may miss it, and put right by its edges.
kernel void op_histogram(global const S *px, global int *counts, Layout l, long bins, Real low,
                         Real high)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    Real x = (Real)load(px, at(&l, 0, i)), width = (high - low) / (Real)bins;
    if (!(x >= low && x <= high))
        return;
    long bin = clamp((long)((x - low) / width), (long)0, bins - 1);
    while (bin > 0 && x < edge(bin, low, width))
        --bin;
    while (bin < bins - 1 && x >= edge(bin + 1, low, width))
        ++bin;
    atomic_inc(&counts[bin]);
}
