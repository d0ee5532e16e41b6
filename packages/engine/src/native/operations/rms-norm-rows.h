namespace d3pm {
namespace D3PM_PROCESSOR {

inline void norm_rows(const float* x, const float* scale, float floor, int64_t columns, int64_t begin, int64_t end, float* y, float* inverse) {
  for (int64_t r = begin; r < end; r++) {
    const float* row = x + r * columns;
    Lanes lanes, squares = {};
    int64_t i = 0;
    for (; i + kLanes <= columns; i += kLanes) {
      load(row + i, &lanes);
      squares += lanes * lanes;
    }
    float sum = sum_of(&squares);
    for (; i < columns; i++) sum += row[i] * row[i];
    const float factor = 1 / std::sqrt(sum / static_cast<float>(columns) + floor);
    inverse[r] = factor;
    for (int64_t j = 0; j < columns; j++) y[r * columns + j] = row[j] * factor * scale[j];
  }
}

// dx = (dy ∘ scale − u mean(dy ∘ scale ∘ u)) / norm with u = x / norm, and a part of dscale = Σ_rows dy ∘ u.
inline void gradient_rows(const float* dy, const float* x, const float* scale, const float* inverse, int64_t columns, int64_t begin, int64_t end,
                   float* dx, float* dscale) {
  for (int64_t r = begin; r < end; r++) {
    const float* row = x + r * columns;
    const float* up = dy + r * columns;
    const float factor = inverse[r];
    Lanes a, b, c, along = {};
    int64_t i = 0;
    for (; i + kLanes <= columns; i += kLanes) {
      load(row + i, &a);
      load(up + i, &b);
      load(scale + i, &c);
      along += a * b * c;
    }
    float sum = sum_of(&along);
    for (; i < columns; i++) sum += row[i] * up[i] * scale[i];
    const float mean = sum * factor / static_cast<float>(columns);
    for (int64_t j = 0; j < columns; j++) {
      const float unit = row[j] * factor;
      dscale[j] += up[j] * unit;
      dx[r * columns + j] = factor * (up[j] * scale[j] - unit * mean);
    }
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
