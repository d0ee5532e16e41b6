// softmaxDeviation of @d3pm/core, for one row. Included by the rows of an operation.
namespace d3pm {
namespace D3PM_PROCESSOR {

struct Deviation {
  // The weights e^(logit − largest): of x_0, and the sum of all others.
  float hit_weight, other_sum;
  // Logit of x_0 less the largest.
  float log_hit;
};

// Turns a row of logits, padded with −∞ to `width`, into the weights of all classes but x_0, and 0 there. Where everything is impossible
// nothing weighs anything.
D3PM_INLINE Deviation weigh_row(float* row, int64_t width, int32_t x0) {
  Lanes lanes, top = D3PM_ALL(-kInfinity);
  LanesSum total;
  for (int64_t i = 0; i < width; i += kLanes) {
    load(row + i, &lanes);
    top = D3PM_SELECT(top > lanes, top, lanes);
  }
  const float found = largest_of(&top);
  const float most = found < -kLargest ? -kLargest : found;
  const float log_hit = row[x0] - most;
  for (int64_t i = 0; i < width; i += kLanes) {
    load(row + i, &lanes);
    lanes = lanes - most;
    exp_of(&lanes, &lanes);
    store(&lanes, row + i);
  }
  const float hit_weight = row[x0];
  row[x0] = 0;
  for (int64_t i = 0; i < width; i += kLanes) {
    load(row + i, &lanes);
    total.add(&lanes);
  }
  return {hit_weight, total.value(), log_hit};
}

D3PM_INLINE void multiply_row(float* row, int64_t width, float factor) {
  Lanes lanes;
  for (int64_t i = 0; i < width; i += kLanes) {
    load(row + i, &lanes);
    lanes *= factor;
    store(&lanes, row + i);
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
