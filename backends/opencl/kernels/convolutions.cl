// Convolutions as products of tiles: of the kernels, with a row for each output channel, and of
// what they see, with a column for each pixel of the result, gathered from x and never stored.
typedef struct {
    long batch, groups, inputs, outputs; // channels are those of one group
    long x_size[2], z_size[2], kernel_size[2], stride[2], padding[2], dilation[2];
    long x_offset, w_offset, bias_offset, biased, transposed;
} Convolution;

// The place in x that element k of the kernel sees from place i of the result, -1 outside of x.
long seen(const Convolution *v, int axis, long i, long k)
{
    long shift = k * v->dilation[axis] - v->padding[axis];
    long place = i * v->stride[axis] + shift;
    if (v->transposed) {
        if ((i - shift) % v->stride[axis] != 0)
            return -1;
        place = (i - shift) / v->stride[axis];
    }
    return place >= 0 && place < v->x_size[axis] ? place : -1;
}

A pixel(global const S *px, const Convolution *v, long group, long column, long inner)
{
    long l = inner % v->kernel_size[1], k = inner / v->kernel_size[1] % v->kernel_size[0];
    long channel = group * v->inputs + inner / (v->kernel_size[1] * v->kernel_size[0]);
    long row = seen(v, 0, column / v->z_size[1] % v->z_size[0], k);
    long place = seen(v, 1, column % v->z_size[1], l);
    if (row < 0 || place < 0)
        return 0;
    long image = column / (v->z_size[1] * v->z_size[0]) * v->groups * v->inputs + channel;
    return load(px, v->x_offset + (image * v->x_size[0] + row) * v->x_size[1] + place);
}

A weight(global const S *pw, const Convolution *v, long group, long output, long inner)
{
    long area = v->kernel_size[0] * v->kernel_size[1];
    long input = inner / area, filter = (group * v->outputs + output) * v->inputs + input;
    if (v->transposed)
        filter = (group * v->inputs + input) * v->outputs + output;
    return load(pw, v->w_offset + filter * area + inner % area);
}

kernel void op_convolution(global const S *px, global const S *pw, global const S *bias,
                           global S *pz, Convolution v)
{
    local A tile_w[TILE][TILE + 1], tile_x[TILE][TILE + 1];
    long r = get_local_id(0) / TILE, c = get_local_id(0) % TILE;
    long area = v.z_size[0] * v.z_size[1], columns = v.batch * area;
    long length = v.inputs * v.kernel_size[0] * v.kernel_size[1];
    long tiles_down = (v.outputs + TILE - 1) / TILE, tiles_across = (columns + TILE - 1) / TILE;
    long tile = get_group_id(0), group = tile / (tiles_down * tiles_across);
    long output = tile / tiles_across % tiles_down * TILE + r;
    long column = tile % tiles_across * TILE + c;
    A sum = 0;
    for (long start = 0; start < length; start += TILE) {
        tile_w[r][c] = 0;
        tile_x[r][c] = 0;
        if (output < v.outputs && start + c < length)
            tile_w[r][c] = weight(pw, &v, group, output, start + c);
        if (column < columns && start + r < length)
            tile_x[r][c] = pixel(px, &v, group, column, start + r);
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int j = 0; j < TILE; ++j)
            sum += tile_w[r][j] * tile_x[j][c];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (output >= v.outputs || column >= columns)
        return;
    long channel = group * v.outputs + output;
    if (v.biased)
        sum += load(bias, v.bias_offset + channel);
    long image = column / area * v.groups * v.outputs + channel;
    store(pz, image * area + column % area, sum);
}
