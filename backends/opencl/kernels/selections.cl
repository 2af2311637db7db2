// Order statistics of the rows of a contiguous matrix, one work-group a row; n is not 0. The k-th
// element is found byte by byte of a key that orders as the elements do: the keys that begin as the
// wanted one are counted by their next byte, and the counts say which one comes next.
TREE(any_of, int, a | b)

#if defined(DTYPE_float64)
typedef ulong Key;
Key key_of(A x) { Key k = as_ulong(x); return k >> 63 ? ~k : k | (Key)1 << 63; }
A value_of(Key k) { return as_double(k >> 63 ? k & ~((Key)1 << 63) : ~k); }
#elif defined(FLOATING)
typedef uint Key;
Key key_of(A x) { Key k = as_uint(x); return k >> 31 ? ~k : k | (Key)1 << 31; }
A value_of(Key k) { return as_float(k >> 31 ? k & ~((Key)1 << 31) : ~k); }
#else
typedef W Key;
#if defined(SIGNED)
#define FLIP ((Key)1 << (8 * sizeof(Key) - 1))
#else
#define FLIP ((Key)0)
#endif
Key key_of(A x) { return (Key)x ^ FLIP; }
A value_of(Key k) { return (A)(k ^ FLIP); }
#endif

// counts has room for 256 numbers, found for two.
A kth(local uint *counts, local long *found, global const S *px, long first, long n, long k)
{
    int me = get_local_id(0);
    Key known = 0, mask = 0;
    for (int shift = 8 * (sizeof(Key) - 1); shift >= 0; shift -= 8) {
        for (int b = me; b < 256; b += GROUP)
            counts[b] = 0;
        barrier(CLK_LOCAL_MEM_FENCE);
        for (long j = me; j < n; j += GROUP) {
            Key key = key_of(load(px, first + j));
            if ((key & mask) == known)
                atomic_inc(&counts[key >> shift & 255]);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        if (me == 0) {
            int b = 0;
            for (; k >= counts[b]; ++b)
                k -= counts[b];
            found[0] = b;
            found[1] = k;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        known |= (Key)found[0] << shift;
        mask |= (Key)255 << shift;
        k = found[1];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return value_of(known);
}

int holds_nan(local int *part, global const S *px, long first, long n)
{
    int found = 0;
    for (long j = get_local_id(0); j < n; j += GROUP) {
        A x = load(px, first + j);
        found |= x != x;
    }
    return any_of(part, found, GROUP);
}

#define ROW                                                                 \
    local uint counts[256];                                                 \
    local long found[2];                                                    \
    local int part[GROUP];                                                  \
    long row = get_group_id(0), first = offset + row * n;                   \
    int nan = holds_nan(part, px, first, n);

#if defined(FLOATING)
#define SPOILT(value) (nan ? (A)NAN : (value))
#else
#define SPOILT(value) (value)
#endif

kernel void op_median(global const S *px, global S *pz, long offset, long n)
{
    ROW
    A middle = kth(counts, found, px, first, n, (n - 1) / 2);
    if (get_local_id(0) == 0)
        store(pz, row, SPOILT(middle));
}

#if defined(FLOATING)
kernel void op_quantile(global const S *px, global S *pz, long offset, long n, long below, A part_of)
{
    ROW
    A a = kth(counts, found, px, first, n, below);
    A b = kth(counts, found, px, first, n, min(below + 1, n - 1));
    if (get_local_id(0) == 0)
        store(pz, row, SPOILT(part_of == 0 ? a : a + (b - a) * part_of));
}
#endif
