// Activations of two arrays: x gated by y, x shifted by a bias y, x with slopes y. One kernel each.
BINARY(op_glu, x * sigmoid(y))
BINARY(op_reglu, x * rectified(y))
BINARY(op_geglu, x * gelu(y))
BINARY(op_swiglu, x * swish(y, 1))

BINARY(op_bias_relu, rectified(x + y))
BINARY(op_bias_gelu, gelu(x + y))
BINARY(op_bias_gelu_tanh, gelu_tanh(x + y))
BINARY(op_bias_silu, swish(x + y, 1))
BINARY(op_bias_tanh, tanh(x + y))

BINARY(op_prelu, x > 0 ? x : y * x)
