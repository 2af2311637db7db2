// Scans of the rows of a contiguous matrix, one work-group a row. The row is taken in blocks of
// GROUP elements; in a block each work-item adds what stands 1, 2, 4, … places before (Hillis and
// Steele 1986), then what was carried over from the blocks before.
#define ROW                                                                 \
    long row = get_group_id(0), me = get_local_id(0);                       \
    long first = offset + row * n;

// The result has lead elements of their own before those of the row: 1 or 0.
#define SCAN(name, type, lifted, initial, combined)                         \
    kernel void name(global const S *px, global S *pz, long offset, long n, long lead) \
    {                                                                       \
        local type part[GROUP];                                             \
        ROW                                                                 \
        long out = row * (n + lead);                                        \
        type carry = initial;                                               \
        if (me < lead)                                                      \
            store(pz, out, (A)carry);                                       \
        for (long start = 0; start < n; start += GROUP) {                   \
            long i = start + me;                                            \
            barrier(CLK_LOCAL_MEM_FENCE);                                   \
            part[me] = lifted(load(px, first + (i < n ? i : start)));       \
            for (int reach = 1; reach < GROUP; reach *= 2) {                \
                barrier(CLK_LOCAL_MEM_FENCE);                               \
                type a = part[me >= reach ? me - reach : me], b = part[me]; \
                barrier(CLK_LOCAL_MEM_FENCE);                               \
                part[me] = me >= reach ? combined : b;                      \
            }                                                               \
            barrier(CLK_LOCAL_MEM_FENCE);                                   \
            type a = carry, b = part[me];                                   \
            if (i < n)                                                      \
                store(pz, out + lead + i, (A)(start ? combined : b));       \
            b = part[GROUP - 1];                                            \
            carry = start ? combined : b;                                   \
        }                                                                   \
    }

SCAN(op_cumulative_sum, C, lift, ZERO, plus(a, b))
SCAN(op_cumulative_prod, C, lift, ONE, times(a, b))

#if defined(FLOATING)
A log_of_sum(A a, A b) { return LARGER(a, b) + log1p(exp(-fabs(a == b ? (A)0 : a - b))); }
SCAN(op_logcumsumexp, A, lift, 0, log_of_sum(a, b))
#endif

#if defined(INTEGER) || defined(FLOATING)
// Whether the later element b takes the place of a: an equal one does, NaN always, none after NaN.
#define TAKES_OVER(b, a, order) ((b) != (b) || (b)order(a))

#define RUNNING(name, order)                                                \
    kernel void name(global const S *px, global S *pz, global long *index, long offset, long n) \
    {                                                                       \
        local A values[GROUP];                                              \
        local long places[GROUP];                                           \
        ROW                                                                 \
        A best = 0;                                                         \
        long place = 0;                                                     \
        for (long start = 0; start < n; start += GROUP) {                   \
            long i = start + me;                                            \
            barrier(CLK_LOCAL_MEM_FENCE);                                   \
            values[me] = load(px, first + (i < n ? i : start));             \
            places[me] = i;                                                 \
            for (int reach = 1; reach < GROUP; reach *= 2) {                \
                barrier(CLK_LOCAL_MEM_FENCE);                               \
                long other = me >= reach ? me - reach : me;                 \
                A before = values[other];                                   \
                long there = places[other];                                 \
                int stays = TAKES_OVER(values[me], before, order);          \
                barrier(CLK_LOCAL_MEM_FENCE);                               \
                values[me] = stays ? values[me] : before;                   \
                places[me] = stays ? places[me] : there;                    \
            }                                                               \
            barrier(CLK_LOCAL_MEM_FENCE);                                   \
            int wins = start == 0 || TAKES_OVER(values[me], best, order);   \
            if (i < n) {                                                    \
                store(pz, row * n + i, wins ? values[me] : best);           \
                index[row * n + i] = wins ? places[me] : place;             \
            }                                                               \
            if (start == 0 || TAKES_OVER(values[GROUP - 1], best, order)) { \
                best = values[GROUP - 1];                                   \
                place = places[GROUP - 1];                                  \
            }                                                               \
        }                                                                   \
    }
RUNNING(op_cummax, >=)
RUNNING(op_cummin, <=)
#endif
