// More elementwise kernels: of one array to bool, of three arrays.
#define PREDICATE(name, expression)                                                \
    kernel void name(global const S *px, global uchar *pz, Layout l)               \
    {                                                                              \
        long i = get_global_id(0);                                                 \
        if (i < l.size) {                                                          \
            A x = load(px, at(&l, 0, i));                                          \
            pz[i] = (expression) ? 1 : 0;                                          \
        }                                                                          \
    }

#define TERNARY(name, expression)                                                  \
    kernel void name(global const S *px, global const S *py, global const S *pw,   \
                     global S *pz, Layout l)                                       \
    {                                                                              \
        long i = get_global_id(0);                                                 \
        if (i < l.size) {                                                          \
            A x = load(px, at(&l, 0, i)), y = load(py, at(&l, 1, i));              \
            A w = load(pw, at(&l, 2, i));                                          \
            store(pz, i, expression);                                              \
        }                                                                          \
    }
