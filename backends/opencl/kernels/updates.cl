// The updates stand in the order of the elements that they name: the place in that order of the
// first one that names element i, or one after it.
long first_update(global const long *targets, global const long *order, long count, long i)
{
    long low = 0, high = count;
    while (low < high) {
        long half_way = low + (high - low) / 2;
        if (targets[order[half_way]] < i)
            low = half_way + 1;
        else
            high = half_way;
    }
    return low;
}

// Each update that names element i, in turn.
#define UPDATES_OF(i, j)                                                     \
    for (long j = first_update(targets, order, count, i);                    \
         j < count && targets[order[j]] == i; ++j)
