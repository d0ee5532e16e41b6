import {
  assertDenoiserFits,
  assertInteger,
  assertStepLaw,
  D3pmError,
  firstAbove,
  positionsOf,
  sampleForward,
  stepGrid,
  stratifiedUniforms,
  type Prediction,
  type Rng,
  type States,
  type Steps,
  type Transition,
} from '@d3pm/core';
import { boundAccumulator, type BatchTerms } from './bound-accumulator.ts';
import type { BoundReport } from './bound-report.ts';
import { checkedReplicates, type EvaluationOptions } from './evaluation-options.ts';
import { countBatches, exampleBatches, type ExampleBatch } from './example-batches.ts';
import { networkMeter, type NetworkMeter } from './network-meter.ts';
import { priorNats } from './prior-nats.ts';

export interface EvaluateBoundOptions<P extends Prediction> extends EvaluationOptions<P> {
  readonly transition: Transition;
  /**
   * n of the T steps, on the grid t_i = ⌈iT/n⌉: the bound of the n-step chain. The network still
   * gets the steps of the whole chain.
   *
   * @defaultValue T
   */
  readonly numSteps?: number;
  /**
   * Absent: the full sum, every step of the chain once for each example. m: L_0, and m of the other
   * n − 1 steps, stratified over the batch: m + 1 calls a batch in place of n, unbiased.
   */
  readonly stepsPerExample?: number;
  /**
   * p_1 … p_T: those m are drawn by it, each with the inverse as its weight; `informationStepLaw` makes one. With a shorter chain its step i has the sum over
   * t_{i−1} + 1 … t_i. Absent: uniformly.
   */
  readonly stepLaw?: Float64Array;
  /** Independent repetitions. Two or more also tell the Monte-Carlo error. @defaultValue 1 for the full sum, 2 else */
  readonly replicates?: number;
}

/**
 * The variational bound of Eq. (1) on held-out data,
 *
 *     L_vb = L_T + Σ_{i=2}^{n} KL(q(x_{t_{i−1}} | x_{t_i}, x_0) ‖ p_θ(x_{t_{i−1}} | x_{t_i})) + L_0
 *
 * with x_{t_i} drawn from q(x_{t_i} | x_0), its parts apart, each with its standard errors. Draws
 * depend on the seed, the number of the example and the step (a stratified estimate: also on the
 * batch size). Memory does not grow with the data.
 *
 * @throws {D3pmError} at once: `UNSOUND` for a denoiser of another prediction than the reverse
 * process reads, `INVALID_OPTIONS`. While it runs: `INVALID_DATA` for no example, `STATE_RANGE`,
 * `SHAPE`, and `NON_FINITE` when an example gives NaN.
 */
export async function evaluateBound<P extends Prediction>(options: EvaluateBoundOptions<P>): Promise<BoundReport> {
  const { transition, denoiser, reverse, numSteps = transition.numSteps, stepsPerExample, stepLaw, rng } = options;
  assertDenoiserFits('evaluateBound', { transition, denoiser, reverse });
  assertInteger('evaluateBound', 'numSteps', numSteps, 1, transition.numSteps);
  const grid = stepGrid(transition.numSteps, numSteps);
  if (reverse.prediction === 'direct' && numSteps < transition.numSteps) {
    throw new D3pmError(
      'UNSOUND',
      `evaluateBound: a direct prediction is of x_{t−1} and has no form for ${numSteps} of ${transition.numSteps} steps; leave numSteps out`,
    );
  }
  if (stepsPerExample !== undefined) assertInteger('evaluateBound', 'stepsPerExample', stepsPerExample, 1);
  if (stepLaw !== undefined) assertStepLaw('evaluateBound', stepLaw, transition.numSteps);
  if (stepLaw !== undefined && stepsPerExample === undefined) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      'evaluateBound: stepLaw draws the steps of an estimate, and a full sum draws none; give stepsPerExample',
    );
  }
  const others = otherSteps(grid, stepLaw);
  const replicates = checkedReplicates('evaluateBound', options.replicates ?? (stepsPerExample === undefined ? 1 : 2));

  const callsPerBatch = replicates * (stepsPerExample === undefined ? numSteps : numSteps === 1 ? 1 : 1 + stepsPerExample);
  const batchCount = countBatches('evaluateBound', options);
  const totalNetworkCalls = batchCount === undefined ? undefined : batchCount * callsPerBatch;
  const meter = networkMeter({ ...options, caller: 'evaluateBound', totalNetworkCalls });
  const accumulator = boundAccumulator('evaluateBound');
  const priorTerm = priorNats(transition);
  const perStepNats = new Float64Array(numSteps);
  let positions = 0;
  for await (const batch of exampleBatches('evaluateBound', transition, options)) {
    positions = positionsOf(batch.states);
    const terms: BatchTerms[] = [];
    for (let replicate = 0; replicate < replicates; replicate++) {
      const draw: Draw = { ...batch, transition, meter, grid, rng: rng.split('replicate', replicate) };
      terms.push(
        stepsPerExample === undefined ? await fullSum(draw, perStepNats) : await stratifiedSteps(draw, { stepsPerExample, others }),
      );
    }
    meter.finish(batch.states.shape[0]!);
    accumulator.add(await priorTerm(batch.states), terms);
  }
  meter.end();
  const report = accumulator.report(positions);
  return {
    ...report,
    ...(stepsPerExample === undefined && { perStepNats: perStepNats.map((nats) => nats / (report.numExamples * replicates)) }),
    networkCalls: meter.calls,
    convention: {
      transition: transition.name,
      reverse: reverse.name,
      firstStep: reverse.firstStep,
      numSteps: transition.numSteps,
      chainSteps: numSteps,
      estimator: stepsPerExample === undefined ? 'full-sum' : stepLaw === undefined ? 'stratified-steps' : 'weighted-steps',
      replicates,
    },
  };
}

