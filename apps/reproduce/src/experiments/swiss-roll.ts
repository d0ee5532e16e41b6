import {
  bitsPerDimension,
  createRng,
  mixture,
  priorTermNats,
  type Dataset,
  type Rng,
  type States,
  type TrainableDenoiser,
  type Transition,
} from '@d3pm/core';
import { batches, swissRoll } from '@d3pm/data';
import { evaluateMetrics, histogramKl } from '@d3pm/eval';
import { createMlpDenoiser } from '@d3pm/models';
import { ancestralSampler, forwardTrajectory } from '@d3pm/samplers';
import { cosine, inverseRemaining, linear } from '@d3pm/schedules';
import { hybridLoss, linearDecay, train, warmUp } from '@d3pm/train';
import { absorbing, discretizedGaussian, uniform } from '@d3pm/transitions';
import { viridis } from '../figures/color-scale.ts';
import { figure1Svg, type Figure1Row } from '../figures/figure-1-svg.ts';
import { matrixPanel } from '../figures/matrix-panel.ts';
import { matrixWords } from '../figures/matrix-words.ts';
import { scatterPanel } from '../figures/scatter-panel.ts';
import type { Progress } from '../progress.ts';
import type { Preset } from './presets.ts';

export interface SwissRollResult {
  readonly svg: string;
  readonly trainSteps: number;
  readonly finalLossBits: number;
  /** L_T of the Gaussian chain, in bits per dimension: what x_T still knows of the data. */
  readonly priorBits: number;
  /** KL of the samples' histogram to the data's, in nats; see `histogramKl` of `@d3pm/eval`. */
  readonly sampleKlNats: number;
  /** The same between two sets of data: what a perfect model would show. */
  readonly dataKlNats: number;
  /** The same of uniform points: what an untrained one shows. */
  readonly uniformKlNats: number;
}

export interface SwissRollOptions {
  readonly preset: Preset['swissRoll'];
  readonly seed: number;
  readonly progress: Progress;
}

/**
 * Figure 1: forward samples of three families with their matrices, and the reverse process of a
 * discretised Gaussian that was trained for it. The paper does not say how its own was made: K, T,
 * schedule and network are ours.
 */
export async function runSwissRoll({ preset, seed, progress }: SwissRollOptions): Promise<SwissRollResult> {
  const rng = createRng(seed).split('swiss-roll');
  const { numStates, numSteps, points } = preset;
  const data = swissRoll({ size: 100_000, numStates, rng: rng.split('data') });
  const gaussian = discretizedGaussian.create({ numStates, schedule: gaussianSchedule(preset) }, {});
  const { model, finalLossBits } = await trainDenoiser(gaussian, data, { preset, rng, progress });

  progress.start('swiss roll: sampling', numSteps);
  const figureSteps = [0, 0.1, 0.25, 0.5, 1].map((share) => Math.round(share * numSteps));
  const sampled = new Map<number, States>();
  const sampler = ancestralSampler({
    transition: gaussian,
    denoiser: model,
    reverse: mixture(),
    shape: [points, 2],
    rng: rng.split('sampling'),
  });
  for await (const { t, states } of sampler) {
    if (figureSteps.includes(t)) sampled.set(t, states);
    progress.update(numSteps - t);
  }
  const shown = firstPoints(data, points, 0, rng);
  const priorBits = bitsPerDimension(priorTermNats(gaussian, shown).reduce((sum, nats) => sum + nats, 0) / points, 2);
  model.dispose();
  gaussian.dispose();
  const held = firstPoints(data, points, points, rng);
  const noise = {
    values: Int32Array.from(rng.split('uniform').float64s(2 * points), (u) => Math.floor(u * numStates)),
    shape: [points, 2],
  };
  const klNats = async (states: States): Promise<number> => {
    const metric = histogramKl.create({ numStates, exampleShape: [2], reference: [held] }, { order: 2, bins: 16 });
    return (await evaluateMetrics([states], [metric]))[0]!.value;
  };
  const result = { sampleKlNats: await klNats(sampled.get(0)!), dataKlNats: await klNats(shown), uniformKlNats: await klNats(noise) };
  progress.finish(
    `KL to the data ${result.sampleKlNats.toFixed(3)} nats (data ${result.dataKlNats.toFixed(3)}, noise ${result.uniformKlNats.toFixed(3)})`,
  );

  const reverse: Figure1Row = {
    title: 'learned Gaussian',
    subtitle: `MLP, ${preset.trainSteps} steps\nmixture, Eq. (4)`,
    columns: figureSteps.map((t) => sampled.get(t)!),
    colors: new Array<string>(points).fill('#3b528b'),
    numStates,
    beside: [
      {
        titles: ['data, to compare with'],
        draw: (size) => scatterPanel(held, { size, numStates, colors: new Array<string>(points).fill('#5ec962') }),
      },
    ],
  };
  const svg = figure1Svg({
    title: 'D3PM forward and learned reverse processes on a quantised swiss roll',
    caption: `${points} points of two variables with K = ${numStates} states each; T = ${numSteps}. Colour follows a point along the roll. Grey margins hold masked variables.`,
    steps: figureSteps,
    forward: forwardRows(preset, shown, { figureSteps, rng: rng.split('forward') }),
    reverse: [reverse],
  });
  return { svg, trainSteps: preset.trainSteps, finalLossBits, priorBits, ...result };
}

