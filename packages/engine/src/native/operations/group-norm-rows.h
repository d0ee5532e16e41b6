namespace d3pm {
namespace D3PM_PROCESSOR {

// An image of `pixels` times `channels` numbers is read sixteen at a time, past the ends of pixels. What belongs to a channel is repeated
// for sixteen pixels, and so is what is summed over pixels.
D3PM_INLINE void repeat(const float* values, int64_t channels, float* tile) {
  for (int64_t pixel = 0; pixel < kLanes; pixel++) std::memcpy(tile + pixel * channels, values, channels * sizeof(float));
}

D3PM_INLINE double gather(const float* tile, int64_t channels, int64_t channel) {
  double sum = 0;
  for (int64_t pixel = 0; pixel < kLanes; pixel++) sum += tile[pixel * channels + channel];
  return sum;
}

// σ(u)
D3PM_INLINE void gate_of(const Lanes* u, Lanes* gate) {
  Lanes x = -*u;
  const Words large = x > D3PM_ALL(87.0f);
  x = D3PM_SELECT(large, D3PM_ALL(87.0f), x);
  exp_of(&x, &x);
  *gate = 1.0f / (1.0f + x);
}

// Scratch: a tile for each of two rows of channels and a sum.
// statistics [groups, 2]: what is added to x to centre it, but for the shift of its channel, and 1 / √(variance + floor).
inline void norm_image(const float* x, const float* scale, const float* bias, const float* shift, GroupNormSizes sizes, float* scratch, float* y,
                       float* statistics) {
  const auto [pixels, channels, groups, floor, swish] = sizes;
  const int64_t size = pixels * channels, tile = kLanes * channels, per_group = channels / groups;
  float* slopes = scratch;
  float* offsets = slopes + tile;
  float* sums = offsets + tile;
  float* row = sums + tile;
  Lanes lanes, slope, offset, sum;

  std::memset(sums, 0, tile * sizeof(float));
  for (int64_t i = 0, j = 0; i < size; i += kLanes, j = j + kLanes == tile ? 0 : j + kLanes) {
    load_some(x + i, size - i, &lanes);
    load(sums + j, &sum);
    sum += lanes;
    store(&sum, sums + j);
  }
  for (int64_t g = 0; g < groups; g++) {
    double total = 0;
    for (int64_t c = g * per_group; c < (g + 1) * per_group; c++) total += gather(sums, channels, c) + (shift ? (double)shift[c] * pixels : 0);
    statistics[2 * g] = static_cast<float>(-total / (per_group * pixels));
  }
  for (int64_t c = 0; c < channels; c++) row[c] = (shift ? shift[c] : 0) + statistics[2 * (c / per_group)];
  repeat(row, channels, offsets);

  std::memset(sums, 0, tile * sizeof(float));
  for (int64_t i = 0, j = 0; i < size; i += kLanes, j = j + kLanes == tile ? 0 : j + kLanes) {
    load_some(x + i, size - i, &lanes);
    load(offsets + j, &offset);
    load(sums + j, &sum);
    lanes += offset;
    lanes *= lanes;
    keep_some(size - i, &lanes);
    sum += lanes;
    store(&sum, sums + j);
  }
  for (int64_t g = 0; g < groups; g++) {
    double total = 0;
    for (int64_t c = g * per_group; c < (g + 1) * per_group; c++) total += gather(sums, channels, c);
    statistics[2 * g + 1] = static_cast<float>(1 / std::sqrt(total / (per_group * pixels) + floor));
  }
  for (int64_t c = 0; c < channels; c++) row[c] = statistics[2 * (c / per_group) + 1] * scale[c];
  repeat(row, channels, slopes);
  // The bias comes last: x + offset is what is small where the mean is large.
  for (int64_t c = 0; c < channels; c++) row[c] = bias[c];
  repeat(row, channels, sums);
  for (int64_t i = 0, j = 0; i < size; i += kLanes, j = j + kLanes == tile ? 0 : j + kLanes) {
    load_some(x + i, size - i, &lanes);
    load(slopes + j, &slope);
    load(offsets + j, &offset);
    load(sums + j, &sum);
    Lanes u = (lanes + offset) * slope + sum;
    if (swish) {
      Lanes gate;
      gate_of(&u, &gate);
      u *= gate;
    }
    store_some(&u, size - i, y + i);
  }
}

// As groupNorm of @d3pm/models has it; dscale and dbias are added to, dshift [channels] may be absent.
inline void norm_image_gradient(const float* dy, const float* x, const float* scale, const float* bias, const float* shift, const float* statistics,
                                GroupNormSizes sizes, float* scratch, float* dx, float* dscale, float* dbias, float* dshift) {
  const auto [pixels, channels, groups, floor, swish] = sizes;
  const int64_t size = pixels * channels, tile = kLanes * channels, per_group = channels / groups;
  float* slopes = scratch;
  float* offsets = slopes + tile;
  float* sums = offsets + tile;
  float* products = sums + tile;
  float* totals = products + tile;
  float* biases = totals + tile;
  float* row = biases + tile;
  Lanes lanes, slope, offset, sum, product, total, extra, du;

  for (int64_t c = 0; c < channels; c++) row[c] = statistics[2 * (c / per_group) + 1] * scale[c];
  repeat(row, channels, slopes);
  repeat(bias, channels, biases);
  for (int64_t c = 0; c < channels; c++) row[c] = (shift ? shift[c] : 0) + statistics[2 * (c / per_group)];
  repeat(row, channels, offsets);
  std::memset(sums, 0, 3 * tile * sizeof(float));
  for (int64_t i = 0, j = 0; i < size; i += kLanes, j = j + kLanes == tile ? 0 : j + kLanes) {
    load_some(x + i, size - i, &lanes);
    load_some(dy + i, size - i, &du);
    load(offsets + j, &offset);
    load(totals + j, &total);
    total += lanes;
    store(&total, totals + j);
    lanes += offset;
    if (swish) {
      load(slopes + j, &slope);
      load(biases + j, &extra);
      const Lanes u = lanes * slope + extra;
      Lanes gate;
      gate_of(&u, &gate);
      // d(u σ(u))/du = σ(u) + u σ(u) (1 − σ(u))
      du *= gate * (1.0f + u * (1.0f - gate));
    }
    load(sums + j, &sum);
    load(products + j, &product);
    sum += du;
    product += du * lanes;
    store(&sum, sums + j);
    store(&product, products + j);
    store_some(&du, size - i, dx + i);
  }
  // dx = slope du + of_centred centred + of_mean: what moves the variance and the mean is taken out.
  for (int64_t g = 0; g < groups; g++) {
    const double inverse = statistics[2 * g + 1], count = static_cast<double>(per_group * pixels);
    double all = 0, along = 0;
    for (int64_t c = g * per_group; c < (g + 1) * per_group; c++) {
      const double of_sum = gather(sums, channels, c), of_product = gather(products, channels, c) * inverse;
      dbias[c] += static_cast<float>(of_sum);
      dscale[c] += static_cast<float>(of_product);
      all += of_sum * scale[c];
      along += of_product * scale[c];
    }
    const double of_mean = -all / count * inverse, of_centred = -along / count * inverse * inverse;
    for (int64_t c = g * per_group; c < (g + 1) * per_group; c++) {
      const double centred = statistics[2 * g] + (shift ? shift[c] : 0);
      row[c] = static_cast<float>(of_centred);
      row[channels + c] = static_cast<float>(of_mean);
      if (dshift) {
        const double of_pixels = gather(totals, channels, c) + centred * pixels;
        dshift[c] = static_cast<float>(gather(sums, channels, c) * inverse * scale[c] + of_pixels * of_centred + of_mean * pixels);
      }
    }
  }
  repeat(row, channels, sums);
  repeat(row + channels, channels, products);
  for (int64_t i = 0, j = 0; i < size; i += kLanes, j = j + kLanes == tile ? 0 : j + kLanes) {
    load_some(x + i, size - i, &lanes);
    load_some(dx + i, size - i, &du);
    load(offsets + j, &offset);
    load(slopes + j, &slope);
    load(sums + j, &sum);
    load(products + j, &product);
    du = du * slope + ((lanes + offset) * sum + product);
    store_some(&du, size - i, dx + i);
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
