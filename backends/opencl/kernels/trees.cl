// Reductions inside a work-group: a tree over local memory. lanes is the number of work-items that
// hold a value, so that no neutral element takes part (1 + 0i times inf would make NaN).
#define TREE(name, type, combined)                                          \
    type name(local type *part, type value, long lanes)                     \
    {                                                                       \
        int me = get_local_id(0);                                           \
        barrier(CLK_LOCAL_MEM_FENCE);                                       \
        part[me] = value;                                                   \
        for (int reach = GROUP / 2; reach > 0; reach /= 2) {                \
            barrier(CLK_LOCAL_MEM_FENCE);                                   \
            if (me < reach && me + reach < lanes) {                         \
                type a = part[me], b = part[me + reach];                    \
                part[me] = combined;                                        \
            }                                                               \
        }                                                                   \
        barrier(CLK_LOCAL_MEM_FENCE);                                       \
        return part[0];                                                     \
    }

// A NaN stays whatever it is compared with.
#define LARGER(a, b) ((a) != (a) ? (a) : (b) != (b) ? (b) : (a) > (b) ? (a) : (b))
#define SMALLER(a, b) ((a) != (a) ? (a) : (b) != (b) ? (b) : (a) < (b) ? (a) : (b))
