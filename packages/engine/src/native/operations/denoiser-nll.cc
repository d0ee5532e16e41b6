// −log f(x_0) for f = softmax(logits), and its gradient f − x_0, without a difference of nearly equal numbers: softmax-deviation.ts of @d3pm/core.
#include <cmath>
#include <limits>
#include "lanes.h"
#include "operation.h"

namespace d3pm {
namespace {

D3PM_FOR_EVERY_PROCESSOR
void nll_rows(const float* logits, const int32_t* x0, int64_t classes, int64_t impossible, int64_t begin, int64_t end, float* nll,
              float* deviation) {
  const int64_t width = padded(classes);
  std::vector<float> row(width, -kInfinity);
  for (int64_t r = begin; r < end; r++) {
    std::memcpy(row.data(), logits + r * classes, classes * sizeof(float));
    if (impossible >= 0) row[impossible] = -kInfinity;
    Lanes lanes, top = D3PM_ALL(-kInfinity);
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      top = D3PM_SELECT(top > lanes, top, lanes);
    }
    const float most = std::max(largest_of(&top), std::numeric_limits<float>::lowest());
    const float log_hit = row[x0[r]] - most;
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      lanes = lanes - most;
      exp_of(&lanes, &lanes);
      store(&lanes, &row[i]);
    }
    const float hit_weight = row[x0[r]];
    row[x0[r]] = 0;
    Lanes totals = {};
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      totals += lanes;
    }
    const float others = sum_of(&totals);
    // The largest weight is 1; there is none in a row in which everything is impossible. NaN stays.
    const float sum = others + hit_weight;
    const float total = sum < 1 ? 1 : sum;
    nll[r] = hit_weight > 0.5f * total ? std::log1p(others / hit_weight) : std::log(total) - log_hit;
    const float inverse = 1 / total;
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      lanes *= inverse;
      store(&lanes, &row[i]);
    }
    row[x0[r]] = -others * inverse;
    std::memcpy(deviation + r * classes, row.data(), classes * sizeof(float));
  }
}

// logits [R, K], x0 [R], impossible [1], −1 for none → nll [R], deviation [R, K]
void denoiser_nll(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* logits = run.input<float>(0);
  const int32_t* x0 = run.input<int32_t>(1);
  const int64_t impossible = run.input<int32_t>(2)[0], rows = run.size(1), classes = run.last_dimension(0);
  if (rows * classes != run.size(0)) return run.fail("D3pmDenoiserNll: %lld states for %lld logits", (long long)rows, (long long)run.size(0));
  const int64_t wrong = stray(x0, rows, classes);
  if (wrong >= 0) return run.fail("D3pmDenoiserNll: x0 is %d at position %lld, expected 0…%lld", x0[wrong], (long long)wrong, (long long)classes - 1);
  float* nll = run.output_like(0, 1);
  float* deviation = run.output_like(1, 0);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) {
    nll_rows(logits, x0, classes, impossible, begin, end, nll, deviation);
  });
}

const Registration registration("D3pmDenoiserNll", {"logits: float", "x0: int32", "impossible: int32"}, {"nll: float", "deviation: float"},
                                denoiser_nll);

}  // namespace
}  // namespace d3pm
