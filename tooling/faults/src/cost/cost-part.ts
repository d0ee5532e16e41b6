import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { prepareEngine } from '@d3pm/engine';
import { leftOut, timed, type Part } from '../part.ts';
import type { CostReport } from './cost-child.ts';

const CHILD = fileURLToPath(new URL('cost-child.ts', import.meta.url));
const ROUNDS = 6;
const MAX_LOAD = 1.5;
const TITLE = 'checkpoints of the small text model';

/** What checkpoints cost: a measurement, of which nothing fails. */
export const costPart: Part = {
  name: 'cost',
  title: 'What checkpoints cost',
  run: async ({ say }) => {
    const [load] = loadavg() as [number, number, number];
    if (load > MAX_LOAD) return [leftOut(TITLE, `the load is ${load.toFixed(1)}, and above ${MAX_LOAD} nothing is measured`)];
    const backend = await prepareEngine({ backend: 'native', threads: 2 }).then(
      () => 'native',
      () => 'wasm',
    );
    const row = await timed(async () => {
      const report = await measure(backend, say);
      const { saves, withSaves, without, every, parameters, engine } = report;
      const ratio = median(withSaves.map((milliseconds, i) => milliseconds / without[i]!));
      const share = median(saves.map((milliseconds, i) => milliseconds / (withSaves[i]! - milliseconds)));
      return {
        title: `${TITLE} (${parameters.toLocaleString('en')} parameters, Adam, moving average)`,
        result: `a save takes ${median(saves).toFixed(0)} ms (${Math.min(...saves).toFixed(0)} to ${Math.max(...saves).toFixed(0)}; goal 1000); with one every ${every} steps training takes ${ratio.toFixed(3)} times as long as without, by the median of ${ROUNDS} alternating rounds (${Math.min(...withSaves.map((each, i) => each / without[i]!)).toFixed(3)} to ${Math.max(...withSaves.map((each, i) => each / without[i]!)).toFixed(3)}; goal 1.03); the saves are ${(100 * share).toFixed(2)} % of the time of the steps between them (${(median(without) / every).toFixed(0)} ms a step)`,
        passed: 0,
        failed: 0,
        problems: [],
        made: `${engine}, 2 threads; seed "cost"`,
      };
    });
    return [row];
  },
};

/** In a process of its own, of which nothing before has used the memory. */
async function measure(backend: string, say: (line: string) => void): Promise<CostReport> {
  const child = spawn(process.execPath, [CHILD, String(ROUNDS), backend], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  createInterface(child.stderr).on('line', (line) => {
    errors.push(line);
    say(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const line = output
    .join('')
    .split('\n')
    .find((text) => text.startsWith('{'));
  if (code !== 0 || line === undefined) throw new Error(`the measurement ended with ${code}: ${errors.join('\n')}`);
  return JSON.parse(line) as CostReport;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
