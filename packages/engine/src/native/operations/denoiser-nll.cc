// −log f(x_0) for f = softmax(logits), and its gradient f − x_0, each times a weight, without a difference of nearly equal numbers: softmax-deviation.ts of @d3pm/core.
#include <cstdint>

namespace d3pm {

struct NllInput {
  const float* logits;
  const int32_t* x0;
  int64_t rows, classes, impossible;
  const float* weight;
  bool weighs_each;
};

}  // namespace d3pm

#define D3PM_ROWS "denoiser-nll-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// logits [R, K], x0 [R], impossible [1], −1 for none, weight [R] or [1] → nll [R], deviation [R, K]
void denoiser_nll(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* logits = run.input<float>(0);
  const int32_t* x0 = run.input<int32_t>(1);
  if (run.size(2) != 1) return run.fail("D3pmDenoiserNll: %lld impossible classes, expected 1", (long long)run.size(2));
  const int64_t impossible = run.input<int32_t>(2)[0], rows = run.size(1), classes = run.last_dimension(0);
  if (impossible >= classes) return run.fail("D3pmDenoiserNll: impossible is %lld, expected at most %lld", (long long)impossible, (long long)classes - 1);
  if (rows * classes != run.size(0)) return run.fail("D3pmDenoiserNll: %lld states for %lld logits", (long long)rows, (long long)run.size(0));
  const float* weight = run.input<float>(3);
  const bool weighs_each = run.size(3) == rows;
  if (!weighs_each && run.size(3) != 1) return run.fail("D3pmDenoiserNll: %lld weights for %lld states", (long long)run.size(3), (long long)rows);
  const int64_t wrong = stray(x0, rows, classes);
  if (wrong >= 0) return run.fail("D3pmDenoiserNll: x0 is %d at position %lld, expected 0…%lld", x0[wrong], (long long)wrong, (long long)classes - 1);
  float* nll = run.output_like(0, 1);
  float* deviation = run.output_like(1, 0);
  if (!run.ok()) return;
  const NllInput input{logits, x0, rows, classes, impossible, weight, weighs_each};
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) { D3PM_BEST(nll_rows)(input, begin, end, nll, deviation); });
}

const Registration registration("D3pmDenoiserNll", {"logits: float", "x0: int32", "impossible: int32", "weight: float"}, {"nll: float", "deviation: float"},
                                denoiser_nll);

}  // namespace
}  // namespace d3pm
