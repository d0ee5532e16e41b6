// A bias added to every row, with or without a relu, and their gradients: linear.ts of @d3pm/models.
#define D3PM_ROWS "row-sums-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// x [R, C], row [C], relu [1]: 1 for max(0, ·) → y [R, C]
void add_to_rows(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const float* row = run.input<float>(1);
  const int64_t columns = run.size(1), size = run.size(0);
  if (columns == 0 || run.last_dimension(0) != columns) return run.fail("D3pmAddRow: a row of %lld numbers for rows of %lld", (long long)columns, (long long)run.last_dimension(0));
  if (run.size(2) != 1) return run.fail("D3pmAddRow: %lld numbers for relu, expected 1", (long long)run.size(2));
  const bool relu = run.input<float>(2)[0] != 0;
  float* y = run.output_like(0, 0);
  if (!run.ok()) return;
  const int64_t rows = size / columns;
  in_parts(rows, parts_of(rows, columns / 4), [&](int64_t begin, int64_t end, int64_t) { D3PM_BEST(add_row)(x, row, relu, columns, begin, end, y); });
}

// Rows whose sum is made by itself before it is added: the error grows with their number and the square of it less.
constexpr int64_t kBlock = 64;

// Adds up what add(from, to, sums) makes of each block of rows.
template <typename Add>
void sum_blocks(int64_t rows, int64_t columns, float* sums, const Add& add) {
  const int64_t parts = parts_of(rows, columns / 4);
  std::vector<std::vector<float>> of_parts(parts, std::vector<float>(columns, 0.0f));
  in_parts(rows, parts, [&](int64_t begin, int64_t end, int64_t part) {
    std::vector<float> block(columns);
    for (int64_t from = begin; from < end; from += kBlock) {
      std::fill(block.begin(), block.end(), 0.0f);
      add(from, std::min(from + kBlock, end), block.data());
      D3PM_BEST(column_sums)(block.data(), columns, 0, 1, of_parts[part].data());
    }
  });
  std::fill(sums, sums + columns, 0.0f);
  for (const std::vector<float>& part : of_parts) D3PM_BEST(column_sums)(part.data(), columns, 0, 1, sums);
}

// x [R, C] → Σ_rows x [C]
void sum_of_rows(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const int64_t columns = run.last_dimension(0), rows = columns == 0 ? 0 : run.size(0) / columns;
  float* sums = run.output(0, {columns});
  if (!run.ok()) return;
  sum_blocks(rows, columns, sums, [&](int64_t from, int64_t to, float* block) { D3PM_BEST(column_sums)(x, columns, from, to, block); });
}

// dy, y [R, C] → dy where y > 0 [R, C], and its sum over rows [C]
void relu_rows_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* dy = run.input<float>(0);
  const float* y = run.input<float>(1);
  const int64_t columns = run.last_dimension(0), rows = columns == 0 ? 0 : run.size(0) / columns;
  if (run.size(1) != run.size(0)) return run.fail("D3pmReluRowsGrad: %lld and %lld numbers", (long long)run.size(0), (long long)run.size(1));
  float* dx = run.output_like(0, 0);
  float* sums = run.output(1, {columns});
  if (!run.ok()) return;
  sum_blocks(rows, columns, sums, [&](int64_t from, int64_t to, float* block) { D3PM_BEST(relu_gradient)(dy, y, columns, from, to, dx, block); });
}

const Registration forward("D3pmAddRow", {"x: float", "row: float", "relu: float"}, {"y: float"}, add_to_rows);
const Registration backward("D3pmSumOfRows", {"x: float"}, {"sums: float"}, sum_of_rows);
const Registration relu_backward("D3pmReluRowsGrad", {"dy: float", "y: float"}, {"dx: float", "sums: float"}, relu_rows_gradient);

}  // namespace
}  // namespace d3pm
