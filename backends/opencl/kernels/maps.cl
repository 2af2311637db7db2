// The elementwise kernels: each work-item reads its elements through the layout (broadcasting is a
// stride of 0) and writes one element of the contiguous result.
#define UNARY(name, expression)                                                    \
    kernel void name(global const S *px, global S *pz, Layout l)                   \
    {                                                                              \
        long i = get_global_id(0);                                                 \
        if (i < l.size) {                                                          \
            A x = load(px, at(&l, 0, i));                                          \
            store(pz, i, expression);                                              \
        }                                                                          \
    }

#define BINARY(name, expression)                                                   \
    kernel void name(global const S *px, global const S *py, global S *pz, Layout l) \
    {                                                                              \
        long i = get_global_id(0);                                                 \
        if (i < l.size) {                                                          \
            A x = load(px, at(&l, 0, i)), y = load(py, at(&l, 1, i));              \
            store(pz, i, expression);                                              \
        }                                                                          \
    }

#define COMPARISON(name, expression)                                               \
    kernel void name(global const S *px, global const S *py, global uchar *pz, Layout l) \
    {                                                                              \
        long i = get_global_id(0);                                                 \
        if (i < l.size) {                                                          \
            A x = load(px, at(&l, 0, i)), y = load(py, at(&l, 1, i));              \
            pz[i] = (expression) ? 1 : 0;                                          \
        }                                                                          \
    }
