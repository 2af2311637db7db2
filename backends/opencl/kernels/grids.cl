// Elements kept or set by their position.
// An element stays where the number of its diagonal lies in [low, high], and becomes zero elsewhere.
kernel void band(global const S *px, global S *pz, Layout l, long rows, long columns, long low,
                 long high)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    long diagonal = i % columns - i / columns % rows;
    pz[i] = diagonal >= low && diagonal <= high ? px[at(&l, 0, i)] : (S)(0);
}

kernel void hot(global const long *index, global uchar *pz, long offset, long depth, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[i] = index[offset + i / depth] == i % depth ? 1 : 0;
}
