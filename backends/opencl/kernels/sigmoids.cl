// What activations are made of. Those that fall to 0 have this limit at -inf, where the formula
// would give NaN.
#define SQRT_HALF ((A)0.70710678118654752440)
#define SQRT_2_OVER_PI ((A)0.79788456080286535588)

A rectified(A x) { return x <= 0 ? (A)0 : x; }

A sigmoid(A x) { return 1 / (1 + exp(-x)); }

A log_one_plus_exp(A x) { return (x > 0 ? x : (A)0) + log1p(exp(-fabs(x))); }

A gelu(A x) { return x == -INFINITY ? (A)0 : (A)0.5 * x * erfc(-x * SQRT_HALF); }

// ½·(1 + tanh u) cancels for u < 0, where it is computed as 1/(1 + exp(-2u)).
A tanh_gate(A u) { return u > (A)-0.5 ? (A)0.5 * (1 + tanh(u)) : 1 / (1 + exp(-2 * u)); }

A gelu_tanh(A x)
{
    A gate = tanh_gate(SQRT_2_OVER_PI * (x + (A)0.044715 * (x * x * x)));
    return x == -INFINITY ? (A)0 : x * gate;
}

A swish(A x, A beta) { return x == -INFINITY ? (A)0 : x / (1 + exp(-(beta * x))); }
