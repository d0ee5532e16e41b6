// Rows of log-probabilities: log-sum-exp.ts, log-normalize.ts and categorical-kl.ts of @d3pm/core.
#define D3PM_ROWS "log-rows-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// x [R, K] → log Σ exp(x) [R]
void log_sum_exp(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const int64_t rows = run.rows(0), classes = run.last_dimension(0);
  float* total = run.output_like(0, 0, 1);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) { D3PM_BEST(log_sum_exp_rows)(x, classes, begin, end, total); });
}

// x [R, K] → x − log Σ exp(x) [R, K]
void log_normalize(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const int64_t rows = run.rows(0), classes = run.last_dimension(0);
  float* y = run.output_like(0, 0);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) { D3PM_BEST(log_normalize_rows)(x, classes, begin, end, y); });
}

// dy, y [R, K] → dx [R, K]
void log_normalize_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* dy = run.input<float>(0);
  const float* y = run.input<float>(1);
  const int64_t rows = run.rows(0), classes = run.last_dimension(0);
  if (run.size(0) != run.size(1)) return run.fail("D3pmLogNormalizeGrad: %lld and %lld numbers", (long long)run.size(0), (long long)run.size(1));
  float* dx = run.output_like(0, 0);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(log_normalize_gradient_rows)(dy, y, classes, begin, end, dx);
  });
}

// log q, log p [R, K] → KL(q ‖ p) [R], −q [R, K]
void categorical_kl(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* log_q = run.input<float>(0);
  const float* log_p = run.input<float>(1);
  const int64_t rows = run.rows(0), classes = run.last_dimension(0);
  if (run.size(0) != run.size(1)) return run.fail("D3pmCategoricalKl: %lld and %lld numbers", (long long)run.size(0), (long long)run.size(1));
  float* kl = run.output_like(0, 0, 1);
  float* gradient = run.output_like(1, 0);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(kl_rows)(log_q, log_p, classes, begin, end, kl, gradient);
  });
}

const Registration sums("D3pmLogSumExp", {"x: float"}, {"total: float"}, log_sum_exp);
const Registration forward("D3pmLogNormalize", {"x: float"}, {"y: float"}, log_normalize);
const Registration backward("D3pmLogNormalizeGrad", {"dy: float", "y: float"}, {"dx: float"}, log_normalize_gradient);
const Registration kl("D3pmCategoricalKl", {"log_q: float", "log_p: float"}, {"kl: float", "gradient: float"}, categorical_kl);

}  // namespace
}  // namespace d3pm
