// Products of rows of log-probabilities with a table that float32 cannot hold but as logarithms: log-table-map.ts of @d3pm/transitions.
#define D3PM_ROWS "log-product-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

struct PackedTable {
  std::vector<float> entries, tops;

  PackedTable(const float* table, int64_t rows, int64_t columns) : entries(rows * padded(columns)), tops(rows * (padded(columns) / kLanes)) {
    D3PM_BEST(pack_table)(table, rows, columns, entries.data(), tops.data());
  }
};

// x [R, I], table [I, O] → log Σ_i exp(x_i + table_ij) [R, O]
void log_product(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* x = run.input<float>(0);
  const float* table = run.input<float>(1);
  const int64_t rows = run.rows(0), inputs = run.last_dimension(0), outputs = run.last_dimension(1);
  if (run.rows(1) != inputs)
    return run.fail("D3pmLogProduct: %lld rows of the table for %lld classes", (long long)run.rows(1), (long long)inputs);
  float* y = run.output(0, {rows, outputs});
  if (!run.ok()) return;
  const PackedTable packed(table, inputs, outputs);
  in_parts(rows, parts_of(rows, inputs * outputs), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(log_product_rows)(x, packed.entries.data(), packed.tops.data(), inputs, outputs, begin, end, y);
  });
}

// dy [R, O], x [R, I], y [R, O], table [O, I] → dx [R, I]
void log_product_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* dy = run.input<float>(0);
  const float* x = run.input<float>(1);
  const float* y = run.input<float>(2);
  const float* table = run.input<float>(3);
  const int64_t rows = run.rows(1), inputs = run.last_dimension(1), outputs = run.last_dimension(2);
  if (run.rows(3) != outputs || run.last_dimension(3) != inputs)
    return run.fail("D3pmLogProductGrad: a table of %lld rows of %lld for %lld outputs of %lld classes", (long long)run.rows(3),
                    (long long)run.last_dimension(3), (long long)outputs, (long long)inputs);
  if (run.size(0) != rows * outputs || run.size(2) != rows * outputs)
    return run.fail("D3pmLogProductGrad: %lld and %lld numbers for %lld rows of %lld", (long long)run.size(0), (long long)run.size(2),
                    (long long)rows, (long long)outputs);
  float* dx = run.output_like(0, 1);
  if (!run.ok()) return;
  const PackedTable packed(table, outputs, inputs);
  in_parts(rows, parts_of(rows, inputs * outputs), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(log_product_gradient_rows)(dy, x, y, packed.entries.data(), packed.tops.data(), inputs, outputs, begin, end, dx);
  });
}

const Registration forward("D3pmLogProduct", {"x: float", "table: float"}, {"y: float"}, log_product);
const Registration backward("D3pmLogProductGrad", {"dy: float", "x: float", "y: float", "table: float"}, {"dx: float"}, log_product_gradient);

}  // namespace
}  // namespace d3pm
