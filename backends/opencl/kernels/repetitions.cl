// Slices repeated as often as counts say: who owns each slice of the result.
// One work-group: ends[i] becomes the sum of the counts up to and with i.
kernel void add_up(global const long *counts, global long *ends, long n)
{
    local long part[GROUP];
    long carry = 0;
    for (long start = 0; start < n; start += GROUP) {
        long i = start + get_local_id(0);
        long end = inclusive_scan(part, i < n ? counts[i] : 0);
        if (i < n)
            ends[i] = carry + end;
        carry += part[GROUP - 1];
    }
}

// The owner of place i is the first slice that ends beyond it.
kernel void find_owners(global const long *ends, global long *owners, long n, long size)
{
    long i = get_global_id(0);
    if (i >= size)
        return;
    long low = 0, high = n - 1;
    while (low < high) {
        long middle = (low + high) / 2;
        if (ends[middle] > i)
            high = middle;
        else
            low = middle + 1;
    }
    owners[i] = low;
}
