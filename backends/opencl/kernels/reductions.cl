// Reductions of the rows of a contiguous matrix, one work-group a row; n, its length, is not 0.
// Each work-item combines every GROUP-th element, then a tree combines the work-items.
#define ROW                                                                 \
    long row = get_group_id(0), me = get_local_id(0);                       \
    long first = offset + row * n;

#define REDUCE(name, type, tree, start, step)                               \
    kernel void name(global const S *px, global S *pz, long offset, long n) \
    {                                                                       \
        local type part[GROUP];                                             \
        ROW                                                                 \
        type a = start;                                                     \
        if (me < n)                                                         \
            a = lift(load(px, first + me));                                 \
        for (long j = me + GROUP; j < n; j += GROUP) {                      \
            type b = lift(load(px, first + j));                             \
            a = step;                                                       \
        }                                                                   \
        a = tree(part, a, n);                                               \
        if (me == 0)                                                        \
            store(pz, row, (A)a);                                           \
    }

TREE(total, C, plus(a, b))
TREE(product, C, times(a, b))
REDUCE(op_sum, C, total, ZERO, plus(a, b))
REDUCE(op_prod, C, product, ONE, times(a, b))

#if defined(INTEGER) || defined(FLOATING)
#define lift(x) (x)
TREE(largest, A, LARGER(a, b))
TREE(smallest, A, SMALLER(a, b))
REDUCE(op_max, A, largest, 0, LARGER(a, b))
REDUCE(op_min, A, smallest, 0, SMALLER(a, b))
#undef lift

// Whether the element b, found at j, comes before a, found at i: NaN first, then by order, then the
// earlier one.
#define BEFORE(b, j, a, i, order)                                           \
    ((a) != (a) ? ((b) != (b) && (j) < (i))                                 \
                : ((b) != (b) || (b)order(a) || ((b) == (a) && (j) < (i))))

#define ARG_REDUCE(name, order)                                             \
    kernel void name(global const S *px, global long *pz, long offset, long n) \
    {                                                                       \
        local A values[GROUP];                                              \
        local long places[GROUP];                                           \
        ROW                                                                 \
        long place = me < n ? me : 0;                                       \
        A best = load(px, first + place);                                   \
        for (long j = me + GROUP; j < n; j += GROUP) {                      \
            A next = load(px, first + j);                                   \
            if (BEFORE(next, j, best, place, order)) {                      \
                best = next;                                                \
                place = j;                                                  \
            }                                                               \
        }                                                                   \
        values[me] = best;                                                  \
        places[me] = place;                                                 \
        for (int reach = GROUP / 2; reach > 0; reach /= 2) {                \
            barrier(CLK_LOCAL_MEM_FENCE);                                   \
            if (me < reach && BEFORE(values[me + reach], places[me + reach], \
                                     values[me], places[me], order)) {      \
                values[me] = values[me + reach];                            \
                places[me] = places[me + reach];                            \
            }                                                               \
        }                                                                   \
        if (me == 0)                                                        \
            pz[row] = places[0];                                            \
    }
ARG_REDUCE(op_argmax, >)
ARG_REDUCE(op_argmin, <)
#endif

#if defined(FLOATING) || defined(COMPLEX)
#if !defined(R)
#define R A
#endif
kernel void op_mean(global const S *px, global S *pz, long offset, long n)
{
    local C part[GROUP];
    ROW
    C sum = ZERO;
    for (long j = me; j < n; j += GROUP)
        sum = plus(sum, lift(load(px, first + j)));
    sum = total(part, sum, n);
    if (me == 0)
        store(pz, row, sum / (R)n);
}
#endif

#if defined(FLOATING)
// The deviations are taken from the mean first: two passes.
C row_var(local C *part, global const S *px, long first, long n, long divisor)
{
    long me = get_local_id(0);
    C sum = 0;
    for (long j = me; j < n; j += GROUP)
        sum += load(px, first + j);
    C mean = total(part, sum, n) / (C)n;
    sum = 0;
    for (long j = me; j < n; j += GROUP) {
        C deviation = load(px, first + j) - mean;
        sum += deviation * deviation;
    }
    sum = total(part, sum, n);
    return divisor > 0 ? sum / (C)divisor : (C)NAN;
}

#define SPREAD(name, result)                                                \
    kernel void name(global const S *px, global S *pz, long offset, long n, long divisor) \
    {                                                                       \
        local C part[GROUP];                                                \
        ROW                                                                 \
        C variance = row_var(part, px, first, n, divisor);                  \
        if (me == 0)                                                        \
            store(pz, row, result);                                         \
    }
SPREAD(op_var, variance)
SPREAD(op_std, sqrt(variance))
#endif
