// A class of each row of log-probabilities by inversion, as float64 has it: categorical.ts of @d3pm/core.
#define D3PM_ROWS "draw-rows-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// A class so far below the largest adds to no sum of fewer than 10¹⁰ what a uniform number of 53 bits could tell.
constexpr double kNegligible = -60;

// The class at which the cumulative weights exceed `uniform` of their sum; −1 for a row that is no law. `weights` has room for a row.
int64_t draw_in_float64(const float* row, int64_t classes, double uniform, double* weights) {
  float top = -std::numeric_limits<float>::infinity();
  for (int64_t k = 0; k < classes; k++) {
    if (std::isnan(row[k])) return -1;
    if (row[k] > top) top = row[k];
  }
  if (!std::isfinite(top)) return -1;
  double total = 0;
  for (int64_t k = 0; k < classes; k++) {
    const double below = static_cast<double>(row[k]) - top;
    total += weights[k] = below < kNegligible ? 0 : std::exp(below);
  }
  double remaining = uniform * total;
  int64_t last = -1;
  for (int64_t k = 0; k < classes; k++) {
    if (weights[k] == 0) continue;
    if (remaining < weights[k]) return k;
    remaining -= weights[k];
    last = k;
  }
  return last;
}

// x [R, K], uniform [R, 2]: the halves of float64 numbers in [0, 1) → state [R], −1 for a row with NaN or without a possible class
void draw_rows(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const int32_t* halves = run.input<int32_t>(1);
  const int64_t classes = run.last_dimension(0), rows = classes == 0 ? 0 : run.size(0) / classes;
  if (classes == 0) return run.fail("D3pmDrawRows: rows of no class");
  if (run.size(1) != 2 * rows) return run.fail("D3pmDrawRows: %lld halves of uniform numbers for %lld rows", (long long)run.size(1), (long long)rows);
  float* state = run.output_like(0, 0, 1);
  if (!run.ok()) return;
  in_parts(rows, parts_of(rows, classes), [&](int64_t begin, int64_t end, int64_t) {
    std::vector<double> weights(classes);
    std::vector<float> rough(padded(classes)), sums(padded(classes) / kLanes);
    for (int64_t i = begin; i < end; i++) {
      const float* row = x + i * classes;
      double uniform;
      std::memcpy(&uniform, halves + 2 * i, sizeof uniform);
      int64_t drawn = D3PM_BEST(class_without_doubt)(row, classes, uniform, rough.data(), sums.data());
      if (drawn < 0) drawn = draw_in_float64(row, classes, uniform, weights.data());
      state[i] = static_cast<float>(drawn);
    }
  });
}

const Registration registration("D3pmDrawRows", {"x: float", "uniform: int32"}, {"state: float"}, draw_rows);

}  // namespace
}  // namespace d3pm
