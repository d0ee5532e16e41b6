import {
  assertCausal,
  assertInteger,
  assertOptionNames,
  D3pmError,
  type Prediction,
  type ProcessGroup,
  type Rng,
  type TrainableDenoiser,
} from '@d3pm/core';
import { assertAdamOptions, type AdamOptions } from './adam.ts';
import type { BatchSource } from './batch-source.ts';
import type { LearningRate } from './learning-rate.ts';
import type { DecaySchedule } from './moving-average.ts';
import type { TrainerState } from './trainer-state.ts';
import type { TrainingLoss } from './training-loss.ts';

export type WhenNonFinite = 'stop' | { readonly skip: number; readonly rateFactor?: number };

export interface TrainOptions<P extends Prediction = Prediction> extends AdamOptions {
  /** Updates in the whole run, those of `state` included. */
  readonly numSteps: number;
  readonly batches: BatchSource;
  readonly loss: TrainingLoss<P>;
  /** A number, or a schedule such as `warmUp(100, linearDecay({ rate: 3e-3, numSteps }))`. */
  readonly learningRate: LearningRate | number;
  /**
   * Examples that go through the network at a time. The gradient is still that of the whole batch, with the same steps and noise, and
   * is rounded differently; the memory is that of a part. Absent: all.
   */
  readonly microBatch?: number;
  /** Gradients longer than this are scaled down to it. Absent: never. */
  readonly clipNorm?: number;
  /** Decay of a moving average of the parameters, which then are the ones that the model gets. Absent: no average. */
  readonly emaDecay?: DecaySchedule | number;
  /**
   * What to do about a loss or gradient that is NaN or infinite. `'stop'`, or to leave its update out, as many as `skip` times in a
   * run, with a learning rate that each has multiplied by `rateFactor` from the next event on. @defaultValue 'stop'
   */
  readonly whenNonFinite?: WhenNonFinite;
  /** Source of steps, noise and dropout; update n draws from `rng.split('step', n)`. */
  readonly rng: Rng;
  /** An event comes after every update whose number is a multiple of this, and after the last. Nothing is read back in between. @defaultValue 50 */
  readonly eventEvery?: number;
  /** Where to go on from. Absent: from the parameters of the model. It stays the caller's. */
  readonly state?: TrainerState;
  /**
   * The processes that train together: each takes its share of every batch, and they add up their gradients, so that all have the parameters
   * that one process with the whole batch would have, up to rounding. All are given the same options but this one and `microBatch`, and each a
   * model of the same parameters. A signal that one of them is given stops them all. Absent: one process.
   */
  readonly group?: ProcessGroup;
  /** An `AbortSignal`, for example. Once aborted, the update that runs is finished and reported, and training ends. */
  readonly signal?: { readonly aborted: boolean };
}

const NAMES: Readonly<Record<keyof TrainOptions, true>> = {
  numSteps: true,
  batches: true,
  loss: true,
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  microBatch: true,
  clipNorm: true,
  emaDecay: true,
  whenNonFinite: true,
  rng: true,
  eventEvery: true,
  state: true,
  group: true,
  signal: true,
};

export const trainOptionNames: readonly string[] = Object.freeze(Object.keys(NAMES));

/** What `train` takes of options that have more. */
export function trainOptionsOf<P extends Prediction>(options: TrainOptions<P>): TrainOptions<P> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(NAMES, name))) as unknown as TrainOptions<P>;
}

/** @throws {D3pmError} `INVALID_OPTIONS`, naming the field, also for one that is not known; `UNSOUND` for a loss that the network is not meant for, or without the prior that it learns. */
export function assertTrainOptions<P extends Prediction>(caller: string, model: TrainableDenoiser<P>, options: TrainOptions<P>): void {
  assertOptionNames(caller, options, trainOptionNames);
  assertInteger(caller, 'numSteps', options.numSteps, 0);
  if (options.microBatch !== undefined) assertInteger(caller, 'microBatch', options.microBatch, 1);
  if (options.eventEvery !== undefined) assertInteger(caller, 'eventEvery', options.eventEvery, 1);
  assertAdamOptions(caller, options);
  const { learningRate, clipNorm, emaDecay, loss, whenNonFinite } = options;
  if (typeof whenNonFinite === 'object') {
    assertInteger(caller, 'whenNonFinite.skip', whenNonFinite.skip, 1);
    const { rateFactor = 1 } = whenNonFinite;
    if (!(rateFactor > 0 && rateFactor <= 1)) {
      throw new D3pmError('INVALID_OPTIONS', `${caller}: whenNonFinite.rateFactor is ${rateFactor}, expected a number in (0, 1]`);
    }
  }
  if (typeof learningRate === 'number' && !(learningRate >= 0 && learningRate < Infinity)) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: learningRate is ${learningRate}, expected a number ≥ 0 or a function of the step`);
  }
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: clipNorm is ${clipNorm}, expected a positive number; leave it out for no clipping`);
  }
  if (typeof emaDecay === 'number' && !(emaDecay >= 0 && emaDecay < 1)) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: emaDecay is ${emaDecay}, expected a number in [0, 1); leave it out for no average`);
  }
  if (!loss.accepts(model.prediction)) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: the ${loss.name} loss does not fit a network that predicts "${model.prediction}"; make both for one meaning of the output`,
    );
  }
  if (loss.requires === 'causal') assertCausal(`${caller}: the ${loss.name} loss`, model);
  const { prior, name } = loss.transition;
  if (prior.kind === 'learned' && prior.parameter !== undefined && !Object.hasOwn(model.parameters, prior.parameter)) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: the prior of ${name} is the parameter "${prior.parameter}", which the network does not have; train the denoiser that withLearnedPrior made with this transition`,
    );
  }
}
