// Sixteen float32 at a time, in the vector types of GCC and Clang: the compiler lays them out on what the processor has.
#pragma once
#include <cstdint>
#include <cstring>
#include <limits>

// One function compiled for three processors; the loader takes the best that there is.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define D3PM_FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define D3PM_FOR_EVERY_PROCESSOR
#endif
#define D3PM_INLINE static inline __attribute__((always_inline))

namespace d3pm {

typedef float Lanes __attribute__((vector_size(64)));
typedef int32_t Words __attribute__((vector_size(64)));
constexpr int64_t kLanes = 16;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The smallest multiple of sixteen that holds a row.
D3PM_INLINE int64_t padded(int64_t size) { return (size + kLanes - 1) / kLanes * kLanes; }

D3PM_INLINE void load(const float* from, Lanes* to) { std::memcpy(to, from, sizeof(Lanes)); }
D3PM_INLINE void store(const Lanes* from, float* to) { std::memcpy(to, from, sizeof(Lanes)); }

// a where the mask is set, else b.
#define D3PM_SELECT(mask, a, b) ((::d3pm::Lanes)(((mask) & (::d3pm::Words)(a)) | (~(mask) & (::d3pm::Words)(b))))
#define D3PM_ALL(value) (::d3pm::Lanes{} + (value))

// A pairwise sum: the same whatever the processor.
D3PM_INLINE float sum_of(const Lanes* lanes) {
  float x[kLanes];
  store(lanes, x);
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) x[i] += x[i + half];
  return x[0];
}

D3PM_INLINE float largest_of(const Lanes* lanes) {
  float x[kLanes];
  store(lanes, x);
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) x[i] = x[i] > x[i + half] ? x[i] : x[i + half];
  return x[0];
}

// e^x for x ≤ 88, right to 2 units in the last place; 0 below the smallest normal number and at −∞, NaN at NaN. The polynomial and the
// split of log 2 are those of Cephes (Moshier, expf).
D3PM_INLINE void exp_of(const Lanes* argument, Lanes* result) {
  const Lanes x = *argument;
  const Words tiny = x < D3PM_ALL(-87.33654f);
  const Words is_nan = x != x;
  const Lanes bounded = D3PM_SELECT(tiny, Lanes{}, x);
  const Lanes rounded = bounded * 1.44269504f + 12582912.0f;
  const Lanes n = rounded - 12582912.0f;
  const Lanes r = bounded - n * 0.693359375f + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Lanes scaled = (Lanes)((Words)p + ((Words)rounded << 23));
  *result = D3PM_SELECT(is_nan, x, D3PM_SELECT(tiny, Lanes{}, scaled));
}

// log x, right to 2 units in the last place; −∞ at 0, NaN below and at NaN, ∞ at ∞. Cephes (Moshier, logf).
D3PM_INLINE void log_of(const Lanes* argument, Lanes* result) {
  const Lanes x = *argument;
  const Words small = x < D3PM_ALL(1.17549435e-38f);
  const Words bits = (Words)D3PM_SELECT(small, x * 8388608.0f, x);
  const Words exponent = (bits - 0x3f3504f3) >> 23;
  const Lanes e = __builtin_convertvector(exponent, Lanes) - D3PM_SELECT(small, D3PM_ALL(23.0f), Lanes{});
  const Lanes f = (Lanes)(bits - (exponent << 23)) - 1.0f;
  Lanes p = f * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const Lanes ff = f * f;
  const Lanes y = p * f * ff - e * 2.12194440e-4f - ff * 0.5f;
  const Lanes value = f + y + e * 0.693359375f;
  const Words regular = (x > Lanes{}) & (x < D3PM_ALL(kInfinity));
  const Lanes edge = D3PM_SELECT(x == Lanes{}, D3PM_ALL(-kInfinity), D3PM_SELECT(x > Lanes{}, x, D3PM_ALL(std::numeric_limits<float>::quiet_NaN())));
  *result = D3PM_SELECT(regular, value, edge);
}

}  // namespace d3pm
