// Philox4x32-10 (Salmon et al. 2011). Each work-item computes one block of four words, and writes
// the four elements that come of it: two where an element takes two words.
uint4 philox(ulong block, ulong seed)
{
    uint4 x = (uint4)((uint)block, (uint)(block >> 32), 0, 0);
    uint2 key = (uint2)((uint)seed, (uint)(seed >> 32));
    for (int turn = 0; turn < 10; ++turn) {
        uint low0 = x.s0 * 0xD2511F53, high0 = mul_hi(x.s0, 0xD2511F53u);
        uint low1 = x.s2 * 0xCD9E8D57, high1 = mul_hi(x.s2, 0xCD9E8D57u);
        x = (uint4)(high1 ^ x.s1 ^ key.s0, low1, high0 ^ x.s3 ^ key.s1, low0);
        key += (uint2)(0x9E3779B9, 0xBB67AE85);
    }
    return x;
}

#if defined(FLOATING)
#if defined(DTYPE_float64)
#define LANES 2
#define BITS 53
#define UNIT 0x1p-53
#define WHOLE(words, i) (((ulong)words[2 * (i)] << 32 | words[2 * (i) + 1]) >> 11)
#else
#define LANES 4
#define BITS 24
#define UNIT 0x1p-24f
#define WHOLE(words, i) (words[i] >> 8)
#endif

#if defined(DTYPE_float16)
#define DROPPED 13
#elif defined(DTYPE_bfloat16)
#define DROPPED 16
#else
#define DROPPED 0
#endif

kernel void op_rand(global S *pz, ulong seed, long size)
{
    long block = get_global_id(0);
    uint words[4];
    vstore4(philox(block, seed), 0, words);
    for (int i = 0; i < LANES && block * LANES + i < size; ++i)
        store(pz, block * LANES + i, (A)(WHOLE(words, i) >> DROPPED << DROPPED) * UNIT);
}

// Box and Muller's transform of two uniform numbers into two normal ones.
kernel void op_randn(global S *pz, ulong seed, long size, A mean, A deviation)
{
    long block = get_global_id(0);
    uint words[4];
    vstore4(philox(block, seed), 0, words);
    for (int i = 0; i < LANES && block * LANES + i < size; i += 2) {
        A u = (A)(WHOLE(words, i) + 1) * UNIT, v = (A)WHOLE(words, i + 1) * UNIT;
        A radius = sqrt(-2 * log(u));
        store(pz, block * LANES + i, mean + deviation * (radius * cospi(2 * v)));
        if (block * LANES + i + 1 < size)
            store(pz, block * LANES + i + 1, mean + deviation * (radius * sinpi(2 * v)));
    }
}
#endif

#if defined(INTEGER)
kernel void op_randint(global S *pz, ulong seed, long size, ulong low, ulong range)
{
    long block = get_global_id(0);
    uint words[4];
    vstore4(philox(block, seed), 0, words);
    for (int i = 0; i < 4 && block * 4 + i < size; ++i)
        pz[block * 4 + i] = (S)(low + ((ulong)words[i] * range >> 32));
}
#endif

#if defined(BOOLEAN)
// True where the 24 highest bits are below the threshold.
kernel void op_bernoulli(global S *pz, ulong seed, long size, uint threshold)
{
    long block = get_global_id(0);
    uint words[4];
    vstore4(philox(block, seed), 0, words);
    for (int i = 0; i < 4 && block * 4 + i < size; ++i)
        pz[block * 4 + i] = words[i] >> 8 < threshold;
}
#endif

#if defined(DTYPE_uint64)
// Two words make a number of 64 bits, the key that a place is sorted by.
kernel void sort_keys(global S *pz, ulong seed, long size)
{
    long block = get_global_id(0);
    uint4 words = philox(block, seed);
    if (block * 2 < size)
        pz[block * 2] = (ulong)words.s0 << 32 | words.s1;
    if (block * 2 + 1 < size)
        pz[block * 2 + 1] = (ulong)words.s2 << 32 | words.s3;
}
#endif
