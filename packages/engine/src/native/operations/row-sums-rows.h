namespace d3pm {
namespace D3PM_PROCESSOR {

inline void add_row(const float* x, const float* row, int64_t columns, int64_t begin, int64_t end, float* y) {
  for (int64_t r = begin; r < end; r++) {
    const float* from = x + r * columns;
    float* to = y + r * columns;
    for (int64_t i = 0; i < columns; i++) to[i] = from[i] + row[i];
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
