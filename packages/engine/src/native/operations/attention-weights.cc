// softmax(scores + bias) over the last axis, and the gradient of the scores: attention.ts of @d3pm/models.
#include <cmath>
#include <limits>
#include "lanes.h"
#include "operation.h"

namespace d3pm {
namespace {

D3PM_FOR_EVERY_PROCESSOR
void weight_rows(const float* scores, const float* bias, int64_t bias_rows, int64_t columns, int64_t begin, int64_t end, float* weights) {
  const int64_t width = padded(columns);
  std::vector<float> row(width, -kInfinity), offset(width, 0.0f);
  for (int64_t r = begin; r < end; r++) {
    std::memcpy(row.data(), scores + r * columns, columns * sizeof(float));
    std::memcpy(offset.data(), bias + (r % bias_rows) * columns, columns * sizeof(float));
    Lanes lanes, more, top = D3PM_ALL(-kInfinity), totals = {};
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      load(&offset[i], &more);
      lanes += more;
      store(&lanes, &row[i]);
      top = D3PM_SELECT(top > lanes, top, lanes);
    }
    const float most = largest_of(&top);
    for (int64_t i = 0; i < width; i += kLanes) {
      load(&row[i], &lanes);
      lanes = lanes - most;
      exp_of(&lanes, &lanes);
      totals += lanes;
      store(&lanes, &row[i]);
    }
    const float inverse = 1 / sum_of(&totals);
    for (int64_t i = 0; i < columns; i++) weights[r * columns + i] = row[i] * inverse;
  }
}

// P ∘ (dP − Σ P ∘ dP)
D3PM_FOR_EVERY_PROCESSOR
void gradient_rows(const float* weights, const float* upstream, int64_t columns, int64_t begin, int64_t end, float* dscores) {
  for (int64_t r = begin; r < end; r++) {
    const float* w = weights + r * columns;
    const float* up = upstream + r * columns;
    Lanes a, b, products = {};
    int64_t i = 0;
    for (; i + kLanes <= columns; i += kLanes) {
      load(w + i, &a);
      load(up + i, &b);
      products += a * b;
    }
    float balance = sum_of(&products);
    for (; i < columns; i++) balance += w[i] * up[i];
    for (int64_t j = 0; j < columns; j++) dscores[r * columns + j] = w[j] * (up[j] - balance);
  }
}

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
    weight_rows(scores, bias, bias_size / columns, columns, begin, end, weights);
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
    gradient_rows(weights, upstream, columns, begin, end, dscores);
  });
}

const Registration forward("D3pmAttentionWeights", {"scores: float", "bias: float"}, {"weights: float"}, attention_weights);
const Registration backward("D3pmAttentionWeightsGrad", {"weights: float", "upstream: float"}, {"dscores: float"}, attention_weights_gradient);

}  // namespace
}  // namespace d3pm
