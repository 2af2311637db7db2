// Matrix products in tiles, which accumulate in C.
#if !defined(R)
#define R A
#endif

#if defined(BOOLEAN)
#define RESULT(sum) ((A)((sum) != 0))
#else
#define RESULT(sum) ((A)(sum))
#endif

// What a product is made of: *_row and *_column are the matrices' strides.
#define MATRICES                                                            \
    long m, long n, long k, long x_row, long x_column, long y_row, long y_column

// The place in the result of this work-item, one of TILE * TILE in its tile.
#define PLACE                                                               \
    local C tile_x[TILE][TILE + 1], tile_y[TILE][TILE + 1];                 \
    long tiles_down = (m + TILE - 1) / TILE, tiles_across = (n + TILE - 1) / TILE; \
    long tile = get_group_id(0), batch = tile / (tiles_down * tiles_across); \
    long row = tile / tiles_across % tiles_down * TILE + get_local_id(0) / TILE; \
    long column = tile % tiles_across * TILE + get_local_id(0) % TILE;

C product(local C (*tile_x)[TILE + 1], local C (*tile_y)[TILE + 1], global const S *px,
          global const S *py, long x0, long y0, long row, long column, MATRICES)
{
    long r = get_local_id(0) / TILE, c = get_local_id(0) % TILE;
    C sum = ZERO;
    for (long start = 0; start < k; start += TILE) {
        // What lies outside of the matrices counts as 0 in both, which adds 0.
        tile_x[r][c] = ZERO;
        tile_y[r][c] = ZERO;
        if (row < m && start + c < k)
            tile_x[r][c] = lift(load(px, x0 + row * x_row + (start + c) * x_column));
        if (column < n && start + r < k)
            tile_y[r][c] = lift(load(py, y0 + column * y_column + (start + r) * y_row));
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int j = 0; j < TILE; ++j)
            sum = plus(sum, times(tile_x[r][j], tile_y[j][c]));
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return sum;
}

#define PRODUCT                                                             \
    product(tile_x, tile_y, px, py, at(&l, 0, batch), at(&l, 1, batch), row, column, m, n, k, \
            x_row, x_column, y_row, y_column)

// The layout's operands are x and y over the batch.
kernel void op_matmul(global const S *px, global const S *py, global S *pz, Layout l, MATRICES)
{
    PLACE
    C sum = PRODUCT;
    if (row < m && column < n)
        store(pz, (batch * m + row) * n + column, RESULT(sum));
}

#if defined(FLOATING) || defined(COMPLEX)
// alpha·x·y + beta·c; the layout's third operand is c. A factor of 0 leaves its term out, NaN too.
kernel void op_gemm(global const S *px, global const S *py, global const S *pc, global S *pz,
                    Layout l, MATRICES, long c_row, long c_column, R alpha, R beta)
{
    PLACE
    C sum = alpha == 0 ? ZERO : alpha * PRODUCT;
    if (row >= m || column >= n)
        return;
    if (beta != 0)
        sum += beta * load(pc, at(&l, 2, batch) + row * c_row + column * c_column);
    store(pz, (batch * m + row) * n + column, sum);
}
#endif
