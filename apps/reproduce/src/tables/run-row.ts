import { join } from 'node:path';
import { createRng, D3pmError, positionsOf } from '@d3pm/core';
import type { EngineInfo } from '@d3pm/engine';
import type { EvaluationProgress } from '@d3pm/eval';
import type { EndOfProcess } from '@d3pm/train/node';
import { describeDevice } from '../engine/describe-engine.ts';
import type { Progress } from '../progress.ts';
import type { Provenance } from '../report/provenance.ts';
import { buildTraining, type Training } from '../train/build-training.ts';
import { textDecoder } from '../train/text-decoder.ts';
import type { TrainConfig } from '../train/train-config.ts';
import { trainInFolder } from '../train/train-in-folder.ts';
import { estimateBound, exactNll, fullSumBound, type EvaluateRowInput } from './evaluate-row.ts';
import type { PieceFiles } from './piece-files.ts';
import { rowFolder, rowPieces } from './row-pieces.ts';
import type { PieceProvenance, PieceValue } from './row-results.ts';
import { sampleTexts, timeSampling, type SampleRowInput } from './sample-row.ts';
import type { Table, TableRow } from './table.ts';
import type { WorkSignals } from './within-time.ts';

export interface RunRowOptions {
  readonly table: Table;
  readonly row: TableRow;
  readonly seed: number;
  /** Of the table. */
  readonly folder: string;
  /** How the numbers are made, as it was when the program began. */
  readonly made: Provenance;
  readonly engine: EngineInfo;
  readonly progress: Progress;
  readonly quiet: boolean;
  readonly signals: WorkSignals;
}

/** One thing that is measured of a trained row. */
interface PieceTask {
  readonly name: string;
  /** Steps of progress. */
  readonly total: number;
  make(done: (count: number) => void): Promise<PieceValue>;
}

/**
 * Trains a row with one seed, evaluates it and samples from it, in a folder of its own where it goes on after any interruption: `run/` has the
 * checkpoints, `results/` a file for each piece.
 *
 * @returns how the process is to end; undefined when the row is complete.
 */
export async function runRow(options: RunRowOptions): Promise<EndOfProcess | undefined> {
  const { table, row, seed, folder, progress, engine, quiet, signals } = options;
  const files = rowPieces(table, row, { folder, seed });
  const config: TrainConfig = { seed, ...row.config };
  const label = `${row.name} seed ${seed}`;
  if (await isComplete(table, row, files)) return undefined;
  const training = await buildTraining(config);
  try {
    const end = await trainInFolder(config, training, {
      folder: join(rowFolder(folder, { row: row.name, seed }), 'run'),
      engine,
      progress,
      phase: `${label}: training`,
      quiet,
      allowChange: false,
      signal: signals.end,
      commit: options.made.commit,
    });
    if (end) return end;
    for (const task of tasksOf(options, config, training)) {
      if ((await files.read(task.name)) !== undefined) continue;
      if (signals.end.aborted) return signals.end.reason as EndOfProcess;
      progress.start(`${label}: ${task.name}`, task.total);
      const start = performance.now();
      const value = await task.make((count) => {
        signals.process.throwIfAborted();
        progress.update(count);
      });
      await files.write(task.name, { value, provenance: pieceProvenance(options, performance.now() - start) });
      progress.finish(summary(value));
    }
    return undefined;
  } finally {
    training.dispose();
  }
}

/** Names of all pieces of a row, in the order in which they are made. An experiment beside the paper has its bounds and texts alone. */
export function pieceNames({ chains }: Table, { reverses, isPublished }: TableRow): readonly string[] {
  if (reverses.length === 0) return ['exact', 'sampling-0', 'texts'];
  const bounds = reverses.flatMap((reverse) => chains.map((steps) => `bound-${reverse}-${steps}`));
  if (!isPublished) return [...bounds, 'texts'];
  const checks = chains.flatMap((steps) => [`check-${reverses[0]!}-${steps}`, `full-${reverses[0]!}-${steps}`]);
  return [...bounds, ...chains.map((steps) => `sampling-${steps}`), 'texts', ...checks];
}

