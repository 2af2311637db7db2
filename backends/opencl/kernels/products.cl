// Products of vectors: a work-group for each inner product, a work-item for each cross product.
#if !defined(R)
#define R A
#endif

TREE(total, C, plus(a, b))

C conjugated(C x, int conjugate)
{
#if defined(COMPLEX)
    return conjugate ? (C)(x.x, -x.y) : x;
#else
    return x;
#endif
}

// The layout runs over the results; its operands are the vectors x and y, *_step their strides.
kernel void op_inner(global const S *px, global const S *py, global S *pz, Layout l, long n,
                     long x_step, long y_step, int conjugate)
{
    local C part[GROUP];
    long me = get_local_id(0), x0 = at(&l, 0, get_group_id(0)), y0 = at(&l, 1, get_group_id(0));
    C sum = ZERO;
    for (long j = me; j < n; j += GROUP) {
        C x = conjugated(lift(load(px, x0 + j * x_step)), conjugate);
        sum = plus(sum, times(x, lift(load(py, y0 + j * y_step))));
    }
    sum = total(part, sum, n);
    if (me == 0)
        store(pz, get_group_id(0), (A)sum);
}

// The layout's third operand is the result, whose vectors need not lie along its last axis.
kernel void op_cross(global const S *px, global const S *py, global S *pz, Layout l, long x_step,
                     long y_step, long z_step)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    C x[3], y[3];
    for (int j = 0; j < 3; ++j) {
        x[j] = lift(load(px, at(&l, 0, i) + j * x_step));
        y[j] = lift(load(py, at(&l, 1, i) + j * y_step));
    }
    for (int j = 0; j < 3; ++j) {
        int a = (j + 1) % 3, b = (j + 2) % 3;
        store(pz, at(&l, 2, i) + j * z_step, (A)(times(x[a], y[b]) - times(x[b], y[a])));
    }
}

#if defined(FLOATING) || defined(COMPLEX)
// The root of the sum of squares of each row of a contiguous matrix.
#if defined(COMPLEX)
#define SQUARE(z) ((C)((z).x * (z).x + (z).y * (z).y, 0))
#define STORE_ROOT(i, z) pz[i] = sqrt((z).x)
typedef R T;
#else
#define SQUARE(z) ((z) * (z))
#define STORE_ROOT(i, z) store(pz, i, sqrt(z))
typedef S T;
#endif

kernel void op_norm(global const S *px, global T *pz, long offset, long n)
{
    local C part[GROUP];
    long row = get_group_id(0), me = get_local_id(0);
    C sum = ZERO;
    for (long j = me; j < n; j += GROUP) {
        C x = load(px, offset + row * n + j);
        sum = plus(sum, SQUARE(x));
    }
    sum = total(part, sum, n);
    if (me == 0)
        STORE_ROOT(row, sum);
}
#endif
