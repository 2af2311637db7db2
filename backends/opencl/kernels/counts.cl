// How many elements of a row are not zero, and what follows from it: one work-group a row of a
// contiguous matrix; n, its length, is not 0. NaN is not zero.
TREE(total, long, a + b)

long nonzero(A x)
{
#if defined(COMPLEX)
    return x.x != 0 || x.y != 0 ? 1 : 0;
#else
    return x != 0 ? 1 : 0;
#endif
}

#define COUNT(name, type, result)                                           \
    kernel void name(global const S *px, global type *pz, long offset, long n) \
    {                                                                       \
        local long part[GROUP];                                             \
        long row = get_group_id(0), me = get_local_id(0);                   \
        long first = offset + row * n, count = 0;                           \
        for (long j = me; j < n; j += GROUP)                                \
            count += nonzero(load(px, first + j));                          \
        count = total(part, count, GROUP);                                  \
        if (me == 0)                                                        \
            pz[row] = result;                                               \
    }
COUNT(op_count_nonzero, long, count)
COUNT(op_any, uchar, count > 0 ? 1 : 0)
COUNT(op_all, uchar, count == n ? 1 : 0)
