// Indices of any integer dtype made long and non-negative; one that is out of range leaves its
// position + 1 in fault, and 0 as a harmless index.
kernel void locate(global const S *px, global long *pz, global long *fault, Layout l, long n,
                   int from_the_end)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    A x = load(px, at(&l, 0, i));
#if defined(SIGNED)
    long index = x < 0 && from_the_end ? (long)x + n : (long)x;
    int inside = index >= 0 && index < n;
#else
    long index = (long)x;
    int inside = (ulong)x < (ulong)n;
#endif
    if (!inside)
        *fault = i + 1;
    pz[i] = inside ? index : 0;
}

// What indices along one more axis add to the offsets that they lead to.
kernel void displace(global const long *px, global long *pz, Layout l, long stride, int first)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[i] = (first ? 0 : pz[i]) + px[at(&l, 0, i)] * stride;
}

// The positions in a contiguous array: what its own axes give, the layout's operand 0, which starts
// at 0, and what the indices add, operand 1.
kernel void position(global const long *px, global long *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[i] = at(&l, 0, i) + px[at(&l, 1, i)];
}

// The element of the contiguous (outer, n, inner) that each of (outer, count, inner) indices names.
kernel void target(global const long *index, global long *pz, long n, long count, long inner,
                   long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = (i / (count * inner) * n + index[i]) * inner + i % inner;
}
