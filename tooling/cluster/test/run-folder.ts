import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

type Metrics = Readonly<Record<string, number | string>>;

/** The step of the last checkpoint of a run. */
export function lastCheckpoint(folder: string): number {
  const names = readdirSync(folder).filter((name) => name.startsWith('ckpt-'));
  return Math.max(...names.map((name) => Number(name.slice(5))));
}

/** Expects of two runs that they have told of the same steps, and the same of each but for the order in which a group adds up. */
export function expectSameTraining(run: string, reference: string): void {
  const [two, one] = [metrics(run), metrics(reference)];
  expect(two.map(({ kind, step }) => [kind, step])).toEqual(one.map(({ kind, step }) => [kind, step]));
  for (const [i, line] of two.entries()) {
    for (const [field, value] of Object.entries(line)) {
      expect(field === 'kind' ? 0 : Math.abs(Number(value) / Number(one[i]![field]) - 1)).toBeLessThan(1e-5);
    }
  }
}

function metrics(folder: string): readonly Metrics[] {
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Metrics);
}
