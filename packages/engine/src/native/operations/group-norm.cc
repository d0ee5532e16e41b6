// Group normalisation with a shift before and a swish behind, and its gradient: group-norm.ts of @d3pm/models.
#include <cstdint>

namespace d3pm {

struct GroupNormSizes {
  int64_t pixels, channels, groups;
  float floor;
  bool swish;
};

}  // namespace d3pm

#define D3PM_ROWS "group-norm-rows.h"
#include "for-every-processor.h"
#include "operation.h"

namespace d3pm {
namespace {

// What both directions read: x [B, …, C], scale [C], bias [C], shift [B, C] or [0], setting [3]: groups, swish, floor.
struct Images {
  const float *x, *scale, *bias, *shift;
  int64_t count;
  GroupNormSizes sizes;
};

Images images_of(Run& run, const char* name, int first) {
  if (run.size(first + 4) != 3) run.fail("%s: %lld settings, expected 3", name, (long long)run.size(first + 4));
  if (!run.ok()) return {};
  const float* setting = run.input<float>(first + 4);
  const int64_t channels = run.last_dimension(first), groups = static_cast<int64_t>(setting[0]);
  const int64_t count = run.first_dimension(first);
  const bool fits = channels > 0 && count > 0 && groups > 0 && channels % groups == 0 && run.size(first + 1) == channels &&
                    run.size(first + 2) == channels && (run.size(first + 3) == 0 || run.size(first + 3) == count * channels);
  if (!fits)
    run.fail("%s: %lld channels, %lld groups, %lld scales, %lld biases, %lld shifts", name, (long long)channels, (long long)groups,
             (long long)run.size(first + 1), (long long)run.size(first + 2), (long long)run.size(first + 3));
  const int64_t pixels = fits ? run.size(first) / count / channels : 0;
  return {run.input<float>(first),
          run.input<float>(first + 1),
          run.input<float>(first + 2),
          run.size(first + 3) == 0 ? nullptr : run.input<float>(first + 3),
          count,
          {pixels, channels, groups, setting[2], setting[1] != 0}};
}

// → y like x, statistics [B, groups · 2]
void group_norm(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Images images = images_of(run, "D3pmGroupNorm", 0);
  if (!run.ok()) return;
  const auto& sizes = images.sizes;
  const int64_t image = sizes.pixels * sizes.channels;
  float* y = run.output_like(0, 0);
  float* statistics = run.output(1, {images.count, 2 * sizes.groups});
  if (!run.ok()) return;
  in_parts(images.count, parts_of(images.count, 4 * image), [&](int64_t begin, int64_t end, int64_t) {
    std::vector<float> scratch((3 * kLanes + 1) * sizes.channels);
    for (int64_t b = begin; b < end; b++)
      D3PM_BEST(norm_image)(images.x + b * image, images.scale, images.bias, images.shift ? images.shift + b * sizes.channels : nullptr, sizes,
                            scratch.data(), y + b * image, statistics + b * 2 * sizes.groups);
  });
}

// dy like x, the inputs above, statistics → dx like x, dscale [C], dbias [C], dshift like shift
void group_norm_gradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const float* dy = run.input<float>(0);
  const Images images = images_of(run, "D3pmGroupNormGrad", 1);
  if (!run.ok()) return;
  const auto& sizes = images.sizes;
  const float* statistics = run.input<float>(6);
  const int64_t image = sizes.pixels * sizes.channels, channels = sizes.channels;
  if (run.size(0) != images.count * image || run.size(6) != images.count * 2 * sizes.groups)
    return run.fail("D3pmGroupNormGrad: %lld numbers of %lld, and %lld statistics", (long long)run.size(0), (long long)(images.count * image), (long long)run.size(6));
  float* dx = run.output_like(0, 1);
  float* dscale = run.output_like(1, 2);
  float* dbias = run.output_like(2, 3);
  float* dshift = run.output_like(3, 4);
  if (!run.ok()) return;
  const int64_t parts = parts_of(images.count, 4 * image);
  std::vector<std::vector<float>> sums(parts, std::vector<float>(2 * channels, 0.0f));
  in_parts(images.count, parts, [&](int64_t begin, int64_t end, int64_t part) {
    std::vector<float> scratch((6 * kLanes + 2) * channels);
    for (int64_t b = begin; b < end; b++)
      D3PM_BEST(norm_image_gradient)(dy + b * image, images.x + b * image, images.scale, images.bias,
                                     images.shift ? images.shift + b * channels : nullptr, statistics + b * 2 * sizes.groups, sizes, scratch.data(),
                                     dx + b * image, sums[part].data(), sums[part].data() + channels, images.shift ? dshift + b * channels : nullptr);
  });
  std::fill(dscale, dscale + channels, 0.0f);
  std::fill(dbias, dbias + channels, 0.0f);
  for (const std::vector<float>& sum : sums)
    for (int64_t c = 0; c < channels; c++) {
      dscale[c] += sum[c];
      dbias[c] += sum[channels + c];
    }
}

const Registration forward("D3pmGroupNorm", {"x: float", "scale: float", "bias: float", "shift: float", "setting: float"},
                           {"y: float", "statistics: float"}, group_norm);
const Registration backward("D3pmGroupNormGrad",
                            {"dy: float", "x: float", "scale: float", "bias: float", "shift: float", "setting: float", "statistics: float"},
                            {"dx: float", "dscale: float", "dbias: float", "dshift: float"}, group_norm_gradient);

}  // namespace
}  // namespace d3pm
