/**
 * Where the time of a work goes on the native engine, operation by operation and shape by shape. `node tooling/bench/dist/profile.js WORK [THREADS]`.
 */
import { prepareEngine } from '@d3pm/engine';
import { backend } from '@tensorflow/tfjs-core';
import { works } from './works/index.ts';

/** What of the native back end runs one operation. */
type Execute = (name: string, attributes: unknown, inputs: readonly { readonly shape: readonly number[] }[], ...rest: unknown[]) => unknown;

const ROWS = 30;
const methods = ['executeSingleOutput', 'executeMultipleOutputs'] as const;

const [name, threads = '2'] = process.argv.slice(2);
const work = works.find((candidate) => candidate.name === name);
if (!work) throw new Error(`profile: there is no work "${name}"; there are ${works.map((known) => known.name).join(', ')}`);
const info = await prepareEngine({ backend: 'native', threads: Number(threads) });
const { run, repetitions = 1 } = await work.prepare(info);
if (!run) throw new Error(`profile: ${name} has no time`);
await run();

const calls = new Map<string, { count: number; milliseconds: number }>();
const native = backend() as unknown as Record<(typeof methods)[number], Execute>;
for (const method of methods) {
  const execute = native[method].bind(native);
  native[method] = (operation, attributes, inputs, ...rest) => {
    const start = performance.now();
    const output = execute(operation, attributes, inputs, ...rest);
    const key = `${operation} ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')}`;
    const { count, milliseconds } = calls.get(key) ?? { count: 0, milliseconds: 0 };
    calls.set(key, { count: count + 1, milliseconds: milliseconds + performance.now() - start });
    return output;
  };
}
const [start, cpu] = [performance.now(), process.cpuUsage()];
await run();
const [wall, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)];

const each = (total: number): string => (total / repetitions).toFixed(1);
const all = [...calls.values()].reduce((sum, call) => ({ count: sum.count + call.count, ms: sum.ms + call.milliseconds }), {
  count: 0,
  ms: 0,
});
console.log(
  `${name}: ${each(wall)} ms, of which ${each(all.ms)} in ${each(all.count)} operations; processor: ${each(user / 1000)} ms, and ${each(system / 1000)} of the system`,
);
const sorted = [...calls].sort(([, a], [, b]) => b.milliseconds - a.milliseconds).slice(0, ROWS);
console.table(
  sorted.map(([operation, { count, milliseconds }]) => ({ ms: each(milliseconds), calls: each(count), operation: operation.slice(0, 90) })),
);
process.exit(0);
