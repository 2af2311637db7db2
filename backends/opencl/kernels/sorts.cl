// Sorting the rows of a contiguous matrix by their places: sorted chunks, then merges of two runs
// each. Equal elements are told apart by their places, so the order is one and stable; NaN is last.
#define CHUNK (2 * GROUP)

// Whether element i of the row that begins at first comes before element j. Places from n on are
// no elements and come last.
int before(global const S *px, long first, long n, long i, long j, int descending)
{
    if (i >= n || j >= n)
        return i < j;
    A x = load(px, first + i), y = load(px, first + j);
    if ((x != x) != (y != y))
        return y != y;
    if (x < y || x > y)
        return descending ? x > y : x < y;
    return i < j;
}

// One work-group sorts CHUNK places in local memory by a bitonic network.
kernel void sort_chunks(global const S *px, global long *order, long offset, long n, long chunks,
                        int descending)
{
    local long part[CHUNK];
    long row = get_group_id(0) / chunks, start = get_group_id(0) % chunks * CHUNK;
    int me = get_local_id(0);
    part[me] = start + me;
    part[me + GROUP] = start + me + GROUP;
    for (int size = 2; size <= CHUNK; size *= 2)
        for (int reach = size / 2; reach > 0; reach /= 2) {
            barrier(CLK_LOCAL_MEM_FENCE);
            int i = 2 * me - (me & (reach - 1)), j = i + reach;
            int falling = (i & size) != 0;
            if (before(px, offset + row * n, n, part[j], part[i], descending) != falling) {
                long swapped = part[i];
                part[i] = part[j];
                part[j] = swapped;
            }
        }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = me; i < CHUNK; i += GROUP)
        if (start + i < n)
            order[row * n + start + i] = part[i];
}

// Each place of two neighbouring sorted runs of a width goes behind those that come before it: in
// its own run it knows them, in the other one a binary search counts them.
kernel void merge(global const S *px, global const long *runs, global long *order, long offset,
                  long n, long size, long width, int descending)
{
    long i = get_global_id(0);
    if (i >= size)
        return;
    long row = i / n, j = i % n, first = offset + row * n;
    long start = j / (2 * width) * 2 * width, middle = min(start + width, n);
    long end = min(start + 2 * width, n), place = runs[i];
    long low = j < middle ? middle : start, high = j < middle ? end : middle, other = low;
    while (low < high) {
        long half_way = low + (high - low) / 2;
        if (before(px, first, n, runs[row * n + half_way], place, descending))
            low = half_way + 1;
        else
            high = half_way;
    }
    long own = j < middle ? j - start : j - middle;
    order[row * n + start + own + low - other] = place;
}

// The places in an ascending row at which elements keep its order; NaN comes last. The layout's
// operand is y.
kernel void op_searchsorted(global const S *px, global const S *py, global long *pz, Layout l,
                            long offset, long stride, long n, int right)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    A y = load(py, at(&l, 0, i));
    long low = 0, high = n;
    while (low < high) {
        long half_way = low + (high - low) / 2;
        A x = load(px, offset + half_way * stride);
        if (y != y || x < y || (right && x == y))
            low = half_way + 1;
        else
            high = half_way;
    }
    pz[i] = low;
}

// Whether a run of equal elements begins at each place of an order; each NaN is its own.
kernel void begins(global const S *px, global const long *order, global uchar *pz, long offset,
                   long n)
{
    long i = get_global_id(0);
    if (i < n)
        pz[i] = i == 0 ||
                load(px, offset + order[i]) != load(px, offset + order[max(i - 1, (long)0)]);
}
