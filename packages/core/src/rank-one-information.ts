import { divergenceTerm } from './divergence-term.ts';
import { entropyNats } from './entropy.ts';

/** What x_t tells of x_0, and what it does not: I(x_t; x_0) and H(x_0 | x_t). Their sum is H(x_0). */
export interface Information {
  readonly sharedNats: number;
  readonly lostNats: number;
}

/** Q = keep · I + refresh · 1 πᵀ with keep + refresh = 1, each as accurate as it can be told. */
export interface RankOneChannel {
  /** π, float64 `[K]`. */
  readonly target: Float64Array;
  readonly keep: number;
  readonly refresh: number;
}

/**
 * The information of `Q = k I + r 1 πᵀ` for x_0 ~ p in O(K), with m_j = k p_j + r π_j the law of x_t:
 *
 *     I(x_t; x_0)   = Σ_j p_j D(k + r π_j ‖ m_j) + (1 − p_j) D(r π_j ‖ m_j),   D(q ‖ m) = q log(q/m) − q + m
 *     H(x_0 | x_t)  = Σ_j p_j (k + r π_j) log(m_j / (p_j (k + r π_j))) + r π_j ((1 − p_j) log(m_j / (r π_j)) + H(x_0) + p_j log p_j)
 *
 * Every term is ≥ 0 and every difference is one of its inputs (q − m_j is k (1 − p_j) or −k p_j), so that both are
 * right to their last digits, also where one is next to nothing. 0 · log 0 = 0.
 *
 * @param dataLaw p, float64 `[K]`, sums to 1.
 */
export function rankOneInformation({ target, keep, refresh }: RankOneChannel, dataLaw: Float64Array): Information {
  const entropy = entropyNats(dataLaw);
  let sharedNats = 0;
  let lostNats = 0;
  for (let j = 0; j < dataLaw.length; j++) {
    const mass = dataLaw[j]!;
    const arriving = refresh * target[j]!;
    const marginal = keep * mass + arriving;
    sharedNats += mass * divergenceTerm(keep + arriving, marginal, keep * (1 - mass));
    sharedNats += (1 - mass) * divergenceTerm(arriving, marginal, -keep * mass);
    const staying = mass * (keep + arriving);
    if (staying > 0) lostNats += staying * Math.log1p(((1 - mass) * arriving) / staying);
    if (arriving > 0) {
      const ownEntropy = mass > 0 ? -mass * Math.log(mass) : 0;
      lostNats += arriving * ((1 - mass) * Math.log1p((keep * mass) / arriving) + Math.max(0, entropy - ownEntropy));
    }
  }
  return { sharedNats, lostNats };
}
