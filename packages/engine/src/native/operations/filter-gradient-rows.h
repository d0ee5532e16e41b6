namespace d3pm {
namespace D3PM_PROCESSOR {

// Σ_pixels x[·, c] dy[·, d] of `count` channels c and sixteen d, one after another: an array of them would be kept in memory.
template <int count>
struct Products {
  Lanes sum = {};
  Products<count - 1> others;

  D3PM_INLINE void add(const float* x, const Lanes& upstream) {
    sum += upstream * *x;
    others.add(x + 1, upstream);
  }

  D3PM_INLINE void add_to(float* sums, int64_t stride, int64_t lanes) const {
    Lanes total;
    load_some(sums, lanes, &total);
    total += sum;
    store_some(&total, lanes, sums);
    others.add_to(sums + stride, stride, lanes);
  }
};

template <>
struct Products<0> {
  D3PM_INLINE void add(const float*, const Lanes&) {}
  D3PM_INLINE void add_to(float*, int64_t, int64_t) const {}
};

// Adds the products of some pixels of an image to `sums`, [C, D] of one place of the filter.
template <int count>
D3PM_INLINE void add_products(const float* x, const float* dy, const FilterSizes& sizes, int64_t rows, int64_t pixels, int64_t lanes, float* sums) {
  Products<count> products;
  for (int64_t i = 0; i < rows; i++) {
    const float* from = x + i * sizes.width * sizes.channels;
    const float* up = dy + i * sizes.width * sizes.outputs;
    if (lanes >= kLanes) {
      for (int64_t j = 0; j < pixels; j++, from += sizes.channels, up += sizes.outputs) {
        Lanes upstream;
        load(up, &upstream);
        products.add(from, upstream);
      }
    } else {
      for (int64_t j = 0; j < pixels; j++, from += sizes.channels, up += sizes.outputs) {
        Lanes upstream;
        load_some(up, lanes, &upstream);
        products.add(from, upstream);
      }
    }
  }
  products.add_to(sums, sizes.outputs, lanes);
}

// The channels begin … end of the gradient [3, 3, C, D], which is set. A chunk of rows is met by every place of the filter, and there by every part
// of it that fits the registers, before the next.
inline void filter_gradient(const float* x, const float* dy, const FilterSizes& sizes, int64_t begin, int64_t end, float* gradient) {
  const int64_t C = sizes.channels, D = sizes.outputs, H = sizes.height, W = sizes.width;
  for (int64_t place = 0; place < 9; place++) std::memset(gradient + (place * C + begin) * D, 0, (end - begin) * D * sizeof(float));
  if (W == 0) return;
  const int64_t fitting = kFilterChunk / (W * (kFilterChannels + kLanes)), chunk = fitting < 1 ? 1 : fitting;
  for (int64_t b = 0; b < sizes.images; b++) {
    for (int64_t first = 0; first < H; first += chunk) {
      const int64_t last = first + chunk < H ? first + chunk : H;
      for (int64_t place = 0; place < 9; place++) {
        const int64_t down = place / 3 - 1, across = place % 3 - 1;
        const int64_t top = first + down < 0 ? 1 : first, bottom = last + down > H ? H - 1 : last;
        const int64_t left = across < 0 ? 1 : 0, pixels = across == 0 ? W : W - 1;
        if (bottom <= top || pixels <= 0) continue;
        const float* image = x + (((b * H + top + down) * W) + left + across) * C;
        const float* upstream = dy + ((b * H + top) * W + left) * D;
        for (int64_t c = begin; c < end; c += kFilterChannels) {
          for (int64_t d = 0; d < D; d += kLanes) {
            float* sums = gradient + (place * C + c) * D + d;
            switch (end - c) {
              case 1: add_products<1>(image + c, upstream + d, sizes, bottom - top, pixels, D - d, sums); break;
              case 2: add_products<2>(image + c, upstream + d, sizes, bottom - top, pixels, D - d, sums); break;
              case 3: add_products<3>(image + c, upstream + d, sizes, bottom - top, pixels, D - d, sums); break;
              case 4: add_products<4>(image + c, upstream + d, sizes, bottom - top, pixels, D - d, sums); break;
              case 5: add_products<5>(image + c, upstream + d, sizes, bottom - top, pixels, D - d, sums); break;
              default: add_products<6>(image + c, upstream + d, sizes, bottom - top, pixels, D - d, sums);
            }
          }
        }
      }
    }
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
