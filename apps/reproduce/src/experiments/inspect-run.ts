import { resolve } from 'node:path';
import { createRng, informationCurve, stepGrid, type Transition } from '@d3pm/core';
import { evaluateBound, type BoundReport } from '@d3pm/eval';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { renderPng } from '../figures/render-png.ts';
import { stepCostsChart, type StepCost } from '../figures/step-costs-chart.ts';
import { notes, printResult } from '../output.ts';
import { withProgress } from '../progress.ts';
import { buildTrained, readTrainedRun, trainConfigOf, type TrainedRun, type TrustFlags } from '../shards/trained-run.ts';
import type { Training } from '../train/build-training.ts';
import { unigramLaw } from '../train/unigram-law.ts';
import { writePicture } from './write-picture.ts';

export interface InspectRunFlags extends EngineFlags, TrustFlags {
  readonly out: string;
  /** Held-out examples of which L_{t−1} is measured. */
  readonly examples: number;
}

/** Steps of the chain whose costs are measured, at most. */
const CHAIN = 100;
const BATCH = 16;

/** `d3pm inspect RUN`: the parameters of a trained network, and what each of its steps costs, as a table and a picture. */
export async function inspectRun(run: string, flags: InspectRunFlags): Promise<void> {
  const trained = await readTrainedRun(run, (message) => notes(flags)(`warning: ${message}`));
  const config = trainConfigOf(trained.config, flags);
  await startEngine(flags);
  const training = await buildTrained(config, trained.weights);
  try {
    const parameters = parametersOf(trained);
    const total = parameters.reduce((sum, { numbers }) => sum + numbers, 0);
    const title = `${config.transition.name}, ${config.schedule.name}, ${config.model.name}: step ${trained.step}, ${total.toLocaleString('en')} parameters`;
    const bound = await measuredBound(training, flags);
    const picture = bound && (await draw(title, { bound, training, out: flags.out }));
    printResult(flags, {
      text: `${title}\n\n${parameterTable(parameters)}\n${bound ? `${boundText(bound)}\n${picture}\n` : ''}`,
      value: {
        step: trained.step,
        config,
        parameters,
        ...(bound && { bound: { ...bound, perStepNats: [...bound.perStepNats!] }, picture }),
      },
    });
  } finally {
    training.dispose();
  }
}

interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly numbers: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

function parametersOf({ weights }: TrainedRun): readonly Parameter[] {
  return Object.entries(weights).map(([name, { data, shape }]) => {
    const values = data as Float32Array;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { name, shape, numbers: values.length, mean, standardDeviation: Math.sqrt(variance) };
  });
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, shape, numbers, mean, standardDeviation }) => [
    name,
    `[${shape.join(', ')}]`,
    numbers.toLocaleString('en'),
    mean.toExponential(2),
    standardDeviation.toExponential(2),
  ]);
  const all = [['', 'shape', 'numbers', 'mean', 'deviation'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map(
      (row) =>
        `${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]! + 2))).join('')}\n`,
    )
    .join('');
}

/** Undefined where there is nothing to measure it on, or the likelihood is exact and has no steps. */
async function measuredBound(
  { transition, model, reverse, test }: Training,
  { examples, ...flags }: InspectRunFlags,
): Promise<BoundReport | undefined> {
  if (!test || model.causal) return undefined;
  const numSteps = Math.min(CHAIN, transition.numSteps);
  const numExamples = Math.min(examples, test.size);
  return withProgress(flags, async (progress) => {
    progress.start('what each step costs', numSteps * Math.ceil(numExamples / BATCH));
    const bound = await evaluateBound({
      transition,
      denoiser: model,
      reverse,
      data: test,
      maxExamples: examples,
      batchSize: BATCH,
      numSteps,
      rng: createRng('inspect'),
      onProgress: ({ networkCalls }) => progress.update(networkCalls),
    });
    progress.finish(`${bound.networkCalls} calls of the network`);
    return bound;
  });
}

function boundText({ total, prior, diffusion, reconstruction, convention, numExamples }: BoundReport): string {
  const bits = ({ bitsPerDimension }: BoundReport['total']): string => bitsPerDimension.toFixed(4);
  return (
    `≤ ${bits(total)} ± ${total.standardErrorBitsPerDimension.toFixed(4)} bits/dim on ${numExamples} held-out examples, ` +
    `${convention.chainSteps} of ${convention.numSteps} steps, ${convention.reverse}\n` +
    `L_T ${bits(prior)}, Σ L_{t−1} ${bits(diffusion)}, L_0 ${bits(reconstruction)}\n`
  );
}

interface Drawn {
  readonly bound: BoundReport;
  readonly training: Training;
  readonly out: string;
}

async function draw(title: string, { bound, training, out }: Drawn): Promise<string> {
  const { numSteps, chainSteps } = bound.convention;
  const [, ...ts] = stepGrid(numSteps, chainSteps);
  const measured = [...bound.perStepNats!].map((nats, i): StepCost => ({ t: ts[i]!, bits: nats / Math.LN2 / bound.positions }));
  const svg = stepCostsChart({
    title,
    subtitle: `steps of the chain of ${chainSteps} of ${numSteps}; the first is L_0`,
    numSteps,
    measured,
    alone: aloneCosts(training, ts),
  });
  return writePicture(resolve(out), renderPng(svg));
}

/** I(x_s; x_0) − I(x_t; x_0) of a symbol with the law of the data. None for a chain that differs by position, or ends in what was learnt. */
function aloneCosts({ transition, train }: Training, ts: readonly number[]): readonly StepCost[] {
  if (transition.positions !== undefined || transition.prior.kind === 'learned') return [];
  const points = informationCurve(transition, { dataLaw: lawOfStates(transition, unigramLaw(train)), ts: [0, ...ts] });
  return points.slice(1).map(({ t, sharedNats }, i) => ({ t, bits: (points[i]!.sharedNats - sharedNats) / Math.LN2 }));
}

/** With a probability of 0 for a mask that data never shows. */
function lawOfStates({ numStates, extraMask }: Transition, law: Float64Array): Float64Array {
  let next = 0;
  return Float64Array.from({ length: numStates }, (_, state) => (state === extraMask ? 0 : law[next++]!));
}
