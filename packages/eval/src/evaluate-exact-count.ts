import {
  assertDenoiserFits,
  assertInteger,
  D3pmError,
  maskCountWeights,
  positionsOf,
  stepGrid,
  type Prediction,
  type Transition,
} from '@d3pm/core';
import { boundAccumulator, type BoundAccumulator } from './bound-accumulator.ts';
import type { BoundReport } from './bound-report.ts';
import { countLaw, type CountLaw } from './count-law.ts';
import { checkedReplicates, type EvaluationOptions } from './evaluation-options.ts';
import { countBatches, exampleBatches } from './example-batches.ts';
import { drawMasked, type MaskedDraw } from './masked-draw.ts';
import { maskedCost, maskedTerms } from './masked-terms.ts';
import { networkMeter } from './network-meter.ts';
import { priorNats } from './prior-nats.ts';
import { weighedChain, type Chain, type WeighedChain } from './weighed-chain.ts';

interface ExactCountOptions<P extends Prediction> extends EvaluationOptions<P> {
  /** Calls of the network a batch, each an independent repetition. @defaultValue 2, the least that tells the Monte-Carlo error */
  readonly replicates?: number;
}

export interface EvaluateExactCountOptions<P extends Prediction> extends ExactCountOptions<P> {
  /** Absorbs into an extra mask. */
  readonly transition: Transition;
  /** n of the T steps, on the grid t_i = ⌈iT/n⌉: the bound of the n-step chain. @defaultValue T */
  readonly numSteps?: number;
}

export interface EvaluateExactCountsOptions<P extends Prediction> extends ExactCountOptions<P> {
  /** Chains that absorb into the same extra mask, for example 1000 steps of a schedule and `strided` to 256 and 20. */
  readonly transitions: readonly Transition[];
}

/**
 * The bound of an absorbing process with an extra mask, as a sum over the number n of masked
 * positions (conventions §4):
 *
 *     L_vb − L_T = E Σ_{n=1}^{L} w_n · E_{S, |S| = n} Σ_{i∈S} −log f(x_0,i | x_0 off S)
 *
 * The same number as `evaluateBound`, at a far smaller variance: n is drawn ∝ n · w_n, stratified over
 * the batch, then exactly n positions are masked, and what a masked position has cost so far serves
 * as control variate. A network that reads the time is told a t drawn
 * ∝ r_t · Binom(n; L, 1 − ᾱ_t). L_0 is what the first step of the chain adds to w_n.
 *
 * @throws {D3pmError} `UNSOUND` unless the transition absorbs into an extra mask and the reverse
 * process unmasks independently, and whatever `evaluateBound` throws.
 */
export async function evaluateExactCount<P extends Prediction>({
  transition,
  numSteps = transition.numSteps,
  ...options
}: EvaluateExactCountOptions<P>): Promise<BoundReport> {
  assertInteger('evaluateExactCount', 'numSteps', numSteps, 1, transition.numSteps);
  const [report] = await evaluate('evaluateExactCount', options, [{ transition, grid: stepGrid(transition.numSteps, numSteps) }]);
  return report!;
}

/**
 * {@link evaluateExactCount} of several chains from the same draws: their weights differ, the calls
 * of the network, which are what it costs, are shared. So are the errors: differences between
 * chains are far more certain than the chains.
 *
 * @returns One report for each transition, in order; each counts the shared calls.
 * @throws {D3pmError} `UNSOUND` for a network that reads the time, `INVALID_OPTIONS` unless all
 * chains have the same states and mask.
 */
export async function evaluateExactCounts<P extends Prediction>({
  transitions,
  ...options
}: EvaluateExactCountsOptions<P>): Promise<BoundReport[]> {
  const [first, ...others] = transitions;
  if (!first) throw new D3pmError('INVALID_OPTIONS', 'evaluateExactCounts: transitions is empty, expected one chain at least');
  if (!options.denoiser.timeFree) {
    throw new D3pmError(
      'UNSOUND',
      'evaluateExactCounts: this denoiser reads the time, so chains cannot share its calls; evaluate each with evaluateExactCount',
    );
  }
  const stranger = others.find(
    ({ numStates, absorbing }) => numStates !== first.numStates || absorbing?.maskState !== first.absorbing?.maskState,
  );
  if (stranger) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `evaluateExactCounts: ${stranger.name} and ${first.name} differ in states or mask, so they cannot share draws`,
    );
  }
  return evaluate(
    'evaluateExactCounts',
    options,
    transitions.map((transition) => ({ transition, grid: stepGrid(transition.numSteps, transition.numSteps) })),
  );
}

async function evaluate<P extends Prediction>(
  caller: string,
  options: ExactCountOptions<P>,
  chains: readonly Chain[],
): Promise<BoundReport[]> {
  const { denoiser, reverse, rng } = options;
  const { transition } = chains[0]!;
  for (const chain of chains) {
    assertDenoiserFits(caller, { transition: chain.transition, denoiser, reverse });
    maskCountWeights(chain.transition, 1); // throws unless its closed forms hold
  }
  if (!reverse.unmasksIndependently) {
    throw new D3pmError('UNSOUND', `${caller}: the ${reverse.name} process has no closed form at a mask; use evaluateBound`);
  }
  const replicates = checkedReplicates(caller, options.replicates ?? 2);
  const batchCount = countBatches(caller, options);
  const totalNetworkCalls = batchCount === undefined ? undefined : batchCount * replicates;
  const meter = networkMeter({ ...options, caller, transition, totalNetworkCalls });
  const priorTerms = chains.map((chain) => priorNats(chain.transition));
  const accumulators: readonly BoundAccumulator[] = chains.map(() => boundAccumulator(caller));
  let weighed: readonly WeighedChain[] = [];
  let law: CountLaw | undefined;
  let positions = 0;
  const cost = maskedCost(transition.numStates - 1);
  for await (const batch of exampleBatches(caller, transition, options)) {
    positions = positionsOf(batch.states);
    weighed = law ? weighed : chains.map((chain) => weighedChain(chain, positions));
    law ??= countLaw(weighed.map(({ all }) => all.weights));
    const draws: MaskedDraw[] = [];
    for (let replicate = 0; replicate < replicates; replicate++) {
      draws.push(
        await drawMasked({ ...batch, meter, chain: weighed[0]!, law, timeFree: denoiser.timeFree, rng: rng.split('replicate', replicate) }),
      );
    }
    const terms = draws.map((draw) => weighed.map((chain) => maskedTerms(chain, draw, cost.nats)));
    draws.forEach((draw) => cost.add(draw));
    meter.finish(batch.states.shape[0]!);
    for (const i of chains.keys()) {
      accumulators[i]!.add(
        await priorTerms[i]!(batch.states),
        terms.map((chainTerms) => chainTerms[i]!),
      );
    }
  }
  meter.end();
  return chains.map(({ transition: { name, numSteps }, grid }, i) => ({
    ...accumulators[i]!.report(positions),
    networkCalls: meter.calls,
    convention: {
      transition: name,
      reverse: reverse.name,
      firstStep: reverse.firstStep,
      numSteps,
      chainSteps: grid.length - 1,
      estimator: 'exact-count',
      replicates,
    },
  }));
}
