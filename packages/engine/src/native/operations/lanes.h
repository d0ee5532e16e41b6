// Sixteen float32 at a time, in registers of D3PM_REGISTER bytes. Included by for-every-processor.h alone, once for each processor.
#include "pairs.h"

namespace d3pm {
namespace D3PM_PROCESSOR {

typedef float Floats __attribute__((vector_size(D3PM_REGISTER)));
typedef int32_t Integers __attribute__((vector_size(D3PM_REGISTER)));
D3PM_INLINE Floats converted(const Integers& integers) { return __builtin_convertvector(integers, Floats); }

#if D3PM_REGISTER == 64
typedef Floats Lanes;
typedef Integers Words;
#elif D3PM_REGISTER == 32
typedef Pair<Floats> Lanes;
typedef Pair<Integers> Words;
#else
typedef Pair<Pair<Floats>> Lanes;
typedef Pair<Pair<Integers>> Words;
#endif

template <typename Half>
D3PM_INLINE auto converted(const Pair<Half>& integers) -> Pair<decltype(converted(integers.low))> {
  return {converted(integers.low), converted(integers.high)};
}

// Register by register: what is copied as a whole lies in memory.
D3PM_INLINE void load(const float* from, Floats* to) { std::memcpy(to, from, sizeof(Floats)); }
D3PM_INLINE void store(const Floats* from, float* to) { std::memcpy(to, from, sizeof(Floats)); }

template <typename Half>
D3PM_INLINE void load(const float* from, Pair<Half>* to) {
  load(from, &to->low);
  load(from + sizeof(Half) / sizeof(float), &to->high);
}

template <typename Half>
D3PM_INLINE void store(const Pair<Half>* from, float* to) {
  store(&from->low, to);
  store(&from->high, to + sizeof(Half) / sizeof(float));
}

// Each half onto the other until one number is left: the same order of additions on every processor.
D3PM_INLINE float sum_of(const Lanes* lanes) {
  float x[kLanes];
  store(lanes, x);
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; i++) x[i] += x[i + half];
  }
  return x[0];
}

D3PM_INLINE Lanes larger(const Lanes* a, const Lanes* b) { return D3PM_SELECT(*a > *b, *a, *b); }

D3PM_INLINE float largest_of(const Lanes* lanes) {
  float x[kLanes];
  store(lanes, x);
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; i++) x[i] = x[i] > x[i + half] ? x[i] : x[i + half];
  }
  return x[0];
}

// A sum of many, in blocks of 32: of 8192 numbers next to none of the digits are lost.
struct LanesSum {
  Lanes total = {}, block = {};
  int64_t count = 0;

  D3PM_INLINE void add(const Lanes* lanes) {
    block += *lanes;
    if (++count % 32 != 0) return;
    total += block;
    block = Lanes{};
  }

  D3PM_INLINE float value() const {
    const Lanes all = total + block;
    return sum_of(&all);
  }
};

// The first `count` of sixteen numbers and `fill` behind them; all of them where there are more.
D3PM_INLINE void load_some(const float* from, int64_t count, Lanes* to, float fill = 0) {
  if (count >= kLanes) return load(from, to);
  *to = D3PM_ALL(fill);
  std::memcpy(to, from, count * sizeof(float));
}

D3PM_INLINE void store_some(const Lanes* from, int64_t count, float* to) {
  if (count >= kLanes) return store(from, to);
  std::memcpy(to, from, count * sizeof(float));
}

D3PM_INLINE Words places() {
  constexpr int32_t kPlaces[kLanes] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Words words;
  std::memcpy(&words, kPlaces, sizeof words);
  return words;
}

// The first `count` of sixteen.
D3PM_INLINE Words first_lanes(int64_t count) { return places() < (Words{} + static_cast<int32_t>(count < kLanes ? count : kLanes)); }

// The one at a place, if it is among the sixteen.
D3PM_INLINE Words lane_at(int64_t place) { return places() == (Words{} + static_cast<int32_t>(place)); }

// Sets what is behind the first `count` to 0.
D3PM_INLINE void keep_some(int64_t count, Lanes* lanes) {
  *lanes = D3PM_SELECT(first_lanes(count), *lanes, Lanes{});
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
  const Lanes e = converted(exponent) - D3PM_SELECT(small, D3PM_ALL(23.0f), Lanes{});
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
  const Lanes edge = D3PM_SELECT(x == Lanes{}, D3PM_ALL(-kInfinity), D3PM_SELECT(x > Lanes{}, x, D3PM_ALL(kNaN)));
  *result = D3PM_SELECT(regular, value, edge);
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
