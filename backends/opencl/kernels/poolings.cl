// Poolings: a work-item for each element of the result goes over its window.
typedef struct {
    long size, x_offset, x_size[2], z_size[2], kernel_size[2], stride[2], padding[2], dilation[2];
    long counts_padding;
} Pooling;

#define WINDOW                                                              \
    long i = get_global_id(0);                                              \
    if (i >= v.size)                                                        \
        return;                                                             \
    long top = i / v.z_size[1] % v.z_size[0] * v.stride[0] - v.padding[0];  \
    long left = i % v.z_size[1] * v.stride[1] - v.padding[1];               \
    long image = v.x_offset + i / (v.z_size[0] * v.z_size[1]) * v.x_size[0] * v.x_size[1];

// Each element of the window that is one of x, at row and column.
#define EACH                                                                \
    for (long k = 0, row = top; k < v.kernel_size[0]; ++k, row += v.dilation[0]) \
        for (long l = 0, column = left; l < v.kernel_size[1]; ++l, column += v.dilation[1]) \
            if (row >= 0 && row < v.x_size[0] && column >= 0 && column < v.x_size[1])

kernel void op_max_pool2d(global const S *px, global S *pz, Pooling v)
{
    WINDOW
    A highest = -INFINITY;
    EACH {
        A next = load(px, image + row * v.x_size[1] + column);
        highest = LARGER(highest, next);
    }
    store(pz, i, highest);
}

// How many elements of a window from start on are in x, or in x and its padding.
long counted(const Pooling *v, int axis, long start)
{
    long margin = v->counts_padding ? v->padding[axis] : 0;
    return min(start + v->kernel_size[axis], v->x_size[axis] + margin) - max(start, -margin);
}

kernel void op_avg_pool2d(global const S *px, global S *pz, Pooling v)
{
    WINDOW
    A sum = 0;
    EACH
        sum += load(px, image + row * v.x_size[1] + column);
    store(pz, i, sum / (A)(counted(&v, 0, top) * counted(&v, 1, left)));
}
