namespace d3pm {
namespace D3PM_PROCESSOR {

inline void add_row(const float* x, const float* row, bool relu, int64_t columns, int64_t begin, int64_t end, float* y) {
  for (int64_t r = begin; r < end; r++) {
    const float* from = x + r * columns;
    float* to = y + r * columns;
    for (int64_t i = 0; i < columns; i++) to[i] = from[i] + row[i];
    // NaN stays.
    if (relu)
      for (int64_t i = 0; i < columns; i++) to[i] = to[i] < 0 ? 0 : to[i];
  }
}

// dy where y > 0, else 0, and adds it to `sums`.
inline void relu_gradient(const float* dy, const float* y, int64_t columns, int64_t begin, int64_t end, float* dx, float* sums) {
  for (int64_t r = begin; r < end; r++) {
    const float* up = dy + r * columns;
    const float* at = y + r * columns;
    float* to = dx + r * columns;
    for (int64_t i = 0; i < columns; i++) {
      const float value = at[i] > 0 ? up[i] : 0;
      to[i] = value;
      sums[i] += value;
    }
  }
}

// Adds to `sums`.
inline void column_sums(const float* x, int64_t columns, int64_t begin, int64_t end, float* sums) {
  for (int64_t r = begin; r < end; r++) {
    const float* from = x + r * columns;
    for (int64_t i = 0; i < columns; i++) sums[i] += from[i];
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
