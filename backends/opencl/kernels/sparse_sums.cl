// Sums and products of sparse arrays' values; all accumulate in C.
TREE(total, C, plus(a, b))

// One work-item adds up the entries of one place, in their order: no atomics. The entries stand at
// order[starts[s]], …; onto says whether the target's own value is the first term.
kernel void op_segments(global const S *values, global const long *order,
                        global const long *starts, global const long *targets, global S *pz,
                        int onto, long count, long segments)
{
    long s = get_global_id(0);
    if (s >= segments)
        return;
    long end = s + 1 < segments ? starts[s + 1] : count, first = starts[s];
    C sum = onto ? lift(load(pz, targets[s])) : lift(load(values, order[first]));
    for (long j = onto ? first : first + 1; j < end; ++j)
        sum = plus(sum, lift(load(values, order[j])));
    store(pz, targets[s], (A)sum);
}

kernel void op_products(global const S *px, global const long *left, global const S *py,
                        global const long *right, global S *pz, long count)
{
    long i = get_global_id(0);
    if (i < count)
        store(pz, i, (A)times(lift(load(px, left[i])), lift(load(py, right[i]))));
}

// A work-group a row.
kernel void op_matvec(global const S *values, global const long *columns,
                      global const long *row_starts, global const S *px, global S *pz,
                      long offset, long stride)
{
    local C part[GROUP];
    long row = get_group_id(0), me = get_local_id(0);
    long first = row_starts[row], count = row_starts[row + 1] - first;
    C sum = ZERO;
    for (long j = me; j < count; j += GROUP) {
        A x = load(px, offset + columns[first + j] * stride);
        sum = plus(sum, times(lift(load(values, first + j)), lift(x)));
    }
    sum = total(part, sum, count);
    if (me == 0)
        store(pz, row, (A)sum);
}

// A work-group a row and GROUP columns; its work-items read the rows of y side by side.
kernel void op_matmul(global const S *values, global const long *columns,
                      global const long *row_starts, global const S *py, global S *pz, long width,
                      long offset, long row_stride, long column_stride)
{
    long blocks = (width + GROUP - 1) / GROUP;
    long row = get_group_id(0) / blocks;
    long column = get_group_id(0) % blocks * GROUP + get_local_id(0);
    if (column >= width)
        return;
    C sum = ZERO;
    for (long j = row_starts[row]; j < row_starts[row + 1]; ++j) {
        A y = load(py, offset + columns[j] * row_stride + column * column_stride);
        sum = plus(sum, times(lift(load(values, j)), lift(y)));
    }
    store(pz, row * width + column, (A)sum);
}

// A work-group an entry of the pattern: a row of x by a column of y, both contiguous matrices.
kernel void op_sampled(global const S *px, global const S *py, global const long *rows,
                       global const long *columns, global S *pz, long depth, long width)
{
    local C part[GROUP];
    long e = get_group_id(0), me = get_local_id(0);
    C sum = ZERO;
    for (long k = me; k < depth; k += GROUP) {
        A x = load(px, rows[e] * depth + k), y = load(py, k * width + columns[e]);
        sum = plus(sum, times(lift(x), lift(y)));
    }
    sum = total(part, sum, depth);
    if (me == 0)
        store(pz, e, (A)sum);
}
