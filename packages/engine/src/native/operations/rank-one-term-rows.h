#include "softmax-deviation.h"

namespace d3pm {
namespace D3PM_PROCESSOR {

// φ(x) = x − log(1 + x) with 1 + x given, as excess.ts has it.
D3PM_INLINE double excess(double x, double one_plus) {
  const double z = x / (2 + x), zz = z * z;
  return std::fabs(x) < 0.1 ? z * (x - zz * (2.0 / 3 + zz * (2.0 / 5 + zz * (2.0 / 7 + zz * (2.0 / 9 + zz * 2 / 11))))) : x - std::log(one_plus);
}

D3PM_INLINE void excess_lanes(const Lanes* argument, const Lanes* one_plus, Lanes* result) {
  const Lanes x = *argument;
  const Lanes z = x / (x + 2.0f), zz = z * z;
  const Lanes series = z * (x - zz * (zz * (zz * (2.0f / 7) + 2.0f / 5) + 2.0f / 3));
  Lanes logarithm;
  log_of(one_plus, &logarithm);
  const Words near = (x < D3PM_ALL(0.3f)) & (x > D3PM_ALL(-0.3f));
  *result = D3PM_SELECT(near, series, x - logarithm);
}

// `scratch` has 5 padded(classes) numbers, 1 at the start: what lies behind a row has π = 1.
inline void term_rows(const float* logits, const int32_t* x0, const int32_t* xt, const float* chains, const float* target, Setting setting,
               int64_t classes, int64_t per_example, int64_t begin, int64_t end, float* scratch, float* term, float* gradient) {
  const int64_t width = padded(classes);
  float* others = scratch;
  float* w = others + width;
  float* tau = w + width;
  float* pi = tau + width;
  float* inverse_pi = pi + width;
  for (int64_t i = 0; i < classes; i++) {
    pi[i] = target[i];
    inverse_pi[i] = 1 / target[i];
  }
  for (int64_t r = begin; r < end; r++) {
    const int32_t data = x0[r], current = xt[r];
    const Chain chain = chain_at(chains + r / per_example * kChainColumns);
    const double kept = chain.kept, redrawn = chain.redrawn, step_kept = chain.step_kept, remained = chain.remained;
    const double pi_data = target[data], pi_current = target[current];
    const double jump = chain.step_redrawn * pi_current, reached = chain.jumped * pi_current;
    const double stays = data == current ? 1 : 0;

    // softmaxDeviation
    for (int64_t i = width - kLanes; i < width; i++) others[i] = -kInfinity;
    std::memcpy(others, logits + r * classes, classes * sizeof(float));
    const Deviation deviation = weigh_row(others, width, data);
    const double hit_weight = deviation.hit_weight, other_sum = deviation.other_sum;
    const double weight = other_sum + hit_weight;
    const double normalizer = weight < 1 ? 1 : weight;
    const double hit = hit_weight / normalizer, error = other_sum / normalizer;
    const double nll = hit > 0.5 ? std::log1p(other_sum / hit_weight) : std::log(normalizer) - deviation.log_hit;
    multiply_row(others, width, static_cast<float>(1 / normalizer));
    std::memcpy(w, others, width * sizeof(float));
    const double other_current = others[current];

    // ratiosOf
    const double a_current = kept * stays + redrawn * pi_current;
    const double q_scale = step_kept * a_current + jump;
    const double redrawn_data = redrawn * pi_data, a_data = kept + redrawn_data;
    double surplus = 0, total = 1, v = 0, inverse = 1, rho_data;
    if (setting.mixture) {
      const double growth = remained / reached, shrunk = reached / (remained + reached);
      const double w_current = shrunk * other_current;
      w[current] = 0;
      if (stays != 0) {
        const float grown = static_cast<float>(1 + growth);
        for (int64_t i = 0; i < classes; i++) w[i] *= grown;
      }
      Lanes lanes, apart = {};
      for (int64_t i = 0; i < width; i += kLanes) {
        load(w + i, &lanes);
        apart += lanes;
      }
      surplus = stays * error * growth - other_current * (remained / (remained + reached));
      total = stays != 0 ? 1 + surplus : sum_of(&apart) + hit + w_current;
      w[current] = static_cast<float>(w_current);
      rho_data = (redrawn_data * surplus - kept * error) / a_data;
    } else {
      const double model_current = kept * (other_current + stays * hit) + redrawn * pi_current;
      v = kept * step_kept * (other_current - stays * error) / q_scale;
      inverse = q_scale / (step_kept * model_current + jump);
      const double q_elsewhere = redrawn * (jump * (1 - pi_data) + step_kept * pi_current * (1 - stays));
      const double v_elsewhere = jump * error + step_kept * other_current;
      rho_data = -kept * (q_elsewhere * (error / a_data) + v_elsewhere) / q_scale * inverse;
    }
    const double one_plus_data = (kept * hit + redrawn_data * total) / a_data;
    const double tau_data = rho_data / one_plus_data;

    // The loops over classes: ρ, 1 + u, and with them Σ φ π and Σ τ π but for x_0.
    const float slope = static_cast<float>(kept / redrawn), shift = static_cast<float>(surplus - v), whole = static_cast<float>(total);
    const float by = static_cast<float>(inverse);
    double phi_current = 0;
    Lanes phi_sum = {}, tau_sum = {};
    for (int64_t i = 0; i < width; i += kLanes) {
      Lanes each, reciprocal, probability, phi;
      load(w + i, &each);
      load(inverse_pi + i, &reciprocal);
      load(pi + i, &probability);
      const Lanes ratio = each * reciprocal * slope;
      const Lanes rho = (ratio + shift) * by;
      const Lanes one_plus = ratio + whole;
      const Lanes model = one_plus * by;
      excess_lanes(&rho, &model, &phi);
      Lanes quotient = rho / one_plus;
      float apart[kLanes], slopes[kLanes];
      store(&phi, apart);
      store(&quotient, slopes);
      if (current >= i && current < i + kLanes) phi_current = apart[current - i];
      if (data >= i && data < i + kLanes) apart[data - i] = slopes[data - i] = 0;
      if (i + kLanes > classes) {
        for (int64_t lane = classes - i; lane < kLanes; lane++) apart[lane] = slopes[lane] = 0;
      }
      std::memcpy(tau + i, slopes, sizeof slopes);
      load(apart, &phi);
      load(slopes, &quotient);
      phi_sum += phi * probability;
      tau_sum += quotient * probability;
    }

    // termOf
    const double phi_data = excess(rho_data, one_plus_data * inverse);
    if (stays != 0) phi_current = phi_data;
    double bound;
    const double likelihood = remained * stays + reached;
    const double found = likelihood * hit, missed = reached * error + remained * other_current;
    if (!chain.is_first) {
      const double over_all = redrawn * sum_of(&phi_sum) + (kept + redrawn_data) * phi_data;
      bound = (jump * over_all + step_kept * a_current * phi_current) / q_scale;
    } else if (setting.bayes) {
      bound = found > missed ? std::log1p(missed / found) : nll + std::log((found + missed) / likelihood);
    } else {
      bound = nll;
    }
    term[r] = static_cast<float>(setting.lambda == 0 ? bound : bound + setting.lambda * nll);

    // logitGradient
    const double gain = chain.is_first ? 0 : kept * jump / q_scale, gain_current = chain.is_first ? 0 : kept * step_kept / q_scale;
    const double tau_other = stays != 0 ? 0 : tau[current];
    const double at_current = w[current] * tau_other * gain_current;
    double shared = 0, at_data = hit * tau_data * (gain + stays * gain_current);
    if (setting.mixture && !chain.is_first) {
      const double tau_current = stays != 0 ? tau_data : tau_other;
      const double expected = sum_of(&tau_sum) + pi_data * tau_data;
      shared = redrawn * (jump * expected + step_kept * pi_current * tau_current) / q_scale;
      at_data += hit * shared;
    }
    double per_other = 0, on_current = 0, on_data = 0;
    if (chain.is_first) {
      const double scale = found + missed;
      per_other = setting.bayes ? reached / scale : 1;
      on_current = setting.bayes ? remained * other_current / scale : 0;
      on_data = setting.bayes ? missed / scale : error;
    }
    const float per_slope = static_cast<float>(gain), same = static_cast<float>(shared);
    Lanes sum = {};
    for (int64_t i = 0; i < width; i += kLanes) {
      Lanes each, quotient;
      load(w + i, &each);
      load(tau + i, &quotient);
      each *= quotient * per_slope + same;
      store(&each, w + i);
      sum += each;
    }
    const double all = sum_of(&sum) + at_current + at_data;
    const float per = static_cast<float>(per_other + setting.lambda - all);
    for (int64_t i = 0; i < width; i += kLanes) {
      Lanes each, lanes;
      load(w + i, &each);
      load(others + i, &lanes);
      each += lanes * per;
      store(&each, w + i);
    }
    w[current] += static_cast<float>(at_current + on_current);
    w[data] += static_cast<float>(at_data - hit * all - on_data - error * setting.lambda);
    std::memcpy(gradient + r * classes, w, classes * sizeof(float));
  }
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
