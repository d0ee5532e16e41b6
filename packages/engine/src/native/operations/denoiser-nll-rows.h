#include "softmax-deviation.h"

namespace d3pm {
namespace D3PM_PROCESSOR {

// `row` is scratch of padded(classes) numbers.
inline void nll_rows(const float* logits, const int32_t* x0, int64_t classes, int64_t impossible, const float* weight,
                     bool weighs_each, int64_t begin, int64_t end, float* row, float* nll, float* deviation) {
  const int64_t width = padded(classes);
  for (int64_t r = begin; r < end; r++) {
    const float by = weight[weighs_each ? r : 0];
    // 0 · ∞ is 0.
    if (by == 0) {
      nll[r] = 0;
      std::memset(deviation + r * classes, 0, classes * sizeof(float));
      continue;
    }
    for (int64_t i = width - kLanes; i < width; i++) row[i] = -kInfinity;
    std::memcpy(row, logits + r * classes, classes * sizeof(float));
    if (impossible >= 0) row[impossible] = -kInfinity;
    const auto [hit_weight, other_sum, log_hit] = weigh_row(row, width, x0[r]);
    // The largest weight is 1. NaN stays.
    const float sum = other_sum + hit_weight;
    const float total = sum < 1 ? 1 : sum;
    nll[r] = by * (hit_weight > 0.5f * total ? std::log1p(other_sum / hit_weight) : std::log(total) - log_hit);
    const float inverse = by / total;
    multiply_row(row, width, inverse);
    row[x0[r]] = -other_sum * inverse;
    std::memcpy(deviation + r * classes, row, classes * sizeof(float));
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
