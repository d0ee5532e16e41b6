namespace d3pm {
namespace D3PM_PROCESSOR {

// Of so many terms, all that are further below the largest are less than 2⁻²⁵ of the sum.
inline float negligible(int64_t terms) { return -17.4f - std::log(static_cast<float>(terms)); }

// Rows that are taken together: they and a block of the table stay in the first cache.
constexpr int64_t kTogether = 16;

// Whether a row has NaN or ∞.
D3PM_INLINE bool is_spoilt(const float* row, int64_t size) {
  Words spoilt = {};
  for (int64_t i = 0; i < size; i += kLanes) {
    Lanes lanes;
    load_some(row + i, size - i, &lanes);
    spoilt = spoilt | ~(lanes < D3PM_ALL(kInfinity));
  }
  const Lanes ones = D3PM_SELECT(spoilt, D3PM_ALL(1.0f), Lanes{});
  return largest_of(&ones) > 0;
}

// A table [rows, columns] by blocks of sixteen columns, [block, row, lane] with −∞ behind the last column, and the largest of each sixteen.
inline void pack_table(const float* table, int64_t rows, int64_t columns, float* packed, float* tops) {
  for (int64_t from = 0; from < columns; from += kLanes) {
    for (int64_t row = 0; row < rows; row++) {
      Lanes lanes;
      load_some(table + row * columns + from, columns - from, &lanes, -kInfinity);
      store(&lanes, packed);
      *tops++ = largest_of(&lanes);
      packed += kLanes;
    }
  }
}

// log Σ_i exp(x_i + M_ij) of sixteen j: the largest term of each first, then the terms that are near it.
D3PM_INLINE void sums_of_block(const float* x, const float* block, const float* tops, int64_t inputs, Lanes* result) {
  // Four at a time: one would wait for the one before.
  Lanes lanes, tops_of[4] = {D3PM_ALL(-kInfinity), D3PM_ALL(-kInfinity), D3PM_ALL(-kInfinity), D3PM_ALL(-kInfinity)};
  int64_t i = 0;
  for (; i + 4 <= inputs; i += 4) {
    for (int64_t k = 0; k < 4; k++) {
      load(block + (i + k) * kLanes, &lanes);
      lanes += x[i + k];
      tops_of[k] = larger(&tops_of[k], &lanes);
    }
  }
  for (; i < inputs; i++) {
    load(block + i * kLanes, &lanes);
    lanes += x[i];
    tops_of[0] = larger(&tops_of[0], &lanes);
  }
  const Lanes first = larger(&tops_of[0], &tops_of[1]), second = larger(&tops_of[2], &tops_of[3]);
  const Lanes top = larger(&first, &second);
  const Words possible = top > D3PM_ALL(-kInfinity);
  const Lanes shift = D3PM_SELECT(possible, top, Lanes{});
  const Lanes upside_down = D3PM_SELECT(possible, -top, D3PM_ALL(-kInfinity));
  const float from = negligible(inputs) - largest_of(&upside_down);
  LanesSum sums;
  for (i = 0; i < inputs; i++) {
    if (!(x[i] + tops[i] > from)) continue;
    load(block + i * kLanes, &lanes);
    lanes = lanes + x[i] - shift;
    exp_of(&lanes, &lanes);
    sums.add(&lanes);
  }
  lanes = sums.total + sums.block;
  log_of(&lanes, &lanes);
  *result = lanes + shift;
}

// The table as pack_table leaves that of [inputs, outputs].
inline void log_product_rows(const float* x, const float* packed, const float* tops, int64_t inputs, int64_t outputs, int64_t begin, int64_t end,
                             float* y) {
  for (int64_t first = begin; first < end; first += kTogether) {
    const int64_t last = first + kTogether < end ? first + kTogether : end;
    for (int64_t j = 0; j < outputs; j += kLanes) {
      const int64_t at = j / kLanes * inputs;
      for (int64_t r = first; r < last; r++) {
        Lanes lanes;
        sums_of_block(x + r * inputs, packed + at * kLanes, tops + at, inputs, &lanes);
        store_some(&lanes, outputs - j, y + r * outputs + j);
      }
    }
    for (int64_t r = first; r < last; r++) {
      if (!is_spoilt(x + r * inputs, inputs)) continue;
      for (int64_t j = 0; j < outputs; j++) y[r * outputs + j] = kNaN;
    }
  }
}

// Σ_j dy_j exp(x_i + M_ij − y_j) of sixteen i: the share that each has in the outputs.
D3PM_INLINE void shares_of_block(const float* dy, const Lanes* x, const float* y, const float* block, const float* tops, int64_t outputs,
                                 Lanes* result) {
  const float top = largest_of(x), from = negligible(outputs);
  LanesSum sums;
  for (int64_t j = 0; j < outputs; j++) {
    // An output that is impossible has y = −∞, and no input has a share in it.
    if (!(y[j] > -kInfinity && top + tops[j] - y[j] > from)) continue;
    Lanes lanes;
    load(block + j * kLanes, &lanes);
    lanes = *x + lanes - y[j];
    exp_of(&lanes, &lanes);
    lanes *= dy[j];
    sums.add(&lanes);
  }
  *result = sums.total + sums.block;
}

// The table as pack_table leaves that of [outputs, inputs].
inline void log_product_gradient_rows(const float* dy, const float* x, const float* y, const float* packed, const float* tops, int64_t inputs,
                                      int64_t outputs, int64_t begin, int64_t end, float* dx) {
  for (int64_t first = begin; first < end; first += kTogether) {
    const int64_t last = first + kTogether < end ? first + kTogether : end;
    for (int64_t i = 0; i < inputs; i += kLanes) {
      const int64_t at = i / kLanes * outputs;
      for (int64_t r = first; r < last; r++) {
        Lanes given, gradient;
        load_some(x + r * inputs + i, inputs - i, &given, -kInfinity);
        shares_of_block(dy + r * outputs, &given, y + r * outputs, packed + at * kLanes, tops + at, outputs, &gradient);
        store_some(&gradient, inputs - i, dx + r * inputs + i);
      }
    }
    for (int64_t r = first; r < last; r++) {
      if (!is_spoilt(x + r * inputs, inputs) && !is_spoilt(dy + r * outputs, outputs)) continue;
      for (int64_t i = 0; i < inputs; i++) dx[r * inputs + i] = kNaN;
    }
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
