import { join } from 'node:path';
import type { EngineInfo } from '@d3pm/engine';
import type { EndOfProcess } from '@d3pm/train/node';
import { describeDevice } from '../engine/describe-engine.ts';
import type { Progress } from '../progress.ts';
import type { Provenance } from '../report/provenance.ts';
import { buildTraining } from '../train/build-training.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { trainInFolder } from '../train/train-in-folder.ts';
import { missingPieces } from './missing-pieces.ts';
import { pieceName } from './piece-key.ts';
import { pieceTask } from './piece-task.ts';
import { rowFolder, rowPieces } from './row-pieces.ts';
import type { PieceProvenance, PieceValue } from './row-results.ts';
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
  /** Says a line for people. */
  readonly say: (message: string) => void;
  readonly signals: WorkSignals;
}

/**
 * Trains a row with one seed, evaluates it and samples from it, in a folder of its own where it goes on after any interruption: `run/` has the
 * checkpoints, `results/` a file for each piece.
 *
 * @returns how the process is to end; undefined when the row is complete.
 */
export async function runRow(options: RunRowOptions): Promise<EndOfProcess | undefined> {
  const { table, row, seed, folder, progress, engine, say, signals } = options;
  const files = rowPieces(table, row, { folder, seed });
  const config: TrainConfig = { seed, ...row.config };
  const label = `${row.name} seed ${seed}`;
  const missing = await missingPieces(table, row, files);
  if (missing.length === 0) return undefined;
  const training = await buildTraining(config);
  try {
    const end = await trainInFolder(config, training, {
      folder: join(rowFolder(folder, { row: row.name, seed }), 'run'),
      engine,
      progress,
      phase: `${label}: training`,
      say,
      allowChange: false,
      signal: signals.end,
      commit: options.made.commit,
    });
    if (end) return end;
    for (const key of missing) {
      if (signals.end.aborted) return signals.end.reason as EndOfProcess;
      const { total, make } = pieceTask(key, {
        table,
        config,
        training,
        folder: rowFolder(folder, { row: row.name, seed }),
        tableFolder: folder,
        files,
      });
      progress.start(`${label}: ${pieceName(key)}`, total);
      const start = performance.now();
      const value = await make((count) => {
        signals.process.throwIfAborted();
        progress.update(count);
      }, signals.end);
      if (value === undefined) {
        progress.finish('a part of it; the same command goes on');
        return signals.end.reason as EndOfProcess;
      }
      await files.write(key, { value, provenance: pieceProvenance(options, secondsOf(value) ?? (performance.now() - start) / 1000) });
      progress.finish(summary(value));
    }
    return undefined;
  } finally {
    training.dispose();
  }
}

function pieceProvenance({ made: { command, commit, hardware, node }, engine }: RunRowOptions, seconds: number): PieceProvenance {
  return {
    command,
    ...(commit !== undefined && { commit }),
    engine: describeDevice(engine),
    hardware,
    node,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** Of a piece that may have been made in several sittings. */
const secondsOf = (value: PieceValue): number | undefined => ('file' in value ? value.seconds : undefined);

function summary(value: PieceValue): string {
  if ('total' in value) {
    const { bits, standardErrorBits } = value.total;
    return `${'convention' in value ? '≤ ' : ''}${bits.toFixed(4)} ± ${standardErrorBits.toFixed(4)} bits/position`;
  }
  if ('secondsPerExample' in value)
    return `${(value.secondsPerExample.reduce((a, b) => a + b, 0) / value.secondsPerExample.length).toFixed(3)} s an example`;
  if ('reports' in value) return value.reports.map(({ name, value: score }) => `${name} ${score.toPrecision(4)}`).join(', ');
  if ('difference' in value)
    return `${value.name} of ${value.steps} steps less ${value.lessSteps}: ${value.difference.toPrecision(2)} ± ${value.standardError.toPrecision(2)}`;
  if ('updates' in value) return `${value.updates} updates`;
  if ('frames' in value) return `${value.frames.length} steps`;
  if ('numSamples' in value) return `${value.numSamples} samples, ${value.seconds.toFixed(0)} s`;
  return `${value.samples.length} samples, ${value.completions.length} completions`;
}
