// The gradient of the filter of a 3×3 convolution that keeps the size of its image: hidden-convolution.ts and pixel-logits.ts of @d3pm/models.
#include <cstdint>

namespace d3pm {

struct FilterSizes {
  int64_t images, height, width, channels, outputs;
};

// Channels whose products with sixteen outputs fit the registers of AVX2, beside the sixteen and a channel.
constexpr int64_t kFilterChannels = 6;
// Numbers of a chunk of rows that one part of the filter meets: they stay in the nearest memory, a quarter of it.
constexpr int64_t kFilterChunk = 2048;

}  // namespace d3pm

#define D3PM_ROWS "filter-gradient-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// x [B, H, W, C], dy [B, H, W, D] → dW [3, 3, C, D], by parts of the channels: the same sums whatever the number of threads
void filter_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const auto [images, height, width, channels] = run.image(0, "D3pmFilterGradient");
  const auto upstream = run.image(1, "D3pmFilterGradient");
  if (!run.ok()) return;
  if (upstream[0] != images || upstream[1] != height || upstream[2] != width)
    return run.fail("D3pmFilterGradient: images [%lld, %lld, %lld] and gradients [%lld, %lld, %lld]", (long long)images, (long long)height,
                    (long long)width, (long long)upstream[0], (long long)upstream[1], (long long)upstream[2]);
  const FilterSizes sizes{images, height, width, channels, upstream[3]};
  const float* x = run.input<float>(0);
  const float* dy = run.input<float>(1);
  float* gradient = run.output(0, {3, 3, sizes.channels, sizes.outputs});
  if (!run.ok()) return;
  const int64_t groups = (sizes.channels + kFilterChannels - 1) / kFilterChannels;
  const int64_t products = images * height * width * kFilterChannels * 9 * sizes.outputs;
  in_parts(groups, parts_of(groups, products / 16), [&](int64_t begin, int64_t end, int64_t) {
    D3PM_BEST(filter_gradient)(x, dy, sizes, begin * kFilterChannels, std::min(end * kFilterChannels, sizes.channels), gradient);
  });
}

const Registration registration("D3pmFilterGradient", {"x: float", "dy: float"}, {"dfilter: float"}, filter_gradient);

}  // namespace
}  // namespace d3pm
