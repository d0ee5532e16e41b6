import { D3pmError, gatherJson, type Prediction, type ProcessGroup, type TrainableDenoiser } from '@d3pm/core';
import type { ParameterLayout } from '../parameter-layout.ts';
import type { TrainOptions } from '../train-options.ts';
import type { TrainerState } from '../trainer-state.ts';
import { shareOfBatch } from './share-of-batch.ts';
import { stateHash } from './state-hash.ts';

/**
 * Sees to it that all members are about to train the same thing, from the same parameters.
 *
 * @returns whether one of them is stopped already.
 * @throws {D3pmError} `GROUP` on all of them, naming the rank, the option and both values.
 */
export async function agreeToTrain<P extends Prediction>(
  group: ProcessGroup,
  model: TrainableDenoiser<P>,
  { layout, state, options }: { readonly layout: ParameterLayout; readonly state: TrainerState; readonly options: TrainOptions<P> },
): Promise<boolean> {
  const { transition, name } = options.loss;
  const at = <T>(value: number | ((step: number) => T) | undefined): number | T | null =>
    (typeof value === 'function' ? value(state.step + 1) : value) ?? null;
  const own: Readonly<Record<string, unknown>> = {
    step: state.step,
    numSteps: options.numSteps,
    eventEvery: options.eventEvery ?? null,
    loss: name,
    transition: `${transition.name}, K = ${transition.numStates}, T = ${transition.numSteps}`,
    prediction: model.prediction,
    parameters: layout.size,
    batchSize: shareOfBatch(options.batches, state.step, group).range.batchSize,
    seed: options.rng.key,
    learningRate: at(options.learningRate),
    emaDecay: at(options.emaDecay),
    clipNorm: options.clipNorm ?? null,
    adam: [options.beta1 ?? null, options.beta2 ?? null, options.epsilon ?? null],
    whenNonFinite: options.whenNonFinite ?? null,
    state: await stateHash(state),
  };
  const said = await gatherJson(group, { own, isStopped: options.signal?.aborted === true });
  const [first] = said;
  for (const [rank, { own: other }] of said.entries()) {
    const field = Object.keys(first!.own).find((key) => JSON.stringify(other[key]) !== JSON.stringify(first!.own[key]));
    if (field === undefined) continue;
    const [theirs, ours] = [other[field], first!.own[field]].map((value) => JSON.stringify(value));
    const hint = field === 'state' ? 'make the model of the same seed on all of them' : 'give all of them the same options';
    throw new D3pmError('GROUP', `train: rank ${rank} has ${field} ${theirs}, and rank 0 has ${ours}; ${hint}`);
  }
  return said.some(({ isStopped }) => isStopped);
}

/**
 * Sees to it that all members still have the same state, to the bit.
 *
 * @throws {D3pmError} `GROUP` on all of them, naming the first rank that has another than rank 0.
 */
export async function assertSameState(group: ProcessGroup, state: TrainerState): Promise<void> {
  const hashes = await gatherJson(group, await stateHash(state));
  const rank = hashes.findIndex((hash) => hash !== hashes[0]);
  if (rank < 0) return;
  throw new D3pmError(
    'GROUP',
    `train: at step ${state.step} rank ${rank} has other parameters or moments than rank 0 (${hashes[rank]} and ${hashes[0]}), though all had the same gradients; use the same engine, version and kind of processor on all of them, and go on from the last checkpoint`,
  );
}
