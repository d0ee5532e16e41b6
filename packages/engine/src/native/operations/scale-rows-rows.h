namespace d3pm {
namespace D3PM_PROCESSOR {

inline void scale(const float* x, const float* factor, int64_t columns, int64_t begin, int64_t end, float* y) {
  for (int64_t r = begin; r < end; r++) {
    const float by = factor[r];
    const float* from = x + r * columns;
    float* to = y + r * columns;
    for (int64_t i = 0; i < columns; i++) to[i] = from[i] * by;
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
