namespace d3pm {
namespace D3PM_PROCESSOR {

// Above twice what float32 may be wrong by, in a sum of weights down to e⁻⁶⁰ of the largest: 60 · 2⁻²⁴ of a weight by the difference of its
// logarithms, and 2⁻²¹ by exponential and sum.
constexpr double kDoubt = 1.0 / (1 << 16);

// The class at which cumulative weights exceed `uniform` of their sum, as float64 would have it; −1 where float32 cannot tell, as next to the
// end of a class and in a row that is no law. `weights` has room for a row of padded(classes), `sums` for its sixteens.
inline int64_t class_without_doubt(const float* row, int64_t classes, double uniform, float* weights, float* sums) {
  Lanes lanes, top = D3PM_ALL(-kInfinity);
  for (int64_t k = 0; k < classes; k += kLanes) {
    load_some(row + k, classes - k, &lanes, -kInfinity);
    top = larger(&top, &lanes);
  }
  const float shift = largest_of(&top);
  double total = 0;
  for (int64_t k = 0; k < classes; k += kLanes) {
    load_some(row + k, classes - k, &lanes, -kInfinity);
    lanes = lanes - shift;
    exp_of(&lanes, &lanes);
    store(&lanes, weights + k);
    total += sums[k / kLanes] = sum_of(&lanes);
  }
  const double wanted = uniform * total, doubt = kDoubt * total;
  double before = 0;
  for (int64_t k = 0; k < classes; k += kLanes) {
    const double after = before + sums[k / kLanes];
    if (!(wanted < after)) {
      before = after;
      continue;
    }
    for (int64_t lane = k; lane < k + kLanes && lane < classes; lane++) {
      const double next = before + weights[lane];
      if (wanted < next) return wanted > before + doubt && wanted < next - doubt ? lane : -1;
      before = next;
    }
    return -1;
  }
  return -1;
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
