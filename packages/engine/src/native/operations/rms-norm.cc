// y = scale · x / √(mean(x²) + floor) over the last axis, and its gradient: rms-norm.ts of @d3pm/models.
#define D3PM_ROWS "rms-norm-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// x [R, C], scale [C], floor [1] → y [R, C], inverse [R]
void rms_norm(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const float* scale = run.input<float>(1);
  if (run.size(2) != 1) return run.fail("D3pmRmsNorm: %lld floors, expected 1", (long long)run.size(2));
  const float floor = run.input<float>(2)[0];
  const int64_t columns = run.last_dimension(0), rows = columns == 0 ? 0 : run.size(0) / columns;
  if (run.size(1) != columns) return run.fail("D3pmRmsNorm: %lld scales for %lld channels", (long long)run.size(1), (long long)columns);
  float* y = run.output_like(0, 0);
  float* inverse = run.output_like(1, 0, 1);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, columns / 4), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(norm_rows)(x, scale, floor, columns, begin, end, y, inverse);
  });
}

// dy [R, C], x [R, C], scale [C], inverse [R] → dx [R, C], dscale [C]
void rms_norm_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* dy = run.input<float>(0);
  const float* x = run.input<float>(1);
  const float* scale = run.input<float>(2);
  const float* inverse = run.input<float>(3);
  const int64_t columns = run.size(2), rows = run.size(3);
  if (run.size(0) != rows * columns || run.size(1) != rows * columns)
    return run.fail("D3pmRmsNormGrad: %lld and %lld numbers for %lld rows of %lld", (long long)run.size(0), (long long)run.size(1), (long long)rows, (long long)columns);
  float* dx = run.output_like(0, 0);
  float* dscale = run.output_like(1, 2);
  if (!run.ok()) return;
  const int64_t parts = parts_of(rows, columns / 2);
  std::vector<std::vector<float>> sums(parts, std::vector<float>(columns, 0.0f));
  in_parts(rows, parts, [&](int64_t begin, int64_t end, int64_t part) {
    D3PM_BEST(gradient_rows)(dy, x, scale, inverse, columns, begin, end, dx, sums[part].data());
  });
  std::fill(dscale, dscale + columns, 0.0f);
  for (const std::vector<float>& sum : sums)
    for (int64_t j = 0; j < columns; j++) dscale[j] += sum[j];
}

const Registration forward("D3pmRmsNorm", {"x: float", "scale: float", "floor: float"}, {"y: float", "inverse: float"}, rms_norm);
const Registration backward("D3pmRmsNormGrad", {"dy: float", "x: float", "scale: float", "inverse: float"}, {"dx: float", "dscale: float"},
                            rms_norm_gradient);

}  // namespace
}  // namespace d3pm