/** Whether all pieces of a row are there. */
export async function isComplete(table: Table, row: TableRow, files: PieceFiles): Promise<boolean> {
  for (const name of pieceNames(table, row)) if ((await files.read(name)) === undefined) return false;
  return true;
}

function tasksOf({ table, row, seed }: RunRowOptions, config: TrainConfig, training: Training): readonly PieceTask[] {
  const { sizes, chains } = table;
  const { test } = training;
  if (!test) throw new D3pmError('INVALID_DATA', `${table.name}: ${row.name}: the data has no test split`);
  const rng = createRng(seed).split('results');
  const input = (name: string, done: (count: number) => void): EvaluateRowInput & SampleRowInput => ({
    training,
    config,
    test,
    sizes,
    rng: rng.split(name),
    onProgress: (at: EvaluationProgress | number) => done(typeof at === 'number' ? at : at.networkCalls),
  });
  const numBatches = (count: number): number => Math.ceil(count / sizes.batchSize);
  const callsOfEstimate = training.transition.absorbing ? sizes.draws : 2 * (1 + sizes.stepsPerExample);
  const numTest = Math.min(test.size, sizes.testExamples ?? test.size);
  return pieceNames(table, row).map((name) => {
    const parts = /^(bound|check|full|sampling)-(?:(mixture|plug-in)-)?(\d+)$/.exec(name);
    const [kind, reverse, numSteps] = [parts?.[1] ?? name, parts?.[2] as 'mixture' | 'plug-in', Number(parts?.[3])];
    const makers: Readonly<Record<string, Omit<PieceTask, 'name'>>> = {
      bound: {
        total: numBatches(numTest) * callsOfEstimate,
        make: (done) => estimateBound(input(name, done), { reverse, numSteps }),
      },
      // The estimate on the examples of the full sum.
      check: {
        total: numBatches(sizes.fullSumExamples) * callsOfEstimate,
        make: (done) => estimateBound(input(name, done), { reverse, numSteps, maxExamples: sizes.fullSumExamples }),
      },
      full: {
        total: numBatches(sizes.fullSumExamples) * numSteps,
        make: (done) => fullSumBound(input(name, done), { reverse, numSteps }),
      },
      exact: { total: numBatches(numTest), make: (done) => exactNll(input(name, done)) },
      sampling: {
        total: (sizes.timings + 1) * (numSteps || positionsOf({ shape: [1, ...training.exampleShape] })),
        make: (done) => timeSampling(input(name, done), { numSteps: numSteps || training.transition.numSteps, timings: sizes.timings }),
      },
      texts: {
        // Completions, of an absorbing process, take half of the steps again.
        total: training.transition.numSteps * (training.transition.absorbing && !training.model.causal ? 1.5 : 1),
        make: (done) =>
          sampleTexts(input(name, done), {
            numSteps: chains[0]!,
            samples: sizes.samples,
            decode: textDecoder(config.data.name, test)!,
            test,
          }),
      },
    };
    return { name, ...makers[kind]! };
  });
}

function pieceProvenance({ made: { command, commit, hardware, node }, engine }: RunRowOptions, milliseconds: number): PieceProvenance {
  return {
    command,
    ...(commit !== undefined && { commit }),
    engine: describeDevice(engine),
    hardware,
    node,
    seconds: Math.round(milliseconds / 100) / 10,
  };
}

function summary(value: PieceValue): string {
  if ('total' in value) {
    const { bits, standardErrorBits } = value.total;
    return `${'convention' in value ? '≤ ' : ''}${bits.toFixed(4)} ± ${standardErrorBits.toFixed(4)} bits/position`;
  }
  if ('secondsPerExample' in value)
    return `${(value.secondsPerExample.reduce((a, b) => a + b, 0) / value.secondsPerExample.length).toFixed(3)} s an example`;
  return `${value.samples.length} samples, ${value.completions.length} completions`;
}
