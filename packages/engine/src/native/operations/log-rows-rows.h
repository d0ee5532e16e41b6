namespace d3pm {
namespace D3PM_PROCESSOR {

// Below every float32 that can occur, as FINITE_MIN of @d3pm/core: stands in for −∞ where −∞ − (−∞) would be NaN.
constexpr float kFiniteMin = -3e38f;

// The largest of a row, at least kFiniteMin, and Σ exp(x − that).
struct RowSum {
  float shift, sum;
};

D3PM_INLINE RowSum sum_row(const float* row, int64_t classes) {
  Lanes lanes, top = D3PM_ALL(-kInfinity);
  LanesSum total;
  for (int64_t i = 0; i < classes; i += kLanes) {
    load_some(row + i, classes - i, &lanes, -kInfinity);
    top = larger(&top, &lanes);
  }
  const float found = largest_of(&top);
  const float shift = found < kFiniteMin ? kFiniteMin : found;
  for (int64_t i = 0; i < classes; i += kLanes) {
    load_some(row + i, classes - i, &lanes, -kInfinity);
    lanes = lanes - shift;
    exp_of(&lanes, &lanes);
    total.add(&lanes);
  }
  return {shift, total.value()};
}

inline void log_sum_exp_rows(const float* x, int64_t classes, int64_t begin, int64_t end, float* total) {
  for (int64_t r = begin; r < end; r++) {
    const RowSum found = sum_row(x + r * classes, classes);
    total[r] = std::log(found.sum) + found.shift;
  }
}

inline void log_normalize_rows(const float* x, int64_t classes, int64_t begin, int64_t end, float* y) {
  for (int64_t r = begin; r < end; r++) {
    const float* row = x + r * classes;
    const RowSum found = sum_row(row, classes);
    const float total = std::log(found.sum) + found.shift;
    const float by = total < kFiniteMin ? kFiniteMin : total;
    for (int64_t i = 0; i < classes; i++) y[r * classes + i] = row[i] - by;
  }
}

// dx = dy − e^y Σ dy
inline void log_normalize_gradient_rows(const float* dy, const float* y, int64_t classes, int64_t begin, int64_t end, float* dx) {
  for (int64_t r = begin; r < end; r++) {
    const int64_t at = r * classes;
    Lanes lanes, up;
    LanesSum total;
    for (int64_t i = 0; i < classes; i += kLanes) {
      load_some(dy + at + i, classes - i, &lanes);
      total.add(&lanes);
    }
    const float sum = total.value();
    for (int64_t i = 0; i < classes; i += kLanes) {
      load_some(y + at + i, classes - i, &lanes);
      load_some(dy + at + i, classes - i, &up);
      exp_of(&lanes, &lanes);
      lanes = up - lanes * sum;
      store_some(&lanes, classes - i, dx + at + i);
    }
  }
}

// e^δ − 1 − δ for δ ≤ 88: by its series next to 0, where the difference cancels.
D3PM_INLINE void exp_excess(const Lanes* argument, Lanes* result) {
  const Lanes x = *argument;
  Lanes series = x * (1.0f / 362880) + 1.0f / 40320;
  series = series * x + 1.0f / 5040;
  series = series * x + 1.0f / 720;
  series = series * x + 1.0f / 120;
  series = series * x + 1.0f / 24;
  series = series * x + 1.0f / 6;
  series = series * x + 0.5f;
  Lanes whole;
  exp_of(&x, &whole);
  const Words near = (x < D3PM_ALL(0.5f)) & (x > D3PM_ALL(-0.5f));
  *result = D3PM_SELECT(near, series * x * x, whole - 1.0f - x);
}

// Σ q (e^δ − 1 − δ), δ = log p − log q, and −q: categorical-kl.ts of @d3pm/core. NaN where no class is possible under q.
inline void kl_rows(const float* log_q, const float* log_p, int64_t classes, int64_t begin, int64_t end, float* kl, float* gradient) {
  for (int64_t r = begin; r < end; r++) {
    const int64_t at = r * classes;
    LanesSum total, mass;
    for (int64_t i = 0; i < classes; i += kLanes) {
      const int64_t count = classes - i;
      Lanes a, b, q, p, excess;
      load_some(log_q + at + i, count, &a, -kInfinity);
      load_some(log_p + at + i, count, &b, -kInfinity);
      exp_of(&a, &q);
      exp_of(&b, &p);
      mass.add(&q);
      const Lanes delta = b - a;
      // What q has and p has not; q itself may be too small for float32, and 0 · ∞ NaN.
      const Words missing = (b == D3PM_ALL(-kInfinity)) & (a > D3PM_ALL(-kInfinity));
      // From e⁵⁰ times q on, p is the whole of a term. False where both are −∞ too, and at NaN, which q brings back.
      const Words below = delta < D3PM_ALL(50.0f);
      const Lanes bounded = D3PM_SELECT(below, delta, Lanes{});
      exp_excess(&bounded, &excess);
      const Lanes term = D3PM_SELECT(missing, D3PM_ALL(kInfinity), D3PM_SELECT(below, q * excess, p + q * 0.0f));
      total.add(&term);
      q = -q;
      store_some(&q, count, gradient + at + i);
    }
    kl[r] = mass.value() == 0 ? kNaN : total.value();
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
