namespace d3pm {
namespace D3PM_PROCESSOR {

inline void adam_range(const float* parameters, const float* moment1, const float* moment2, const float* gradient, AdamFactors by, int64_t begin,
                int64_t end, float* new_parameters, float* new_moment1, float* new_moment2) {
  for (int64_t i = begin; i < end; i++) {
    const float mean = moment1[i] * by.beta1 + gradient[i] * by.rest1;
    const float mean_square = moment2[i] * by.beta2 + gradient[i] * gradient[i] * by.rest2;
    new_moment1[i] = mean;
    new_moment2[i] = mean_square;
    new_parameters[i] = parameters[i] - mean / (std::sqrt(mean_square) + by.epsilon) * by.rate;
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
