import {
  absorbsIntoExtraMask,
  createRng,
  D3pmError,
  mixture,
  type Dataset,
  type Rng,
  type TrainableDenoiser,
  type Transition,
} from '@d3pm/core';
import { normalizeText8, swissRoll, text8Dataset } from '@d3pm/data';
import { createConvolutionDenoiser, createMlpDenoiser } from '@d3pm/models';
import { exactCountLoss, hybridLoss, type TrainingLoss } from '@d3pm/train';
import type { Choices } from '../choices/choices.ts';
import type { Network } from './network.ts';

/** What is trained, and how: sizes that learn something in a minute on two cores. */
export interface TrainingPlan extends Pick<Network, 'denoiser' | 'exampleShape' | 'kind'> {
  readonly data: Dataset;
  readonly loss: TrainingLoss<'denoiser'>;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Characters of an example in training, and of a sample. */
const TRAINED_LENGTH = 64;
const SAMPLED_LENGTH = 96;
const SAMPLED_POINTS = 1500;

export interface PlanInput {
  readonly choices: Choices;
  readonly transition: Transition;
  /** What characters are learned from. */
  readonly text: string;
}

/** @throws {D3pmError} `INVALID_OPTIONS` for pictures, `INVALID_DATA` for a text that is too short. */
export function trainingPlan({ choices, transition, text }: PlanInput): TrainingPlan {
  const rng = createRng(choices.seed).split('network');
  switch (choices.data) {
    case 'characters':
      return characterPlan(transition, { text, rng });
    case 'swiss-roll':
      return rollPlan(transition, { levels: choices.levels, rng });
    case 'picture':
      throw new D3pmError('INVALID_OPTIONS', 'one picture is nothing to learn from; choose characters or the swiss roll');
  }
}

function characterPlan(transition: Transition, { text, rng }: { readonly text: string; readonly rng: Rng }): TrainingPlan {
  const data = text8Dataset(normalizeText8(text), { length: TRAINED_LENGTH, name: 'text', crops: 'anywhere' }).train;
  const denoiser = createConvolutionDenoiser(
    { numStates: transition.numStates, numSteps: transition.numSteps, exampleShape: [TRAINED_LENGTH], rng },
    { numChannels: 64, dilations: [1, 2, 4, 8], outputBias: logUnigram(data.symbols, transition.numStates) },
  );
  return {
    kind: 'characters',
    data,
    denoiser,
    loss: lossOf(transition),
    exampleShape: [SAMPLED_LENGTH],
    batchSize: 16,
    learningRate: 6e-3,
  };
}

function rollPlan(transition: Transition, { levels, rng }: { readonly levels: number; readonly rng: Rng }): TrainingPlan {
  const data = swissRoll({ size: 100_000, numStates: levels, rng: createRng('points to learn from') });
  const { numStates, numSteps } = transition;
  const denoiser: TrainableDenoiser<'denoiser'> = createMlpDenoiser({ numStates, numSteps, exampleShape: [2], rng }, { numChannels: 128 });
  return { kind: 'swiss-roll', data, denoiser, loss: lossOf(transition), exampleShape: [2], batchSize: 256, learningRate: 3e-3 };
}

const LAMBDA = 0.01;

/** The form of the bound with the least variance that the process allows. */
function lossOf(transition: Transition): TrainingLoss<'denoiser'> {
  return absorbsIntoExtraMask(transition) ? exactCountLoss({ transition }) : hybridLoss({ transition, reverse: mixture(), lambda: LAMBDA });
}

/** What a loss is, in words. */
export function lossWords({ name }: Pick<TrainingLoss, 'name'>): string {
  return name === 'hybrid'
    ? `the bound without its prior term, and ${LAMBDA} of the cross-entropies of all steps`
    : 'the bound without its prior term';
}

/** log of the frequency of each symbol, and of nothing for a mask, whose logit is ignored. */
function logUnigram(symbols: Uint8Array, numStates: number): Float64Array {
  const counts = new Float64Array(numStates);
  for (const symbol of symbols) counts[symbol]! += 1;
  return counts.map((count) => Math.log((count + 1) / (symbols.length + numStates)));
}

/** How many are sampled, and the shape of one. */
export function sampleShape({ kind, exampleShape }: Pick<Network, 'exampleShape' | 'kind'>): readonly number[] {
  return kind === 'characters' ? [4, ...exampleShape] : [SAMPLED_POINTS, ...exampleShape];
}
