import {
  absorbsIntoExtraMask,
  D3pmError,
  denoiserNllNats,
  maskCountWeights,
  maskExactCount,
  positionsOf,
  stratifiedUniforms,
  type MaskCountWeights,
  type Transition,
} from '@d3pm/core';
import { cast, equal, mul, reshape, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { wholeBatch } from './example-range.ts';
import type { TrainingLoss } from './training-loss.ts';
import { withPriorTerm } from './with-prior-term.ts';

/**
 * The bound of an absorbing process with an extra mask, by the number n of masked positions in place of t:
 *
 *     L · w_n · Σ_{masked} −log f(x_0 | x_t),   n uniform on 1…L, stratified over the batch
 *
 * with the w_n of `maskCountWeights` (A.3). Its expectation is L_vb − L_T in nats per example (L_T is added when the prior is a parameter of the network), also for a network that is told the
 * time: t is then drawn given n. A denoiser and a leave-one-out prediction are the same thing at a mask. Gradients are of that divided by L.
 *
 * @throws {D3pmError} `UNSOUND` for any other transition.
 */
export function exactCountLoss({ transition }: { readonly transition: Transition }): TrainingLoss<'denoiser' | 'leave-one-out'> {
  if (!absorbsIntoExtraMask(transition)) {
    throw new D3pmError(
      'UNSOUND',
      `exactCountLoss: ${transition.name} does not absorb into an extra mask, so the count of masks is not enough; use hybridLoss`,
    );
  }
  const { maskState } = transition.absorbing;
  let weightsOfLength: MaskCountWeights | undefined;
  const countWeights = (positions: number): MaskCountWeights => {
    if (weightsOfLength?.positions !== positions) weightsOfLength = maskCountWeights(transition, positions);
    return weightsOfLength;
  };
  return {
    name: 'exact-count',
    transition,
    accepts: (prediction) => prediction === 'denoiser' || prediction === 'leave-one-out',
    corrupt: (x0, rng, { firstExample, batchSize } = wholeBatch(x0)) => {
      const positions = positionsOf(x0);
      const { weights, stepGivenCount } = countWeights(positions);
      const uniforms = stratifiedUniforms(batchSize, rng.split('count')).subarray(firstExample, firstExample + x0.shape[0]!);
      const counts = Int32Array.from(uniforms, (uniform) => 1 + Math.floor(positions * uniform));
      return {
        states: maskExactCount(x0, { counts, maskState, rng: rng.split('masks'), firstExample }),
        t: counts.map((count, b) => stepGivenCount(count, rng.split('t').float64(firstExample + b))),
        weights: Float64Array.from(counts, (count) => positions * weights[count]!),
      };
    },
    nats: ({ logits, x0, xt, weights, parameters }) =>
      tidy(() => {
        const masked = cast(equal(xt, maskState), 'float32');
        const nll = reshape(denoiserNllNats(logits, x0, { impossible: maskState, weight: masked }), [x0.shape[0]!, -1]);
        return withPriorTerm({ transition, x0, parameters }, mul(sum(nll, 1), tensor1d(Float32Array.from(weights!))));
      }),
    gradientScale: (positions) => 1 / positions,
  };
}
