// Data movement, for elements of 1, 2, 4, 8 or 16 bytes whatever their dtype.
kernel void copy(global const S *px, global S *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[at(&l, 1, i)] = px[at(&l, 0, i)];
}

kernel void choose(global const uchar *condition, global const S *px, global const S *py,
                   global S *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[i] = condition[at(&l, 0, i)] ? px[at(&l, 1, i)] : py[at(&l, 2, i)];
}

// The layout's operand 0 is x without the indexed axis (stride 0 there), operand 1 the index.
kernel void pick(global const S *px, global const long *index, global S *pz, Layout l,
                 long axis_stride)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[i] = px[at(&l, 0, i) + index[at(&l, 1, i)] * axis_stride];
}

// One work-item for each element of the result takes the last update that names it: no two write
// to one element, so none tears one.
kernel void scatter(global const S *px, global const long *targets, global const long *order,
                    global const S *updates, global S *pz, Layout l, long updates_offset,
                    long count)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    long j = first_update(targets, order, count, i + 1) - 1;
    if (j >= 0 && targets[order[j]] == i)
        pz[i] = updates[updates_offset + order[j]];
    else
        pz[i] = px[at(&l, 0, i)];
}

// places: the number of selected elements up to and with this one, in its block of GROUP;
// bases: the number of selected elements before each block.
kernel void compact(global const S *px, global const uchar *mask, global const long *places,
                    global const long *bases, global S *pz, Layout l)
{
    long i = get_global_id(0);
    if (i < l.size && mask[at(&l, 1, i)])
        pz[bases[i / GROUP] + places[i] - 1] = px[at(&l, 0, i)];
}

// The inverse of compact: elements of source one after another where the mask is true, else x.
kernel void expand(global const S *px, global const uchar *mask, global const S *source,
                   global const long *places, global const long *bases, global S *pz, Layout l,
                   long source_offset)
{
    long i = get_global_id(0);
    if (i < l.size)
        pz[i] = mask[at(&l, 1, i)] ? source[source_offset + bases[i / GROUP] + places[i] - 1]
                                   : px[at(&l, 0, i)];
}
