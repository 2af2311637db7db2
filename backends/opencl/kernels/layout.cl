// How the linear index of an element becomes an offset into each operand: up to 4 strided operands
// over one shape. The host has merged the axes that it could, so rank is 1 for contiguous arrays.
// Inlined, at makes a CPU's compiler take five times as long over each elementwise kernel.
typedef struct {
    long rank, size, shape[8], offset[4], stride[4][8];
} Layout;

__attribute__((noinline)) long at(const Layout *l, int operand, long i)
{
    long where = l->offset[operand];
    for (int axis = (int)l->rank - 1; axis > 0; --axis) {
        where += i % l->shape[axis] * l->stride[operand][axis];
        i /= l->shape[axis];
    }
    return where + i * l->stride[operand][0];
}
