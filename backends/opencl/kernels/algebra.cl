// Sums and products in C, the type accumulated in: float for 16-bit floats, an unsigned type for
// integers (so that they wrap), the dtype's own otherwise.
#if defined(INTEGER) || defined(BOOLEAN)
typedef W C;
#else
typedef A C;
#endif

#if defined(COMPLEX)
#define ONE ((C)(1, 0))
#else
#define ONE ((C)1)
#endif
#define ZERO ((C)0)

C lift(A x) { return x; }

C plus(C x, C y) { return x + y; }

C times(C x, C y)
{
#if defined(COMPLEX)
    return (C)(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x);
#else
    return x * y;
#endif
}
