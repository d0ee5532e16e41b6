// Every row of a matrix times a number of its own: a loss's gradient by what comes from above.
#define D3PM_ROWS "scale-rows-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// x [R, K], factor [R] → y [R, K]
void scale_rows(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const float* factor = run.input<float>(1);
  const int64_t rows = run.size(1), columns = run.last_dimension(0);
  if (rows * columns != run.size(0)) return run.fail("D3pmScaleRows: %lld factors for %lld numbers", (long long)rows, (long long)run.size(0));
  float* y = run.output_like(0, 0);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, columns / 4), [&](int64_t begin, int64_t end, int64_t) { D3PM_BEST(scale)(x, factor, columns, begin, end, y); });
}

const Registration registration("D3pmScaleRows", {"x: float", "factor: float"}, {"y: float"}, scale_rows);

}  // namespace
}  // namespace d3pm
