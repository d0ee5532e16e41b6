import { createRng, mixture, type Rng, type TrainableDenoiser, type Transition } from '@d3pm/core';
import { batches, decodeText8, type Text8 } from '@d3pm/data';
import { evaluateExactCounts, ngramModel, type BoundReport } from '@d3pm/eval';
import { createConvolutionDenoiser, parameterCount } from '@d3pm/models';
import { ancestralSampler } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { exactCountLoss, linearDecay, train, warmUp } from '@d3pm/train';
import { absorbing, strided } from '@d3pm/transitions';
import { mobyDick } from '../data/moby-dick.ts';
import type { Progress } from '../progress.ts';
import type { Preset } from './presets.ts';

export interface CharacterModelResult {
  readonly trainSteps: number;
  readonly parameters: number;
  /** The held-out bound of each chain, the longest first. */
  readonly bounds: readonly BoundReport[];
  /** Exact held-out code lengths of n-gram models, in bits per character. */
  readonly baselines: readonly { readonly name: string; readonly order: number; readonly bits: number }[];
  readonly samples: readonly string[];
  /** One sample at several t, from noise to text, as in Figure 3. */
  readonly progression: readonly { readonly t: number; readonly text: string }[];
  readonly sampleSteps: number;
  readonly networkCalls: number;
}

export interface CharacterModelOptions {
  readonly preset: Preset['text'];
  readonly seed: number;
  readonly progress: Progress;
}

const ORDERS = [
  { name: 'unigram', order: 1 },
  { name: 'bigram', order: 2 },
  { name: '4-gram', order: 4 },
] as const;

/** An absorbing D3PM of characters, trained on *Moby-Dick* by the exact-count form of the bound, evaluated and sampled. */
export async function runCharacterModel({ preset, seed, progress }: CharacterModelOptions): Promise<CharacterModelResult> {
  const rng = createRng(seed).split('text');
  const text = mobyDick({ length: preset.length });
  const numStates = text.train.numStates + 1;
  const transition = absorbing.create({ numStates, schedule: inverseRemaining({ numSteps: preset.numSteps }) }, {});
  const baselines = ORDERS.map(({ name, order }) => ({
    name,
    order,
    bits: ngramModel(text.train.symbols, { order, numStates: text.train.numStates }).bitsPerCharacter(text.test.symbols),
  }));

  const model = await trainModel(transition, text, { preset, rng, progress });
  const bounds = await evaluate(transition, model, text, { preset, rng: rng.split('evaluation'), progress });
  const sampled = await sample(transition, model, { preset, rng: rng.split('sampling'), progress });
  const parameters = parameterCount(model);
  model.dispose();
  transition.dispose();
  return { trainSteps: preset.trainSteps, parameters, bounds, baselines, sampleSteps: preset.sampleSteps, ...sampled };
}

interface PartOptions {
  readonly preset: Preset['text'];
  readonly rng: Rng;
  readonly progress: Progress;
}

async function trainModel(
  transition: Transition,
  text: Text8,
  { preset, rng, progress }: PartOptions,
): Promise<TrainableDenoiser<'denoiser'>> {
  const { numSteps, length, numChannels, dilations, trainSteps, learningRate, batchSize } = preset;
  const { numStates } = transition;
  const model = createConvolutionDenoiser(
    { numStates, numSteps, exampleShape: [length], rng: rng.split('init') },
    { numChannels, dilations, outputBias: logUnigram(text.train.symbols, numStates) },
  );
  progress.start('text: training', trainSteps);
  let note = '';
  const events = train(model, {
    numSteps: trainSteps,
    batches: batches(text.train, { batchSize, rng: rng.split('batches') }),
    loss: exactCountLoss({ transition }),
    learningRate: warmUp(20, linearDecay({ rate: learningRate, numSteps: trainSteps })),
    beta2: 0.98,
    clipNorm: 1,
    rng: rng.split('training'),
    eventEvery: 20,
  });
  for await (const { step, lossBits } of events) {
    note = `loss ${lossBits.toFixed(2)} bits/char`;
    progress.update(step, note);
  }
  progress.finish(`${note} after ${trainSteps} steps`);
  return model;
}

async function evaluate(
  transition: Transition,
  denoiser: TrainableDenoiser<'denoiser'>,
  text: Text8,
  { preset, rng, progress }: PartOptions,
): Promise<BoundReport[]> {
  const { chains, testExamples, drawsPerExample } = preset;
  const batchSize = 16;
  progress.start('text: held-out bound', Math.ceil(Math.min(testExamples, text.test.size) / batchSize) * drawsPerExample);
  const reports = await evaluateExactCounts({
    transitions: chains.map((steps) => (steps === transition.numSteps ? transition : strided(transition, steps))),
    denoiser,
    reverse: mixture(),
    data: text.test,
    batchSize,
    maxExamples: testExamples,
    replicates: drawsPerExample,
    rng,
    onProgress: ({ networkCalls }) => progress.update(networkCalls),
  });
  const [longest] = reports;
  progress.finish(
    `≤ ${longest!.total.bitsPerDimension.toFixed(2)} ± ${longest!.total.standardErrorBitsPerDimension.toFixed(2)} bits/char at ${chains[0]} steps`,
  );
  return reports;
}

async function sample(
  transition: Transition,
  denoiser: TrainableDenoiser<'denoiser'>,
  { preset, rng, progress }: PartOptions,
): Promise<Pick<CharacterModelResult, 'networkCalls' | 'progression' | 'samples'>> {
  const { samples: count, sampleSteps, length, numSteps } = preset;
  const shown = [1, 0.8, 0.6, 0.4, 0.2, 0.1, 0];
  const progression: { readonly t: number; readonly text: string }[] = [];
  let samples: string[] = [];
  let networkCalls = 0;
  progress.start('text: sampling', numSteps);
  for await (const state of ancestralSampler({
    transition,
    denoiser,
    reverse: mixture(),
    shape: [count, length],
    rng,
    numSteps: sampleSteps,
  })) {
    samples = decodeText8(state.states);
    networkCalls = state.networkCalls;
    if (state.t <= shown[progression.length]! * numSteps) progression.push({ t: state.t, text: samples[0]! });
    progress.update(numSteps - state.t);
  }
  progress.finish(`${count} samples of ${length} characters, ${networkCalls} network calls`);
  return { networkCalls, progression, samples };
}

/** log of the frequency of each symbol, and of nothing for the mask, whose logit is ignored. */
function logUnigram(symbols: Uint8Array, numStates: number): Float64Array {
  const counts = new Float64Array(numStates);
  for (const symbol of symbols) counts[symbol]! += 1;
  return counts.map((count) => Math.log((count + 1) / (symbols.length + numStates)));
}
