import {
  createRng,
  D3pmError,
  informationStepLaw,
  mixture,
  plugIn,
  type Dataset,
  type ReverseProcess,
  type Rng,
  type TrainableDenoiser,
  type Transition,
} from '@d3pm/core';
import { batches } from '@d3pm/data';
import {
  autoregressiveLoss,
  constantRate,
  crossEntropyLoss,
  exactCountLoss,
  hybridLoss,
  inverseSquareRoot,
  linearDecay,
  stepsByLaw,
  warmUp,
  type LearningRate,
  type TrainingLoss,
  type TrainOptions,
} from '@d3pm/train';
import { registriesOf, type Registries } from '../plugins/registries.ts';
import { assertEvaluationFits } from './assert-evaluation-fits.ts';
import { assertSavingFits } from './assert-saving-fits.ts';
import { completeSchedule, isOfTheData } from './complete-schedule.ts';
import { completeTransition } from './complete-transition.ts';
import { dataLaw } from './data-law.ts';
import { extraMaskOf } from './extra-mask-of.ts';
import type { TrainConfig, TrainingConfig } from '../config/train-config.ts';

/** All that a config names, made. */
export interface Training {
  readonly transition: Transition;
  readonly reverse: ReverseProcess<'denoiser'>;
  readonly model: TrainableDenoiser<'denoiser'>;
  /** Of one example of the data. */
  readonly exampleShape: readonly number[];
  readonly train: Dataset;
  /** Held-out examples to choose a model by, where the data has some. */
  readonly valid: Dataset | undefined;
  /** Held-out examples for the end, where the data has some. */
  readonly test: Dataset | undefined;
  /** What a run is looked at with, and its best checkpoints are chosen by: never the test split where there is another. */
  readonly evaluated: Dataset | undefined;
  readonly options: TrainOptions<'denoiser'>;
  /** The law of t by the information that each step takes, of this chain and data; made when it is first asked for, and at once where the config asks. */
  readonly informationLaw: () => Float64Array;
  readonly rng: Rng;
  dispose(): void;
}

/** The splits of the data of a config. @throws {D3pmError} what its plugin throws */
export async function loadData({ data, plugins }: Pick<TrainConfig, 'data' | 'plugins'>): Promise<Readonly<Record<string, Dataset>>> {
  const { datasets } = await registriesOf({ data, plugins });
  return datasets.fromConfig(data);
}

/** @throws {D3pmError} `INVALID_DATA` for data without a train split; what the registries and the pieces throw, before any work is done. */
export async function buildTraining(config: TrainConfig): Promise<Training> {
  const { training } = config;
  const rng = createRng(config.seed);
  const { datasets, models, ...processes } = await registriesOf(config);
  const splits = await datasets.fromConfig(config.data);
  const { valid, test } = splits;
  const train = trainSplit(config, splits);
  const evaluated = valid ?? test;
  assertSavingFits(config, { evaluated });
  const transition = transitionOf({ ...config, transition: await completeTransition(config.transition) }, { data: train, ...processes });
  const { numStates, numSteps } = transition;
  const model = models.fromConfig(config.model, {
    numStates,
    numSteps,
    exampleShape: train.exampleShape,
    extraMask: transition.extraMask,
    rng: rng.split('model'),
    prediction: 'denoiser',
  });
  assertEvaluationFits(config.evaluation, { transition, model });
  const reverse = reverseOf(config);
  let law: Float64Array | undefined;
  const informationLaw = (): Float64Array => (law ??= informationStepLaw(transition, { dataLaw: dataLaw(train, transition) }));
  // Now, so that a chain that has none is refused before anything is trained.
  if (config.evaluation.steps === 'information') informationLaw();
  const { beta1, beta2, epsilon, clipNorm, emaDecay, microBatch, eventEvery, whenNonFinite, batchSize } = training;
  return {
    transition,
    reverse,
    model,
    exampleShape: train.exampleShape,
    train,
    valid,
    test,
    evaluated,
    informationLaw,
    rng,
    options: {
      numSteps: training.numSteps,
      batches: batches(train, { batchSize, rng: rng.split('batches') }),
      loss: lossOf(config, { transition, reverse, informationLaw }),
      learningRate: rateOf(training),
      beta1,
      beta2,
      epsilon,
      eventEvery,
      whenNonFinite,
      rng: rng.split('training'),
      ...(clipNorm !== undefined && { clipNorm }),
      ...(emaDecay !== undefined && { emaDecay }),
      ...(microBatch !== undefined && { microBatch }),
    },
    dispose: () => {
      model.dispose();
      transition.dispose();
    },
  };
}

function trainSplit({ data }: TrainConfig, splits: Readonly<Record<string, Dataset>>): Dataset {
  if (splits['train']) return splits['train'];
  const names = Object.keys(splits);
  throw new D3pmError(
    'INVALID_DATA',
    `train: the data set ${data.name} has ${names.length === 0 ? 'no split' : `the splits ${names.join(', ')}`}, expected train among them; its plugin names what it loads`,
  );
}

/** Over the states of the data, and the mask that a family adds. */
function transitionOf(
  config: Pick<TrainConfig, 'schedule' | 'transition'>,
  { data, schedules, transitions }: Pick<Registries, 'schedules' | 'transitions'> & { readonly data: Dataset },
): Transition {
  const make = (numStates: number, extraMask?: number): Transition => {
    const schedule = schedules.fromConfig(completeSchedule(config, { data, plugins: transitions, numStates, extraMask }));
    return transitions.fromConfig(config.transition, { numStates, schedule });
  };
  const withMask = (): Transition => make(data.numStates + 1, data.numStates);
  // Such a schedule needs to know first which state the data never shows.
  if (isOfTheData(config.schedule) && extraMaskOf(config.transition, data.numStates, { transitions }) !== undefined) return withMask();
  const made = make(data.numStates);
  if (made.extraMask === undefined) return made;
  made.dispose();
  return withMask();
}

/** The reverse process that a config trains. */
export function reverseOf({ loss }: TrainConfig): ReverseProcess<'denoiser'> {
  if (loss.name === 'exact-count' || loss.name === 'autoregressive' || loss.reverse === 'mixture') return mixture();
  return plugIn(loss.firstStep !== undefined ? { firstStep: loss.firstStep } : {});
}

function lossOf(
  { loss }: TrainConfig,
  { transition, reverse, informationLaw }: Pick<Training, 'informationLaw' | 'reverse' | 'transition'>,
): TrainingLoss<'denoiser'> {
  if (loss.name === 'exact-count') return exactCountLoss({ transition });
  if (loss.name === 'autoregressive') return autoregressiveLoss({ transition });
  if (loss.name === 'cross-entropy') return crossEntropyLoss({ transition, reverse });
  return hybridLoss({
    transition,
    reverse,
    lambda: loss.lambda,
    ...(loss.steps === 'information' && { steps: stepsByLaw(informationLaw()) }),
  });
}

function rateOf({ learningRate: rate, warmUp: numWarmUpSteps, decay, numSteps }: TrainingConfig): LearningRate {
  const schedules: Readonly<Record<typeof decay, () => LearningRate>> = {
    constant: () => constantRate(rate),
    linear: () => linearDecay({ rate, numSteps }),
    'inverse-square-root': () => inverseSquareRoot({ rate, numWarmUpSteps: Math.max(1, numWarmUpSteps) }),
  };
  return warmUp(numWarmUpSteps, schedules[decay]());
}