/** One replicate of one batch. */
interface Draw extends ExampleBatch {
  readonly transition: Transition;
  readonly meter: NetworkMeter;
  readonly grid: Int32Array;
  readonly rng: Rng;
}

async function fullSum({ states, firstExample, transition, meter, grid, rng }: Draw, perStepNats: Float64Array): Promise<BatchTerms> {
  const diffusion = new Float64Array(states.shape[0]!);
  let reconstruction: Float64Array = diffusion;
  for (let i = 1; i < grid.length; i++) {
    const [s, t] = [grid[i - 1]!, grid[i]!];
    const corrupted = (): States => sampleForward(transition, states, { t, rng: rng.split('step', t), firstExample });
    const nats = await meter.termNats({ x0: states, corrupted, s, t });
    perStepNats[i - 1]! += nats.reduce((sum, value) => sum + value, 0);
    if (i === 1) reconstruction = nats;
    else nats.forEach((value, b) => (diffusion[b]! += value));
  }
  return { diffusion, reconstruction };
}

/** Steps 2…n of a chain, and how likely they are drawn. */
interface OtherSteps {
  /** Up to each of them, `[n − 1]`. */
  readonly cumulative: Float64Array;
  /** 1 / p of each. */
  readonly weights: Float64Array;
}

function otherSteps(grid: Int32Array, law: Float64Array | undefined): OtherSteps {
  const masses = Float64Array.from({ length: grid.length - 2 }, (_, i) =>
    law ? law.subarray(grid[i + 1], grid[i + 2]).reduce((sum, probability) => sum + probability, 0) : 1,
  );
  let total = 0;
  const cumulative = masses.map((mass) => (total += mass));
  return { cumulative, weights: masses.map((mass) => total / mass) };
}

async function stratifiedSteps(
  draw: Draw,
  { stepsPerExample, others: { cumulative, weights } }: { readonly stepsPerExample: number; readonly others: OtherSteps },
): Promise<BatchTerms> {
  const { states, firstExample, grid, rng } = draw;
  const batchSize = states.shape[0]!;
  const reconstruction = await termAt(draw, { s: grid[0]!, t: grid[1]!, label: 'first' });
  const diffusion = new Float64Array(batchSize);
  if (cumulative.length === 0) return { diffusion, reconstruction };
  const total = cumulative.at(-1)!;
  const uniforms = stratifiedUniforms(batchSize * stepsPerExample, rng.split('strata', firstExample));
  for (let slot = 0; slot < stepsPerExample; slot++) {
    const steps = Int32Array.from({ length: batchSize }, (_, b) => firstAbove(cumulative, uniforms[b * stepsPerExample + slot]! * total));
    const nats = await termAt(draw, { s: steps.map((i) => grid[i + 1]!), t: steps.map((i) => grid[i + 2]!), label: slot });
    nats.forEach((value, b) => (diffusion[b]! += (weights[steps[b]!]! * value) / stepsPerExample));
  }
  return { diffusion, reconstruction };
}

function termAt(
  { states, firstExample, transition, meter, rng }: Draw,
  { s, t, label }: { readonly s: Steps; readonly t: Steps; readonly label: number | string },
): Promise<Float64Array> {
  const corrupted = (): States => sampleForward(transition, states, { t, rng: rng.split('draw', label), firstExample });
  return meter.termNats({ x0: states, corrupted, s, t });
}
