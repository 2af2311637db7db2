// Prefix sums of a mask, in blocks of GROUP.
long inclusive_scan(local long *part, long value)
{
    int me = get_local_id(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    part[me] = value;
    for (int reach = 1; reach < GROUP; reach *= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        long before = me >= reach ? part[me - reach] : 0;
        barrier(CLK_LOCAL_MEM_FENCE);
        part[me] += before;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    return part[me];
}

kernel void scan_blocks(global const uchar *mask, global long *places, global long *totals,
                        Layout l)
{
    local long part[GROUP];
    long i = get_global_id(0);
    long place = inclusive_scan(part, i < l.size && mask[at(&l, 0, i)] ? 1 : 0);
    if (i < l.size)
        places[i] = place;
    if (get_local_id(0) == GROUP - 1)
        totals[get_group_id(0)] = place;
}

// One work-group: each total becomes the sum of those before it, and the whole sum comes last.
kernel void scan_totals(global long *totals, long blocks)
{
    local long part[GROUP];
    long carry = 0;
    for (long start = 0; start < blocks; start += GROUP) {
        long i = start + get_local_id(0);
        long value = i < blocks ? totals[i] : 0;
        long place = inclusive_scan(part, value);
        if (i < blocks)
            totals[i] = carry + place - value;
        carry += part[GROUP - 1];
    }
    if (get_local_id(0) == 0)
        totals[blocks] = carry;
}

// places, bases: see compact in movement.cl. One coordinate of each selected element: n is the size
// along its axis, after the number of elements that one step along it skips.
kernel void coordinates(global const uchar *mask, global const long *places,
                        global const long *bases, global long *pz, Layout l, long n, long after,
                        long start, long step)
{
    long i = get_global_id(0);
    if (i < l.size && mask[at(&l, 0, i)])
        pz[start + step * (bases[i / GROUP] + places[i] - 1)] = i / after % n;
}

// Of the runs that a mask begins, each as long as it reaches: the number of its elements.
kernel void run_lengths(global const long *starts, global long *pz, long runs, long size)
{
    long i = get_global_id(0);
    if (i < runs)
        pz[i] = (i + 1 < runs ? starts[i + 1] : size) - starts[i];
}

// The number of the run that each element of an order belongs to, where the element stood.
kernel void run_numbers(global const long *places, global const long *bases,
                        global const long *order, global long *pz, long size)
{
    long i = get_global_id(0);
    if (i < size)
        pz[order[i]] = bases[i / GROUP] + places[i] - 1;
}
