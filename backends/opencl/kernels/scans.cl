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
