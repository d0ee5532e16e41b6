import {
  assertAutoregressive,
  assertCausal,
  assertDenoiserFits,
  denoiserLogits,
  denoiserNllNats,
  positionsOf,
  toTensor,
  turnsOfEventLoop,
  type States,
  type Transition,
} from '@d3pm/core';
import { dispose, reshape, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { Estimate } from './estimate.ts';
import type { EvaluationOptions } from './evaluation-options.ts';
import { countBatches, exampleBatches } from './example-batches.ts';
import { networkAnswers } from './network-answers.ts';
import { replicatedMean } from './replicated-mean.ts';

export interface EvaluateAutoregressiveOptions extends Omit<EvaluationOptions<'denoiser' | 'leave-one-out'>, 'reverse'> {
  /** The autoregressive chain, N steps for N positions. */
  readonly transition: Transition;
}

/** An exact negative log-likelihood: no bound, and no Monte-Carlo error. */
export interface AutoregressiveReport {
  readonly total: Estimate;
  /** −log p of each example in nats, in the order that they were taken; float64 `[numExamples]`. */
  readonly exampleNats: Float64Array;
  readonly numExamples: number;
  /** Positions of one example: what bits per dimension divide by. */
  readonly positions: number;
  readonly networkCalls: number;
}

/**
 * The exact negative log-likelihood of a causal network on held-out data,
 *
 *     −log p(x_0) = Σ_i −log f(x_0,i | x_0,<i)
 *
 * all positions of an example in one call. It is L_vb of the autoregressive chain (Section 4), whose L_T is 0.
 *
 * @throws {D3pmError} at once: `UNSOUND` for a network that is not causal or a chain that is not autoregressive. While it runs:
 * `INVALID_DATA` for no example, `STATE_RANGE`, `SHAPE`, and `NON_FINITE` when an example gives NaN.
 */
export async function evaluateAutoregressive(options: EvaluateAutoregressiveOptions): Promise<AutoregressiveReport> {
  const { transition, denoiser, onProgress } = options;
  assertCausal('evaluateAutoregressive', denoiser);
  assertAutoregressive('evaluateAutoregressive', transition);
  assertDenoiserFits('evaluateAutoregressive', { transition, denoiser });
  const totalNetworkCalls = countBatches('evaluateAutoregressive', options);
  const mean = replicatedMean('evaluateAutoregressive');
  const turn = turnsOfEventLoop();
  const answers = networkAnswers('evaluateAutoregressive', options);
  const exampleNats: number[] = [];
  let [networkCalls, positions] = [0, 0];
  for await (const { states } of exampleBatches('evaluateAutoregressive', transition, options)) {
    positions = positionsOf(states);
    const nats = await answers.next(states.shape[0]!, () => askNats(options, states));
    mean.add([nats]);
    exampleNats.push(...nats);
    networkCalls += 1;
    await turn();
    onProgress?.({ networkCalls, totalNetworkCalls, numExamples: exampleNats.length });
  }
  answers.end();
  const total = mean.estimate(positions);
  return {
    total: { ...total, monteCarloErrorNats: 0, monteCarloErrorBitsPerDimension: 0 },
    exampleNats: Float64Array.from(exampleNats),
    numExamples: exampleNats.length,
    positions,
    networkCalls,
  };
}

async function askNats({ transition, denoiser }: EvaluateAutoregressiveOptions, states: States): Promise<Float64Array> {
  const x0 = toTensor(states);
  let nats: Tensor | undefined;
  try {
    nats = tidy(() => {
      const logits = denoiserLogits('evaluateAutoregressive', denoiser, x0, 1);
      return sum(reshape(denoiserNllNats(logits, x0, { impossible: transition.extraMask }), [states.shape[0]!, -1]), 1);
    });
    return Float64Array.from(await nats.data<'float32'>());
  } finally {
    dispose(nats ? [x0, nats] : [x0]);
  }
}
