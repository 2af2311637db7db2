// Reductions of updates into the elements that indices name: 0 the sum, 1 the product, 2 the
// largest, 3 the smallest, 4 the mean. One work-item takes all that one element gets, in order. The
// arguments up to inner are those of scatter in movement.cl.
kernel void op_scatter_reduce(global const S *px, global const long *index,
                              global const S *updates, global S *pz, Layout l,
                              long updates_offset, long n, long count, long inner, int reduction,
                              int include_self)
{
    long i = get_global_id(0);
    if (i >= l.size)
        return;
    long place = i / inner % n;
    long first = i / (inner * n) * count * inner + i % inner;
    A own = load(px, at(&l, 0, i)), best = own;
    C total = lift(own);
    long terms = include_self ? 1 : 0;
    for (long j = 0; j < count; ++j) {
        if (index[first + j * inner] != place)
            continue;
        A next = load(updates, updates_offset + first + j * inner);
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
