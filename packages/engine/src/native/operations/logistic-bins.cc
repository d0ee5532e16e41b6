// Logits of a logistic distribution in bins, and their gradient: exactBins in truncated-logistic.ts of @d3pm/core.
#define D3PM_ROWS "logistic-bins-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// mean [R, 1], inverse [R, 1], centres [K] → logits [R, K]
void logistic_bins(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* mean = run.input<float>(0);
  const float* inverse = run.input<float>(1);
  const float* centres = run.input<float>(2);
  const int64_t rows = run.size(0), classes = run.size(2);
  if (run.size(1) != rows) return run.fail("D3pmLogisticBins: %lld scales for %lld means", (long long)run.size(1), (long long)rows);
  if (classes < 2) return run.fail("D3pmLogisticBins: %lld centres, expected 2 or more", (long long)classes);
  float* logits = run.output(0, {rows, classes});
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, 2 * classes), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(logistic_bins_rows)(mean, inverse, centres, classes, begin, end, logits);
  });
}

// dy [R, K], mean [R, 1], inverse [R, 1], centres [K] → dmean [R, 1], dinverse [R, 1]
void logistic_bins_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* dy = run.input<float>(0);
  const float* mean = run.input<float>(1);
  const float* inverse = run.input<float>(2);
  const float* centres = run.input<float>(3);
  const int64_t rows = run.size(1), classes = run.size(3);
  if (run.size(0) != rows * classes || run.size(2) != rows)
    return run.fail("D3pmLogisticBinsGrad: %lld numbers and %lld scales for %lld rows of %lld", (long long)run.size(0), (long long)run.size(2),
                    (long long)rows, (long long)classes);
  if (classes < 2) return run.fail("D3pmLogisticBinsGrad: %lld centres, expected 2 or more", (long long)classes);
  float* dmean = run.output_like(0, 1);
  float* dinverse = run.output_like(1, 2);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, 2 * classes), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(logistic_bins_gradient_rows)(dy, mean, inverse, centres, classes, begin, end, dmean, dinverse);
  });
}

const Registration forward("D3pmLogisticBins", {"mean: float", "inverse: float", "centres: float"}, {"logits: float"}, logistic_bins);
const Registration backward("D3pmLogisticBinsGrad", {"dy: float", "mean: float", "inverse: float", "centres: float"},
                            {"dmean: float", "dinverse: float"}, logistic_bins_gradient);

}  // namespace
}  // namespace d3pm
