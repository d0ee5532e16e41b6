namespace d3pm {
namespace D3PM_PROCESSOR {

// −(a rescaled edge above) and the one below, of sixteen bins: the arguments of the two softplus.
struct BinEdges {
  Lanes upper, lower, above, below;
};

D3PM_INLINE void bin_edges(const float* centres, int64_t count, float offset, float width, float inverse, BinEdges* edges) {
  Lanes centre;
  load_some(centres, count, &centre);
  edges->upper = centre - offset;
  edges->lower = edges->upper - width;
  edges->above = edges->upper * -inverse;
  edges->below = edges->lower * inverse;
}

// e^−|x|
D3PM_INLINE void exp_of_size(const Lanes* x, Lanes* result) {
  const Lanes size = D3PM_SELECT(*x > Lanes{}, -*x, *x);
  exp_of(&size, result);
}

// −softplus(above) − softplus(below), with one logarithm for both: the product is at most 4.
inline void logistic_bins_rows(const float* mean, const float* inverse, const float* centres, int64_t classes, int64_t begin, int64_t end,
                               float* logits) {
  const float width = static_cast<float>(2.0 / static_cast<double>(classes - 1)), half = static_cast<float>(1.0 / static_cast<double>(classes - 1));
  for (int64_t r = begin; r < end; r++) {
    const float offset = mean[r] - half;
    for (int64_t i = 0; i < classes; i += kLanes) {
      BinEdges edges;
      bin_edges(centres + i, classes - i, offset, width, inverse[r], &edges);
      Lanes above, below;
      exp_of_size(&edges.above, &above);
      exp_of_size(&edges.below, &below);
      Lanes product = (above + 1.0f) * (below + 1.0f);
      log_of(&product, &product);
      const Lanes zero = {};
      product = -(larger(&edges.above, &zero) + larger(&edges.below, &zero) + product);
      store_some(&product, classes - i, logits + r * classes + i);
    }
  }
}

// σ(x)
D3PM_INLINE void sigmoid_of(const Lanes* x, Lanes* result) {
  Lanes small;
  exp_of_size(x, &small);
  *result = D3PM_SELECT(*x > Lanes{}, D3PM_ALL(1.0f), small) / (small + 1.0f);
}

// Σ dy (σ(below) − σ(above)) / scale and Σ dy (upper σ(above) − lower σ(below))
inline void logistic_bins_gradient_rows(const float* dy, const float* mean, const float* inverse, const float* centres, int64_t classes,
                                        int64_t begin, int64_t end, float* dmean, float* dinverse) {
  const float width = static_cast<float>(2.0 / static_cast<double>(classes - 1)), half = static_cast<float>(1.0 / static_cast<double>(classes - 1));
  for (int64_t r = begin; r < end; r++) {
    const float offset = mean[r] - half;
    LanesSum of_mean, of_inverse;
    for (int64_t i = 0; i < classes; i += kLanes) {
      BinEdges edges;
      bin_edges(centres + i, classes - i, offset, width, inverse[r], &edges);
      Lanes up, above, below;
      load_some(dy + r * classes + i, classes - i, &up);
      sigmoid_of(&edges.above, &above);
      sigmoid_of(&edges.below, &below);
      above *= up;
      below *= up;
      Lanes term = below - above;
      of_mean.add(&term);
      term = edges.upper * above - edges.lower * below;
      of_inverse.add(&term);
    }
    dmean[r] = inverse[r] * of_mean.value();
    dinverse[r] = of_inverse.value();
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
