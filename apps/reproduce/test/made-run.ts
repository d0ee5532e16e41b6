import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of metrics.jsonl as d3pm train writes it. */
export const trainLine = (step: number, lossBits: number | string, more: object = {}): string =>
  `${JSON.stringify({ kind: 'train', step, lossBits, gradientNorm: 1 / step, learningRate: 0.001, ...more })}\n`;

export const boundLine = (step: number, boundBits: number, boundStandardErrorBits = 0.1): string =>
  `${JSON.stringify({ kind: 'evaluation', step, boundBits, boundStandardErrorBits })}\n`;

export interface MadeRun {
  readonly metrics?: string;
  readonly config?: object;
  readonly environment?: object;
  /** Earlier parts. */
  readonly history?: readonly object[];
  readonly log?: string;
  /** Files of `samples/`. */
  readonly samples?: Readonly<Record<string, string | Uint8Array>>;
}

/** Makes a run folder out of what is given; without a config it has no checkpoint. */
export function makeRun(folder: string, { metrics, config, environment = {}, history, log, samples = {} }: MadeRun): string {
  mkdirSync(join(folder, 'samples'), { recursive: true });
  if (metrics !== undefined) writeFileSync(join(folder, 'metrics.jsonl'), metrics);
  if (log !== undefined) writeFileSync(join(folder, 'run.log'), log);
  for (const [name, content] of Object.entries(samples)) writeFileSync(join(folder, 'samples', name), content);
  if (config !== undefined) {
    mkdirSync(join(folder, 'ckpt-00000010'), { recursive: true });
    writeFileSync(join(folder, 'ckpt-00000010', 'config.json'), JSON.stringify({ config, environment, ...(history && { history }) }));
  }
  return folder;
}
