// Norms of the rows of a contiguous matrix and reductions that pass over NaN, one work-group a row;
// n, the length of a row, is not 0.
TREE(total, A, a + b)
TREE(largest, A, LARGER(a, b))
TREE(smallest, A, SMALLER(a, b))

#define ROW                                                                 \
    local A part[GROUP];                                                    \
    long row = get_group_id(0), me = get_local_id(0);                       \
    long first = offset + row * n;

#define EACH(x)                                                             \
    for (long j = me; j < n; j += GROUP) {                                  \
        A x = load(px, first + j);

kernel void op_logsumexp(global const S *px, global S *pz, long offset, long n)
{
    ROW
    A high = -INFINITY, sum = 0;
    EACH(x) high = LARGER(high, x); }
    high = largest(part, high, GROUP);
    high = isfinite(high) ? high : 0;
    EACH(x) sum += exp(x - high); }
    sum = total(part, sum, GROUP);
    if (me == 0)
        store(pz, row, log(sum) + high);
}

kernel void op_nansum(global const S *px, global S *pz, long offset, long n)
{
    ROW
    A sum = 0;
    EACH(x) sum += x != x ? (A)0 : x; }
    sum = total(part, sum, GROUP);
    if (me == 0)
        store(pz, row, sum);
}

kernel void op_nanmean(global const S *px, global S *pz, long offset, long n)
{
    local long counts[GROUP];
    ROW
    A sum = 0;
    long count = 0;
    EACH(x)
        sum += x != x ? (A)0 : x;
        count += x != x ? 0 : 1;
    }
    sum = total(part, sum, GROUP);
    counts[me] = count;
    for (int reach = GROUP / 2; reach > 0; reach /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (me < reach)
            counts[me] += counts[me + reach];
    }
    if (me == 0)
        store(pz, row, sum / (A)counts[0]);
}

// Each work-item begins with NaN, which the first number replaces.
#define OTHER_THAN_NAN(name, tree, order)                                   \
    TREE(tree, A, a != a ? b : b != b ? a : a order b ? a : b)              \
    kernel void name(global const S *px, global S *pz, long offset, long n) \
    {                                                                       \
        ROW                                                                 \
        A best = NAN;                                                       \
        EACH(x) best = best != best ? x : x order best ? x : best; }        \
        best = tree(part, best, GROUP);                                     \
        if (me == 0)                                                        \
            store(pz, row, best);                                           \
    }
OTHER_THAN_NAN(op_nanmax, highest_number, >)
OTHER_THAN_NAN(op_nanmin, lowest_number, <)

// kind: 0 counts, 1 adds sizes, 2 squares, 3 other powers; 4 is the largest size, 5 the smallest.
// The sizes are divided by the one that dominates, so that no power over- or underflows.
kernel void op_vector_norm(global const S *px, global S *pz, long offset, long n, int kind, A order)
{
    ROW
    A high = 0, low = INFINITY, sum = 0;
    EACH(x)
        high = LARGER(high, fabs(x));
        low = SMALLER(low, fabs(x));
        sum += x != 0 ? 1 : 0;
    }
    high = largest(part, high, GROUP);
    low = smallest(part, low, GROUP);
    A scale = order > 0 ? high : low;
    scale = isfinite(scale) && scale > 0 ? scale : 1;
    if (kind == 0) {
        sum = total(part, sum, GROUP);
    } else if (kind < 4) {
        sum = 0;
        EACH(x)
            A size = fabs(x) / scale;
            sum += kind == 1 ? size : kind == 2 ? size * size : pow(size, order);
        }
        sum = total(part, sum, GROUP);
        sum = scale * (kind == 1 ? sum : kind == 2 ? sqrt(sum) : pow(sum, 1 / order));
    }
    if (me == 0)
        store(pz, row, kind == 4 ? high : kind == 5 ? low : sum);
}
