// One update of Adam in one pass over its four vectors: adam.ts of @d3pm/train.
namespace d3pm {

struct AdamFactors {
  float beta1, rest1, beta2, rest2, epsilon, rate;
};

}  // namespace d3pm

#define D3PM_ROWS "adam-update-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// parameters, moment1, moment2, gradient [P], factors [6]: β₁, 1 − β₁, β₂, 1 − β₂, ε and the rate, both corrected → the first three anew
void adam_update(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* parameters = run.input<float>(0);
  const float* moment1 = run.input<float>(1);
  const float* moment2 = run.input<float>(2);
  const float* gradient = run.input<float>(3);
  const float* f = run.input<float>(4);
  const int64_t size = run.size(0);
  for (int input = 1; input < 4; input++)
    if (run.size(input) != size) return run.fail("D3pmAdamUpdate: input %d has %lld numbers, the parameters are %lld", input, (long long)run.size(input), (long long)size);
  if (run.size(4) != 6) return run.fail("D3pmAdamUpdate: %lld factors, expected 6", (long long)run.size(4));
  const AdamFactors by{f[0], f[1], f[2], f[3], f[4], f[5]};
  float* new_parameters = run.output_like(0, 0);
  float* new_moment1 = run.output_like(1, 0);
  float* new_moment2 = run.output_like(2, 0);
  if (!run.ok()) return;
  in_parts(size, parts_of(size, 1), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(adam_range)(parameters, moment1, moment2, gradient, by, begin, end, new_parameters, new_moment1, new_moment2);
  });
}

const Registration registration("D3pmAdamUpdate", {"parameters: float", "moment1: float", "moment2: float", "gradient: float", "factors: float"},
                                {"new_parameters: float", "new_moment1: float", "new_moment2: float"}, adam_update);

}  // namespace
}  // namespace d3pm
