// L_{t−1} + λ CE_t of a chain of rank one, and its gradient, by what separates f from the point mass on x_0: the formulas and names are
// those of rank-one-term.ts of @d3pm/core. What belongs to a position is float64, what belongs to a class float32.
#include <cstdint>

namespace d3pm {

// An example's probabilities of the chain; kept and redrawn are 1 and 1 where s = 0.
struct Chain {
  double kept, redrawn, step_kept, step_redrawn, remained, jumped;
  bool is_first;
};

struct Setting {
  bool mixture, bayes;
  double lambda;
};

constexpr int64_t kChainColumns = 7;

inline Chain chain_at(const float* columns) { return {columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6] != 0}; }

}  // namespace d3pm

#define D3PM_ROWS "rank-one-term-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// logits [R, K], x0 [R], xt [R], chain [B, 7], target [K], setting [3]: mixture, Bayes at the first step, λ → term [R], gradient [R, K]
void rank_one_term(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* logits = run.input<float>(0);
  const int32_t* x0 = run.input<int32_t>(1);
  const int32_t* xt = run.input<int32_t>(2);
  const float* chain = run.input<float>(3);
  const float* target = run.input<float>(4);
  const float* setting = run.input<float>(5);
  const int64_t classes = run.size(4), rows = run.size(1), examples = run.size(3) / kChainColumns;
  if (run.size(0) != rows * classes || run.size(2) != rows || examples == 0 || rows % examples != 0 || run.size(3) % kChainColumns != 0)
    return run.fail("D3pmRankOneTerm: %lld logits, %lld and %lld states, %lld examples, %lld classes", (long long)run.size(0), (long long)rows,
                    (long long)run.size(2), (long long)examples, (long long)classes);
  if (run.size(5) != 3) return run.fail("D3pmRankOneTerm: %lld settings, expected 3", (long long)run.size(5));
  for (const int32_t* states : {x0, xt}) {
    const int64_t wrong = stray(states, rows, classes);
    if (wrong >= 0) return run.fail("D3pmRankOneTerm: %s is %d at position %lld, expected 0…%lld", states == x0 ? "x0" : "xt", states[wrong], (long long)wrong, (long long)classes - 1);
  }
  const Setting how{setting[0] != 0, setting[1] != 0, setting[2]};
  float* term = run.output_like(0, 1);
  float* gradient = run.output_like(1, 0);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, 2 * classes), [&](int64_t begin, int64_t end, int64_t) {
    std::vector<float> scratch(5 * padded(classes), 1.0f);
    D3PM_BEST(term_rows)(logits, x0, xt, chain, target, how, classes, rows / examples, begin, end, scratch.data(), term, gradient);
  });
}

const Registration registration("D3pmRankOneTerm",
                                {"logits: float", "x0: int32", "xt: int32", "chain: float", "target: float", "setting: float"},
                                {"term: float", "gradient: float"}, rank_one_term);

}  // namespace
}  // namespace d3pm
