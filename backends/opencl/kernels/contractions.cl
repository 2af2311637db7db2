// Matrix products in tiles, and sums over indices; both accumulate in C.
// The layout's operands are x and y over the batch; *_row and *_column are the matrices' strides.
kernel void op_matmul(global const S *px, global const S *py, global S *pz, Layout l, long m,
                      long n, long k, long x_row, long x_column, long y_row, long y_column)
{
    local C tile_x[TILE][TILE + 1], tile_y[TILE][TILE + 1];
    long r = get_local_id(0) / TILE, c = get_local_id(0) % TILE;
    long tiles_down = (m + TILE - 1) / TILE, tiles_across = (n + TILE - 1) / TILE;
    long tile = get_group_id(0);
    long batch = tile / (tiles_down * tiles_across);
    long row = tile / tiles_across % tiles_down * TILE + r;
    long column = tile % tiles_across * TILE + c;
    long x0 = at(&l, 0, batch) + row * x_row, y0 = at(&l, 1, batch) + column * y_column;
    C sum = ZERO;
    for (long start = 0; start < k; start += TILE) {
        // What lies outside of the matrices counts as 0 in both, which adds 0.
        tile_x[r][c] = ZERO;
        tile_y[r][c] = ZERO;
        if (row < m && start + c < k)
            tile_x[r][c] = lift(load(px, x0 + (start + c) * x_column));
        if (column < n && start + r < k)
            tile_y[r][c] = lift(load(py, y0 + (start + r) * y_row));
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int j = 0; j < TILE; ++j)
            sum = plus(sum, times(tile_x[r][j], tile_y[j][c]));
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (row < m && column < n)
        store(pz, (batch * m + row) * n + column, (A)sum);
}

// One work-item adds up all that one element of the result gets, in order: no atomics, so the sum
// is the same each time. The arguments are those of scatter in movement.cl.
kernel void op_scatter_add(global const S *px, global const long *index, global const S *updates,
                           global S *pz, Layout l, long updates_offset, long n, long count,
                           long inner)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    long place = i / inner % n;
    long first = i / (inner * n) * count * inner + i % inner;
    C sum = lift(load(px, at(&l, 0, i)));
    for (long j = 0; j < count; ++j)
        if (index[first + j * inner] == place)
            sum = plus(sum, lift(load(updates, updates_offset + first + j * inner)));
    store(pz, i, (A)sum);
}
