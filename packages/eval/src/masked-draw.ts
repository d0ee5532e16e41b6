import { maskExactCount, stratifiedUniforms, type Rng, type States } from '@d3pm/core';
import type { CountLaw } from './count-law.ts';
import type { ExampleBatch } from './example-batches.ts';
import type { NetworkMeter } from './network-meter.ts';
import type { WeighedChain } from './weighed-chain.ts';

export interface MaskedDrawInput extends ExampleBatch {
  readonly meter: NetworkMeter;
  readonly chain: WeighedChain;
  readonly law: CountLaw;
  readonly timeFree: boolean;
  readonly rng: Rng;
}

/** One replicate of one batch, one number per example: what all chains share. */
export interface MaskedDraw {
  /** n */
  readonly counts: Int32Array;
  /** p_n */
  readonly probs: Float64Array;
  /** Σ_{i∈S} −log f(x_0,i | x_0 off S), over the n masked positions. */
  readonly nats: Float64Array;
  /** The step of the chain that the network was told. Absent: it reads none. */
  readonly steps: Int32Array | undefined;
}

/** Masks exactly n ~ p_n positions of each example, n stratified over the batch, and asks the network once. */
export async function drawMasked({ states, firstExample, meter, chain, law, timeFree, rng }: MaskedDrawInput): Promise<MaskedDraw> {
  const { transition, grid, all } = chain;
  const batchSize = states.shape[0]!;
  const counts = Int32Array.from(stratifiedUniforms(batchSize, rng.split('strata', firstExample)), (uniform) => law.countAt(uniform));
  const corrupted = (): States =>
    maskExactCount(states, { counts, maskState: transition.absorbing!.maskState, rng: rng.split('masks'), firstExample });
  const uniforms = rng.split('steps').float64s(batchSize, firstExample);
  const steps = timeFree ? undefined : counts.map((count, b) => all.stepGivenCount(count, uniforms[b]!));
  const t = steps ? steps.map((i) => grid[i]!) : transition.numSteps;
  // From x_t straight to x_0 the weight r(0, t) is 1: the term is the plain sum over masked positions.
  const nats = await meter.termNats({ x0: states, corrupted, s: 0, t });
  return { counts, probs: Float64Array.from(counts, (count) => law.probs[count]!), nats, steps };
}