function gaussianSchedule({ numSteps, beta: [start, stop] }: Preset['swissRoll']): ReturnType<typeof linear<'variance'>> {
  return linear({ numSteps, start, stop, unit: 'variance' });
}

async function trainDenoiser(
  transition: Transition,
  data: Dataset,
  { preset, rng, progress }: { readonly preset: Preset['swissRoll']; readonly rng: Rng; readonly progress: Progress },
): Promise<{ readonly model: TrainableDenoiser<'denoiser'>; readonly finalLossBits: number }> {
  const { numStates, numSteps, hiddenUnits, batchSize, trainSteps, learningRate, lambda } = preset;
  const model = createMlpDenoiser({ numStates, numSteps, exampleShape: [2], rng: rng.split('init') }, { numChannels: hiddenUnits });
  progress.start('swiss roll: training', trainSteps);
  let finalLossBits = NaN;
  const events = train(model, {
    numSteps: trainSteps,
    batches: batches(data, { batchSize, rng: rng.split('batches') }),
    loss: hybridLoss({ transition, reverse: mixture(), lambda }),
    learningRate: warmUp(20, linearDecay({ rate: learningRate, numSteps: trainSteps })),
    clipNorm: 1,
    rng: rng.split('training'),
    eventEvery: 25,
  });
  for await (const { step, lossBits } of events) {
    finalLossBits = lossBits;
    progress.update(step, `loss ${lossBits.toFixed(2)} bits/dim`);
  }
  progress.finish(`loss ${finalLossBits.toFixed(2)} bits/dim after ${trainSteps} steps`);
  return { model, finalLossBits };
}

function firstPoints(data: Dataset, count: number, from: number, rng: Rng): States {
  return data.examples(
    Int32Array.from({ length: count }, (_, i) => from + i),
    rng,
  );
}

function forwardRows(
  preset: Preset['swissRoll'],
  data: States,
  { figureSteps, rng }: { readonly figureSteps: readonly number[]; readonly rng: Rng },
): Figure1Row[] {
  const { numStates: K, numSteps, beta } = preset;
  const families = [
    { title: 'uniform', subtitle: 'cosine schedule', transition: uniform.create({ numStates: K, schedule: cosine({ numSteps }) }, {}) },
    {
      title: 'discretised Gaussian',
      subtitle: `β linear\n${beta[0]} to ${beta[1]}`,
      transition: discretizedGaussian.create({ numStates: K, schedule: gaussianSchedule(preset) }, {}),
    },
    {
      title: 'absorbing',
      subtitle: 'β = 1/(T − t + 1)',
      transition: absorbing.create({ numStates: K + 1, schedule: inverseRemaining({ numSteps }) }, {}),
    },
  ];
  const colors = alongTheRoll(data, K);
  const middle = Math.round(numSteps / 2);
  return families.map(({ title, subtitle, transition }) => {
    const columns = [...forwardTrajectory({ transition, states: data, ts: figureSteps, rng })].map(({ states }) => states);
    const matrix = (name: string, s: number, from: string): Figure1Row['beside'][number] => {
      const values = transition.toDense(s, middle).slice();
      const { title: titled, axes } = matrixWords(name, values, { from });
      return { titles: [titled, axes], draw: (size) => matrixPanel(values, { size, numStates: transition.numStates }) };
    };
    const beside = [matrix(`Q at t = ${middle}`, middle - 1, 'x_{t−1}'), matrix(`Q̄ at t = ${middle}`, 0, 'x_0')];
    transition.dispose();
    return {
      title,
      subtitle,
      columns,
      colors,
      numStates: K,
      beside,
      ...(transition.absorbing && { maskState: transition.absorbing.maskState }),
    };
  });
}

/** A colour for each point by its distance from the centre, which grows along the roll. */
function alongTheRoll(data: States, numStates: number): string[] {
  const centre = (numStates - 1) / 2;
  return Array.from({ length: data.shape[0]! }, (_, b) => {
    const radius = Math.hypot(data.values[2 * b]! - centre, data.values[2 * b + 1]! - centre);
    return viridis((0.92 * (radius / centre - 0.29)) / 0.59);
  });
}
