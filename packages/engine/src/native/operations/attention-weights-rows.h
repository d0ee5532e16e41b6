namespace d3pm {
namespace D3PM_PROCESSOR {

// `scratch` has 2 padded(columns) numbers, 0 at the start.
inline void weight_rows(const float* scores, const float* bias, int64_t bias_rows, int64_t columns, int64_t begin, int64_t end, float* scratch,
                        float* weights) {
  const int64_t width = padded(columns);
  float* row = scratch;
  float* offset = scratch + width;
  for (int64_t r = begin; r < end; r++) {
    for (int64_t i = width - kLanes; i < width; i++) row[i] = -kInfinity;
    std::memcpy(row, scores + r * columns, columns * sizeof(float));
    std::memcpy(offset, bias + (r % bias_rows) * columns, columns * sizeof(float));
    Lanes lanes, more, top = D3PM_ALL(-kInfinity), totals = {};
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      load(&offset[i], &more);
      lanes += more;
      store(&lanes, &row[i]);
      top = D3PM_SELECT(top > lanes, top, lanes);
    }
    const float most = largest_of(&top);
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      lanes = lanes - most;
      exp_of(&lanes, &lanes);
      totals += lanes;
      store(&lanes, &row[i]);
    }
    const float inverse = 1 / sum_of(&totals);
    for (int64_t i = 0; i < columns; i++) weights[r * columns + i] = row[i] * inverse;
  }
}

// P ∘ (dP − Σ P ∘ dP)
inline void gradient_rows(const float* weights, const float* upstream, int64_t columns, int64_t begin, int64_t end, float* dscores) {
  for (int64_t r = begin; r < end; r++) {
    const float* w = weights + r * columns;
    const float* up = upstream + r * columns;
    Lanes a, b, products = {};
    int64_t i = 0;
    for (; i + kLanes <= columns; i += kLanes) {
      load(w + i, &a);
      load(up + i, &b);
      products += a * b;
    }
    float balance = sum_of(&products);
    for (; i < columns; i++) balance += w[i] * up[i];
    for (int64_t j = 0; j < columns; j++) dscores[r * columns + j] = w[j] * (up[j] - balance);
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
