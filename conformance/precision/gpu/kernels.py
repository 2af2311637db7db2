"""The kernels: a function in double beside results, reduced to partial figures of ``CHUNK`` points.

Each figure is as ``strips``, ``errors`` and ``neighbours`` have it for float32; the sums are added
up in a fixed order. What Ziv's test leaves undecided is not judged but listed, with zeros and
infinities, where a backend may have declared another result.
"""

from __future__ import annotations

from typing import Any

from tensorcts.conformance.precision import evaluations
from tensorcts.conformance.precision.functions import Function
from tensorcts.conformance.precision.gpu import formulas
from tensorcts.conformance.precision.neighbours import STEADY
from tensorcts.conformance.precision.tallies import BINS, COUNTERS, FIRST_OCTAVE, IN_OCTAVE
from tensorcts.conformance.precision.truths import TINY

CHUNK = 2**16
"""Points that a block of threads judges, of one binade."""

THREADS = 256

JUDGED = len(COUNTERS)
"""The place of the count of points judged, after those of ``COUNTERS``."""

COMPARED = JUDGED + 1
"""The place of the count of points whose error counts."""

KINDS = COMPARED + 1

SOURCE = r"""
enum Kind { COUNTED, JUDGED, COMPARED, KINDS };

#define INF __longlong_as_double(0x7ff0000000000000LL)
const double BEYOND = 3.402823669209384634633746e38;  // 2**128
const long long EXPONENT = 0x7ffLL << 52, SMALLEST_NORMAL = (1023LL - 126) << 52;
const long long QUARTER = 1LL << (51 - 24);  // of an ulp of a float, as a double's bits count it

// A float's number. CuPy compiles with -ftz=true, so that no subnormal float may be touched.
__device__ double at(unsigned bits) {
  unsigned size = bits & 0x7fffffffu;
  double x = size < 0x00800000u ? size * 0x1p-149 : (double)__uint_as_float(size);
  return bits >> 31 ? -x : x;
}

// The nearest float's number.
__device__ double rounded(double y) {
  return fabs(y) < 0x1p-126 ? rint(y * 0x1p149) * 0x1p-149 : (double)(float)y;
}

__device__ double function(double x) { return FORMULA; }

// On which side of y the truth lies where the function is next to a tangent; 0: unknown.
__device__ double side(double x, double y) {
  if (fabs(x) > TANGENT_BEYOND) return y > 0 ? 1 : -1;
  if (fabs(x) < TINY) return x > 0 ? RIGHT : LEFT;
  return 0;
}

// The truth as far as double tells it, and whether it tells how it rounds.
__device__ double truth(unsigned bits, bool& decided) {
  double x = at(bits), y = function(x);
  double around = UNSURE_FROM < x && x < UNSURE_TO
      ? RELATIVE * fabs(y) + ABSOLUTE + SLOPE * fabs(x) : FEW * fabs(y);
  decided = x != 0 && !isinf(x);
  if (decided && isfinite(y) && rounded(y - around) != rounded(y + around)) {
    double to = side(x, y);
    if (to) y = nextafter(y, to * INF); else decided = false;
  }
  return y;
}

__device__ double clipped(double y) { return fmin(fmax(y, -BEYOND), BEYOND); }

// In Kahan's ulps; the largest number's neighbour stands for all beyond it.
__device__ double error_of(double got, double y) {
  double wanted = clipped(y);
  long long size = max(__double_as_longlong(fabs(wanted)), SMALLEST_NORMAL) - QUARTER;
  double unit = __longlong_as_double(size & EXPONENT) * 0x1p-23;
  return (clipped(got) - wanted) / fmin(fmax(unit, 0x1p-149), 0x1p104);
}

struct Figures {
  unsigned count[KINDS], first[KINDS], worst;
  double size, bias, square, largest;

  __device__ Figures() : worst(0), size(0), bias(0), square(0), largest(0) {
    #pragma unroll
    for (int k = 0; k < KINDS; k++) { count[k] = 0; first[k] = 0xffffffffu; }
  }
  __device__ void tell(int kind, bool is_so, unsigned bits) {  // bits ascend
    if (!is_so) return;
    count[kind]++;
    first[kind] = min(first[kind], bits);
  }
  __device__ void judge(unsigned bits, double got, double y, unsigned* histogram) {
    double wanted = rounded(y);
    bool both = !isnan(got) && !isnan(y);
    bool subnormal = wanted != 0 && fabs(wanted) < 0x1p-126;
    tell(JUDGED, true, bits);
    tell(COMPARED, both, bits);
    tell(NAN_FOR_A_NUMBER, isnan(got) && !isnan(y), bits);
    tell(NUMBER_FOR_NAN, !isnan(got) && isnan(y), bits);
    tell(INFINITY_FOR_A_NUMBER, both && isinf(got) && !isinf(wanted), bits);
    tell(NUMBER_FOR_INFINITY, both && !isinf(got) && isinf(wanted), bits);
    tell(SIGN_OF_ZERO, got == 0 && wanted == 0 && signbit(got) != signbit(y), bits);
    tell(SUBNORMAL_RESULTS, subnormal, bits);
    tell(FLUSHED, subnormal && got == 0, bits);
    if (!both) return;
    double off = error_of(got, y), far = fabs(off);
    tell(MISROUNDED, far > 0.5 || (far == 0.5 && got != wanted), bits);
    size += far;
    bias += signbit(y) ? -off : off;
    square += far * far;
    if (far > largest) { largest = far; worst = bits; }
    int bin = (int)(__double_as_longlong(far) >> (52 - PART_BITS)) - FIRST_BIN;
    atomicAdd(&histogram[min(max(bin, 0), BINS - 1)], 1u);
  }
};

// The sum over all threads, in a fixed order; valid in thread 0.
__device__ double summed(double own, double* room) {
  room[threadIdx.x] = own;
  for (int half = THREADS / 2; half; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) room[threadIdx.x] += room[threadIdx.x + half];
  }
  __syncthreads();
  double total = room[0];
  __syncthreads();
  return total;
}

// got: of magnitudes first - lead, ...; mirrored: of those of the other sign, or null.
extern "C" __global__ void judge(
    const unsigned* got, const unsigned* mirrored, unsigned first, unsigned sign, int lead, int odd,
    double* sums, unsigned* counts, unsigned* firsts, double* largest, unsigned* worst,
    unsigned long long* histogram, unsigned* listed, unsigned* open) {
  __shared__ double room[THREADS], truths[THREADS + 1], results[THREADS + 1];
  __shared__ unsigned bins[BINS], count[KINDS], least[KINDS], patterns[THREADS];
  const int t = threadIdx.x;
  const unsigned start = blockIdx.x * CHUNK;
  for (int i = t; i < BINS; i += THREADS) bins[i] = 0;
  for (int k = t; k < KINDS; k += THREADS) { count[k] = 0; least[k] = 0xffffffffu; }
  if (t == 0) {
    bool before = start + lead > 0, decided;
    results[0] = before ? at(got[start + lead - 1]) : 0;
    truths[0] = before ? truth((first + start - 1) | sign, decided) : INF - INF;
  }
  Figures own;
  for (unsigned i = start + t; i < start + CHUNK; i += THREADS) {
    const unsigned bits = (first + i) | sign, raw = got[lead + i];
    bool decided;
    const double result = at(raw), y = truth(bits, decided);
    __syncthreads();  // thread 0's next neighbour is in place
    truths[t + 1] = y;
    results[t + 1] = result;
    __syncthreads();
    const double step = y - truths[t], taken = result - results[t];
    __syncthreads();
    if (t == THREADS - 1) { truths[0] = y; results[0] = result; }
    own.tell(MONOTONICITY, taken * step < 0 && fabs(step) > STEADY * fabs(y), bits);
    if (mirrored) {
      const unsigned expected = odd ? mirrored[lead + i] ^ 0x80000000u : mirrored[lead + i];
      own.tell(SYMMETRY, raw != expected && !isnan(result), bits);
    }
    if (decided) own.judge(bits, result, y, bins);
    else listed[atomicAdd(open, 1u)] = bits;
  }
  #pragma unroll
  for (int k = 0; k < KINDS; k++) {
    if (own.count[k]) { atomicAdd(&count[k], own.count[k]); atomicMin(&least[k], own.first[k]); }
  }
  const double of[3] = {summed(own.size, room), summed(own.bias, room), summed(own.square, room)};
  room[t] = own.largest;
  patterns[t] = own.worst;
  for (int half = THREADS / 2; half; half /= 2) {
    __syncthreads();
    if (t < half && (room[t + half] > room[t] ||
                     (room[t + half] == room[t] && patterns[t + half] < patterns[t]))) {
      room[t] = room[t + half];
      patterns[t] = patterns[t + half];
    }
  }
  __syncthreads();
  for (int k = t; k < KINDS; k += THREADS) {
    counts[KINDS * blockIdx.x + k] = count[k];
    firsts[KINDS * blockIdx.x + k] = least[k];
  }
  if (t == 0) {
    for (int i = 0; i < 3; i++) sums[3 * blockIdx.x + i] = of[i];
    largest[blockIdx.x] = room[0];
    worst[blockIdx.x] = patterns[0];
  }
  for (int i = t; i < BINS; i += THREADS) {
    if (bins[i]) atomicAdd(&histogram[i], (unsigned long long)bins[i]);
  }
}

extern "C" __global__ void values(const unsigned* bits, double* y, int size) {
  const int i = blockIdx.x * THREADS + threadIdx.x;
  bool decided;
  if (i < size) y[i] = truth(bits[i], decided);
}
"""


