// What attention and position encodings need beside matrix products; A is float or double.
TREE(total, A, a + b)
TREE(largest, A, LARGER(a, b))

// One work-group turns a row of scores into weights. The layout runs over the rows; its operands
// are the mask and the bias, *_column their strides along the row.
kernel void attention_weights(global const S *scores, global const uchar *mask,
                              global const S *bias, global S *pz, Layout l, long n, long queries,
                              A scale, int masked, long mask_column, int biased, long bias_column,
                              int causal, long causal_offset)
{
    local A part[GROUP];
    long row = get_group_id(0), me = get_local_id(0), first = row * n;
    long mask_row = at(&l, 0, row), bias_row = at(&l, 1, row);
    long last = causal ? row % queries + causal_offset : n;
    A high = -INFINITY;
    for (long j = me; j < n; j += GROUP) {
        A score = scores[first + j] * scale;
        if (biased)
            score += bias[bias_row + j * bias_column];
        if (j > last || (masked && !mask[mask_row + j * mask_column]))
            score = -INFINITY;
        pz[first + j] = score;
        high = LARGER(high, score);
    }
    high = largest(part, high, GROUP);
    high = high == -INFINITY ? 0 : high; // a row that sees nothing has the weights 0
    A sum = 0;
    for (long j = me; j < n; j += GROUP)
        sum += exp(pz[first + j] - high);
    sum = total(part, sum, GROUP);
    sum = sum == 0 ? 1 : sum;
    for (long j = me; j < n; j += GROUP)
        pz[first + j] = exp(pz[first + j] - high) / sum;
}

// Each work-item turns one pair of features: x is contiguous (outer, length, 2 * half), and the
// pair's features stand at near and near + apart.
kernel void rotate_pairs(global const S *px, global const long *positions, global S *pz,
                         long offset, long size, long length, long half_size, int interleaved,
                         A base)
{
    long i = get_global_id(0);
    if (i >= size)
        return;
    long pair = i % half_size, line = i / half_size;
    long near = line * 2 * half_size + (interleaved ? 2 * pair : pair);
    long apart = interleaved ? 1 : half_size;
    A angle = (A)positions[line % length] * pow(base, -(A)pair / (A)half_size);
    A c = cos(angle), s = sin(angle);
    A a = load(px, offset + near), b = load(px, offset + near + apart);
    store(pz, near, a * c - b * s);
    store(pz, near + apart, b * c + a * s);
}
