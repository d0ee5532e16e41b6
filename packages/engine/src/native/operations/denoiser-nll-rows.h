namespace d3pm {
namespace D3PM_PROCESSOR {

// Sixteen logits from class i on, −∞ at the impossible one and behind the row. Numbers behind a row are those of the next one, but for the
// last row, which is not read past its end.
D3PM_INLINE void load_logits(const NllInput& input, int64_t r, int64_t i, Lanes* lanes) {
  const int64_t at = r * input.classes + i, count = input.classes - i;
  if (at + kLanes <= input.rows * input.classes) {
    load(input.logits + at, lanes);
    if (count < kLanes) *lanes = D3PM_SELECT(first_lanes(count), *lanes, D3PM_ALL(-kInfinity));
  } else {
    load_some(input.logits + at, count, lanes, -kInfinity);
  }
  if (input.impossible >= 0) *lanes = D3PM_SELECT(lane_at(input.impossible - i), D3PM_ALL(-kInfinity), *lanes);
}

// As softmaxDeviation of @d3pm/core, with the weights of the other classes in the output until their sum is known.
inline void nll_rows(const NllInput& input, int64_t begin, int64_t end, float* nll, float* deviation) {
  const int64_t classes = input.classes, last = padded(classes) - kLanes;
  for (int64_t r = begin; r < end; r++) {
    const float by = input.weight[input.weighs_each ? r : 0];
    float* row = deviation + r * classes;
    // 0 · ∞ is 0.
    if (by == 0) {
      nll[r] = 0;
      std::memset(row, 0, classes * sizeof(float));
      continue;
    }
    const int64_t data = input.x0[r];
    Lanes lanes, tail, top = D3PM_ALL(-kInfinity);
    LanesSum totals;
    for (int64_t i = 0; i < last; i += kLanes) {
      load_logits(input, r, i, &lanes);
      top = larger(&top, &lanes);
    }
    load_logits(input, r, last, &tail);
    top = larger(&top, &tail);
    const float found = largest_of(&top);
    const float most = found < -kLargest ? -kLargest : found;
    for (int64_t i = 0; i < last; i += kLanes) {
      load_logits(input, r, i, &lanes);
      lanes = lanes - most;
      exp_of(&lanes, &lanes);
      lanes = D3PM_SELECT(lane_at(data - i), Lanes{}, lanes);
      totals.add(&lanes);
      store(&lanes, row + i);
    }
    tail = tail - most;
    exp_of(&tail, &tail);
    tail = D3PM_SELECT(lane_at(data - last), Lanes{}, tail);
    totals.add(&tail);
    const float other_sum = totals.value();
    const float log_hit = (data == input.impossible ? -kInfinity : input.logits[r * classes + data]) - most;
    const float hit_weight = std::exp(log_hit);
    // The largest weight is 1. NaN stays.
    const float sum = other_sum + hit_weight;
    const float total = sum < 1 ? 1 : sum;
    nll[r] = by * (hit_weight > 0.5f * total ? std::log1p(other_sum / hit_weight) : std::log(total) - log_hit);
    const float inverse = by / total;
    const Lanes of_data = D3PM_ALL(-other_sum * inverse);
    for (int64_t i = 0; i < last; i += kLanes) {
      load(row + i, &lanes);
      lanes = D3PM_SELECT(lane_at(data - i), of_data, lanes * inverse);
      store(&lanes, row + i);
    }
    tail = D3PM_SELECT(lane_at(data - last), of_data, tail * inverse);
    store_some(&tail, classes - last, row + last);
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
