// softmax(scores + bias) over the last axis, and the gradient of the scores: attention.ts of @d3pm/models.
#define D3PM_ROWS "attention-weights-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// scores [B, …, L], bias [1, …, L] → weights [B, …, L]
void attention_weights(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* scores = run.input<float>(0);
  const float* bias = run.input<float>(1);
  const int64_t columns = run.last_dimension(0), size = run.size(0), bias_size = run.size(1);
  if (columns == 0 || run.last_dimension(1) != columns || bias_size == 0 || size % bias_size != 0)
    return run.fail("D3pmAttentionWeights: a bias of %lld numbers for %lld scores", (long long)bias_size, (long long)size);
  float* weights = run.output_like(0, 0);
  if (!run.ok()) return;
  const int64_t rows = size / columns;
  in_parts(rows, parts_of(rows, columns), [&](int64_t begin, int64_t end, int64_t) {
    std::vector<float> scratch(2 * padded(columns), 0.0f);
    D3PM_BEST(weight_rows)(scores, bias, bias_size / columns, columns, begin, end, scratch.data(), weights);
  });
}

// weights, upstream [B, …, L] → dscores [B, …, L]
void attention_weights_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* weights = run.input<float>(0);
  const float* upstream = run.input<float>(1);
  const int64_t columns = run.last_dimension(0), size = run.size(0);
  if (columns == 0 || run.size(1) != size) return run.fail("D3pmAttentionWeightsGrad: %lld weights and %lld numbers", (long long)size, (long long)run.size(1));
  float* dscores = run.output_like(0, 0);
  if (!run.ok()) return;
  const int64_t rows = size / columns;
  in_parts(rows, parts_of(rows, columns / 2), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(gradient_rows)(weights, upstream, columns, begin, end, dscores);
  });
}

const Registration forward("D3pmAttentionWeights", {"scores: float", "bias: float"}, {"weights: float"}, attention_weights);
const Registration backward("D3pmAttentionWeightsGrad", {"weights: float", "upstream: float"}, {"dscores: float"}, attention_weights_gradient);

}  // namespace
}  // namespace d3pm