def module(function: Function, sides: tuple[float, float]) -> Any:
    """The kernels ``judge`` and ``values`` of a function that has a formula.

    sides: on which side of its tangent at 0 it lies, for x > 0 and x < 0 (``Truths.sides``).
    """
    import cupy

    return cupy.RawModule(code=source(function, sides), options=("-std=c++17", "--fmad=false"))


def source(function: Function, sides: tuple[float, float], threads: int = THREADS) -> str:
    """The kernels' source."""
    margin, unsure = evaluations.margin(function), formulas.unsure(function)
    numbers = {
        "RELATIVE": margin.relative, "ABSOLUTE": margin.absolute, "SLOPE": margin.slope,
        "UNSURE_FROM": unsure[0], "UNSURE_TO": unsure[1], "FEW": formulas.FEW,
        "RIGHT": sides[0], "LEFT": sides[1], "TINY": TINY if any(sides) else 0.0,
        "TANGENT_BEYOND": evaluations.BEYOND.get(function.op.name, 2.0**1000),
        "STEADY": STEADY,
        "CHUNK": CHUNK, "THREADS": threads, "BINS": BINS,
        "PART_BITS": IN_OCTAVE.bit_length() - 1,
        "FIRST_BIN": (1023 + FIRST_OCTAVE) * IN_OCTAVE - 1,
    }  # fmt: skip
    macros = {
        "FORMULA": f"({formulas.formula(function)})",
        "COUNTED": ", ".join(map(str.upper, COUNTERS)),
        **{name: repr(value) for name, value in numbers.items()},
    }
    return "".join(f"#define {name} {text}\n" for name, text in macros.items()) + SOURCE
