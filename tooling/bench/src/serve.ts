/**
 * Our side of the bench: one work on one engine, asked over standard input as the peers are. `node serve.js WORK ENGINE THREADS`.
 */
import { createInterface } from 'node:readline';
import { prepareEngine } from '@d3pm/engine';
import { Bench } from 'tinybench';
import type { Engine } from './work.ts';
import { works } from './works/index.ts';

const [name, engine, threads] = process.argv.slice(2) as [string, Engine, string];
const work = works.find((candidate) => candidate.name === name);
if (!work) throw new Error(`serve: there is no work "${name}"`);

const info = await prepareEngine({ backend: engine, threads: Number(threads) });
const { run, repetitions = 1, facts } = await work.prepare(info);
answer({ version: process.version, threads: info.threads ?? 1, timed: run !== undefined, ...facts });

for await (const line of createInterface({ input: process.stdin })) {
  const { seconds } = JSON.parse(line) as { readonly seconds: number };
  answer({ milliseconds: await block(seconds), peakBytes: 1024 * process.resourceUsage().maxRSS });
}
process.exit(0);

async function block(seconds: number): Promise<number[]> {
  const bench = new Bench({ time: 1000 * seconds, iterations: 1, warmup: false, retainSamples: true, throws: true });
  bench.add(name, async () => void (await run?.()));
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`serve: ${name} ended as ${task?.result.state}`);
  return (task.result.latency.samples ?? []).map((milliseconds) => milliseconds / repetitions);
}

function answer(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
