import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { newestCheckpointFacts, type CheckpointFacts } from '../run-files/checkpoint-facts.ts';
import { readEventTimes } from '../run-files/event-times.ts';
import { findRun } from '../run-files/find-run.ts';
import { parseMetricsLine, type MetricsLine } from '../run-files/metrics-line.ts';
import { createPaceCounter, type Pace } from '../run-files/pace.ts';
import { wayToRun } from '../run-files/way-to-run.ts';

/** What the files of a run say. */
export interface ReadRun {
  /** Without links. */
  readonly folder: string;
  /** Undefined before the first checkpoint. */
  readonly checkpoint: CheckpointFacts | undefined;
  readonly losses: readonly (MetricsLine & { readonly kind: 'train' })[];
  readonly bounds: readonly { readonly step: number; readonly bits: number; readonly standardError: number }[];
  readonly paces: readonly Pace[];
}

/**
 * Reads a run folder of d3pm train, also while the run goes on.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what is no run, or has no metrics yet; `INVALID_DATA` with file and line for damaged ones.
 */
export async function readRun(caller: string, path: string): Promise<ReadRun> {
  const folder = await findRun(caller, path);
  const file = join(folder, 'metrics.jsonl');
  const content = await readFile(file).catch(async (cause: unknown) => {
    const way = await wayToRun(folder, 'give the folder of a run of d3pm train that has begun');
    throw new D3pmError('INVALID_OPTIONS', `${caller}: cannot read ${quoted(file)} (${(cause as Error).message}); ${way}`, { cause });
  });
  const lines = [...metricsLines(caller, file, content)];
  const losses = lines.filter((line) => line.kind === 'train');
  if (losses.length === 0) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: ${quoted(file)} has no step of training yet; wait for the first, or leave the run out`,
    );
  }
  const bounds = lines.flatMap((line) =>
    line.kind === 'evaluation' && line.boundBits !== undefined
      ? [{ step: line.step, bits: line.boundBits, standardError: line.boundStandardErrorBits ?? Number.NaN }]
      : [],
  );
  return { folder, checkpoint: await newestCheckpointFacts(folder), losses, bounds, paces: await readPaces(folder) };
}

/** Half a last line is being written, and left out. */
function* metricsLines(caller: string, file: string, content: Buffer): Generator<MetricsLine, void, undefined> {
  const whole = content.subarray(0, content.lastIndexOf('\n') + 1).toString();
  for (const [i, text] of whole.split('\n').slice(0, -1).entries()) {
    const line = parseMetricsLine(text);
    if (typeof line === 'string') {
      const shown = quoted(text);
      throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(file)}: line ${i + 1} is damaged: ${line}: ${shown}; correct or remove it`);
    }
    yield line;
  }
}

/** Event files are a picture of the metrics that may be thrown away; the times are in them alone. */
async function readPaces(folder: string): Promise<readonly Pace[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('events.out.tfevents.')).toSorted();
  const counter = createPaceCounter();
  const paces: Pace[] = [];
  for (const name of names) {
    for (const time of readEventTimes(await readFile(join(folder, name))).times) {
      const pace = counter.add(time);
      if (pace) paces.push(pace);
    }
  }
  return paces;
}
