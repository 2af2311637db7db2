// The integers of sparse arrays: positions and rows. All arrays are contiguous longs.

// Row-major positions grow axis by axis; index starts at the element start.
kernel void extend(global const long *positions, global const long *index, global long *pz,
                   long start, long size, long count)
{
    long i = get_global_id(0);
    if (i < count)
        pz[i] = positions[i] * size + index[start + i];
}

// One axis of positions: step is the product of the sizes after it.
kernel void digit(global const long *positions, global long *pz, long start, long step, long size,
                  long count)
{
    long i = get_global_id(0);
    if (i < count)
        pz[start + i] = positions[i] / step % size;
}

kernel void heads(global const long *keys, global uchar *mask, long count)
{
    long i = get_global_id(0);
    if (i < count)
        mask[i] = i == 0 || keys[i] != keys[i - 1];
}

// How many of the ordered keys are less than 0, step, 2·step, …
kernel void bounds(global const long *keys, global long *starts, long step, long count, long size)
{
    long i = get_global_id(0);
    if (i >= size)
        return;
    long low = 0, high = count;
    while (low < high) {
        long half_way = (low + high) / 2;
        if (keys[half_way] < i * step)
            low = half_way + 1;
        else
            high = half_way;
    }
    starts[i] = low;
}

// The last of the ordered starts that is not beyond i.
long owner(global const long *starts, long last, long i)
{
    long low = 0, high = last;
    while (low < high) {
        long half_way = (low + high + 1) / 2;
        if (starts[half_way] <= i)
            low = half_way;
        else
            high = half_way - 1;
    }
    return low;
}

kernel void rows_of(global const long *row_starts, global long *pz, long rows, long count)
{
    long i = get_global_id(0);
    if (i < count)
        pz[i] = owner(row_starts, rows, i);
}

// Which constraint on row_starts is broken: where it begins, its order, where it ends.
kernel void check_starts(global const long *row_starts, global long *faults, long rows, long count)
{
    long i = get_global_id(0);
    if (i > rows)
        return;
    if (i == 0 && row_starts[0] != 0)
        faults[0] = 1;
    if (i < rows && row_starts[i + 1] < row_starts[i])
        faults[1] = 1;
    if (i == rows && row_starts[rows] != count)
        faults[2] = 1;
}

// Whether each key is among the others, which are in order, and where.
kernel void find(global const long *keys, global const long *others, global uchar *mask,
                 global long *places, long other_count, long count)
{
    long i = get_global_id(0);
    if (i >= count)
        return;
    long place = other_count ? owner(others, other_count - 1, keys[i]) : 0;
    mask[i] = other_count > 0 && others[place] == keys[i];
    places[i] = place;
}

kernel void row_lengths(global const long *columns, global const long *row_starts,
                        global long *lengths, long count)
{
    long i = get_global_id(0);
    if (i < count)
        lengths[i] = row_starts[columns[i] + 1] - row_starts[columns[i]];
}

// Each entry of x meets the row of y that its column names; offsets says where its products begin.
kernel void meetings(global const long *offsets, global const long *rows,
                     global const long *columns, global const long *other_starts,
                     global const long *other_columns, global long *left, global long *right,
                     global long *positions, long entries, long width, long count)
{
    long i = get_global_id(0);
    if (i >= count)
        return;
    long e = owner(offsets, entries - 1, i);
    left[i] = e;
    right[i] = other_starts[columns[e]] + i - offsets[e];
    positions[i] = rows[e] * width + other_columns[right[i]];
}
