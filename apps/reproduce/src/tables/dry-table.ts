import { createRng } from '@d3pm/core';
import { batches } from '@d3pm/data';
import { evaluateAutoregressive, evaluateBound } from '@d3pm/eval';
import { parameterCount } from '@d3pm/models';
import { train } from '@d3pm/train';
import type { Progress } from '../progress.ts';
import { buildTraining, reverseOf } from '../train/build-training.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { gradientMemory, type GradientMemory } from './gradient-memory.ts';
import { markdownTable } from './markdown.ts';
import type { Table, TableRow } from './table.ts';

/** What one row costs, measured on updates of one and of two micro-batches and the evaluation of one example. */
export interface DryRow {
  readonly row: string;
  readonly parameters: number;
  /** Examples that are computed at a time. */
  readonly microBatch: number;
  /** An update of one micro-batch. */
  readonly secondsPerUpdate: number;
  /** What one more micro-batch adds to it. */
  readonly secondsPerMicroBatch: number;
  /** Of all updates with all of their micro-batches, on this machine. */
  readonly trainingDays: number;
  readonly bits: number;
  readonly evaluationSteps: number;
  readonly evaluationSeconds: number;
  readonly memory: GradientMemory;
  /** The highest so far of the process, in GiB: rows run one after the other. */
  readonly peakGiB: number;
}

/** Steps of the chain of which one example is evaluated. */
const EVALUATED_STEPS = 20;
const MIB = 2 ** 20;

/** Builds the model of a row, does updates of one and of two micro-batches and evaluates one example; nothing is kept. */
export async function dryRow(row: TableRow, progress: Progress): Promise<DryRow> {
  const config: TrainConfig = { seed: 1, ...row.config };
  const { batchSize, microBatch = batchSize, numSteps } = config.training;
  progress.start(`${row.name}: updates and one example`, 6);
  const training = await buildTraining(config);
  try {
    const secondsOf = async (microBatches: number): Promise<number> => {
      const source = batches(training.train, { batchSize: microBatches * microBatch, rng: createRng('dry run') });
      let [start, seconds] = [performance.now(), 0];
      // The second update has no tables to make.
      for await (const { step } of train(training.model, {
        ...training.options,
        microBatch,
        batches: source,
        numSteps: 2,
        eventEvery: 1,
      })) {
        seconds = (performance.now() - start) / 1000;
        start = performance.now();
        progress.update(2 * (microBatches - 1) + step);
      }
      return seconds;
    };
    const secondsPerUpdate = await secondsOf(1);
    const secondsPerMicroBatch = Math.max(0, (await secondsOf(2)) - secondsPerUpdate);
    const memory = await gradientMemory(training.model, {
      loss: training.options.loss,
      examples: microBatch,
      dataOf: (examples) => batches(training.train, { batchSize: examples, rng: createRng('dry run') }).batchAt(0),
    });
    progress.update(5);
    const perUpdate = secondsPerUpdate + secondsPerMicroBatch * (Math.ceil(batchSize / microBatch) - 1);
    const held = {
      transition: training.transition,
      denoiser: training.model,
      data: training.test!,
      maxExamples: 1,
      rng: createRng('dry run'),
    };
    const chain = Math.min(EVALUATED_STEPS, training.transition.numSteps);
    const start = performance.now();
    const isExact = row.reverses.length === 0;
    const { total } = isExact
      ? await evaluateAutoregressive(held)
      : await evaluateBound({ ...held, reverse: reverseOf(config), numSteps: chain });
    const evaluationSeconds = (performance.now() - start) / 1000;
    const result: DryRow = {
      row: row.name,
      parameters: parameterCount(training.model),
      microBatch,
      secondsPerUpdate,
      secondsPerMicroBatch,
      trainingDays: (perUpdate * numSteps) / 86_400,
      bits: total.bitsPerDimension,
      evaluationSteps: isExact ? 1 : chain,
      evaluationSeconds,
      memory,
      peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
    };
    progress.finish(
      `${result.parameters.toLocaleString('en')} parameters, ${secondsPerUpdate.toFixed(1)} s an update of ${microBatch} examples`,
    );
    return result;
  } finally {
    training.dispose();
  }
}

/** As a table of Markdown. */
export function dryTable(table: Table, rows: readonly DryRow[]): string {
  const head = [
    'row',
    'parameters',
    'examples at a time',
    's an update of them',
    's for as many more',
    'days of training here',
    'tensors of their gradient, MiB',
    'of them one example, MiB',
    'one example evaluated',
    'peak of the process, GiB',
  ];
  const lines = rows.map((row) => [
    row.row,
    row.parameters.toLocaleString('en'),
    String(row.microBatch),
    row.secondsPerUpdate.toFixed(2),
    row.secondsPerMicroBatch.toFixed(2),
    threeDigits(row.trainingDays),
    threeDigits(row.memory.peakBytes / MIB),
    threeDigits(row.memory.bytesPerExample / MIB),
    `${row.evaluationSteps} ${row.evaluationSteps === 1 ? 'call' : 'calls'}, ${row.evaluationSeconds.toFixed(2)} s, ${row.bits.toFixed(2)} bits/position`,
    row.peakGiB.toFixed(2),
  ]);
  return `${table.title}, size ${table.size}: ${table.dataNote}\n\n${markdownTable(head, lines)}\n`;
}

function threeDigits(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
