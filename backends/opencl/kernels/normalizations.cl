// Normalizations of the rows of a contiguous matrix, one work-group a row; n is not 0.
TREE(total, A, a + b)
TREE(largest, A, LARGER(a, b))

#define ROW                                                                 \
    local A part[GROUP];                                                    \
    long row = get_group_id(0), me = get_local_id(0);                       \
    long first = offset + row * n, out = row * n;

// The largest element of the row and the sum of exp(x - largest); sign is -1 for those of -x.
A row_largest(local A *part, global const S *px, long first, long n, A sign)
{
    long me = get_local_id(0);
    A high = -INFINITY;
    for (long j = me; j < n; j += GROUP) {
        A next = sign * load(px, first + j);
        high = LARGER(high, next);
    }
    return largest(part, high, GROUP);
}

A row_exponentials(local A *part, global const S *px, long first, long n, A sign, A high)
{
    A sum = 0;
    for (long j = get_local_id(0); j < n; j += GROUP)
        sum += exp(sign * load(px, first + j) - high);
    return total(part, sum, GROUP);
}

#define SOFTMAX(name, sign)                                                 \
    kernel void name(global const S *px, global S *pz, long offset, long n) \
    {                                                                       \
        ROW                                                                 \
        A high = row_largest(part, px, first, n, sign);                     \
        A sum = row_exponentials(part, px, first, n, sign, high);           \
        for (long j = me; j < n; j += GROUP)                                \
            store(pz, out + j, exp(sign * load(px, first + j) - high) / sum); \
    }
SOFTMAX(op_softmax, 1)
SOFTMAX(op_softmin, -1)

kernel void op_log_softmax(global const S *px, global S *pz, long offset, long n)
{
    ROW
    A high = row_largest(part, px, first, n, 1);
    A logarithm = log(row_exponentials(part, px, first, n, 1, high));
    for (long j = me; j < n; j += GROUP)
        store(pz, out + j, load(px, first + j) - high - logarithm);
}

// Two passes: the variance is that of the deviations from the mean.
kernel void op_layer_norm(global const S *px, global const S *weight, global const S *bias,
                          global S *pz, long offset, long n, long weight_offset,
                          long bias_offset, A eps)
{
    ROW
    A sum = 0;
    for (long j = me; j < n; j += GROUP)
        sum += load(px, first + j);
    A mean = total(part, sum, GROUP) / (A)n;
    sum = 0;
    for (long j = me; j < n; j += GROUP) {
        A deviation = load(px, first + j) - mean;
        sum += deviation * deviation;
    }
    A root = sqrt(total(part, sum, GROUP) / (A)n + eps);
    for (long j = me; j < n; j += GROUP) {
        A scaled = (load(px, first + j) - mean) / root * load(weight, weight_offset + j);
        store(pz, out + j, scaled + load(bias, bias_offset + j));
    }
}

kernel void op_rms_norm(global const S *px, global const S *weight, global S *pz, long offset,
                        long n, long weight_offset, A eps)
{
    ROW
    A sum = 0;
    for (long j = me; j < n; j += GROUP) {
        A x = load(px, first + j);
        sum += x * x;
    }
    A root = sqrt(total(part, sum, GROUP) / (A)n + eps);
    for (long j = me; j < n; j += GROUP)
        store(pz, out + j, load(px, first + j) / root * load(weight, weight_offset + j));
}
