// Updates added or reduced into the elements that they name. One work-item takes all that one
// element gets, in order: no atomics, so the result is the same each time. The arguments are those
// of scatter in movement.cl.
kernel void op_scatter_add(global const S *px, global const long *targets,
                           global const long *order, global const S *updates, global S *pz,
                           Layout l, long updates_offset, long count)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    C sum = lift(load(px, at(&l, 0, i)));
    UPDATES_OF(i, j)
        sum = plus(sum, lift(load(updates, updates_offset + order[j])));
    store(pz, i, (A)sum);
}

// Reductions: 0 the sum, 1 the product, 2 the largest, 3 the smallest, 4 the mean.
#if defined(FLOATING) || defined(INTEGER)
kernel void op_scatter_reduce(global const S *px, global const long *targets,
                              global const long *order, global const S *updates, global S *pz,
                              Layout l, long updates_offset, long count, int reduction,
                              int include_self)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    A own = load(px, at(&l, 0, i)), best = own;
    C total = lift(own);
    long terms = include_self ? 1 : 0;
    UPDATES_OF(i, j) {
        A next = load(updates, updates_offset + order[j]);
        if (terms++ == 0) {
            best = next;
            total = lift(next);
        } else {
            best = reduction == 2 ? LARGER(best, next) : SMALLER(best, next);
            total = reduction == 1 ? times(total, lift(next)) : plus(total, lift(next));
        }
    }
#if defined(FLOATING)
    if (reduction == 4 && terms > 0)
        total /= (C)terms;
#endif
    store(pz, i, reduction == 2 || reduction == 3 ? best : (A)total);
}
#endif
