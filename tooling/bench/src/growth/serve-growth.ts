/**
 * Times every growing work at every size, and writes a curve a line. `node serve-growth.js ENGINE THREADS SECONDS`.
 */
import { prepareEngine } from '@d3pm/engine';
import { Bench } from 'tinybench';
import type { GrowthCurve } from '../bench-result.ts';
import { DISTURBED, othersShare, processorTime } from '../processor-time.ts';
import { logSlope, quantile } from '../statistics.ts';
import type { Engine, PreparedWork } from '../work.ts';
import { growingWorks, type Sizes } from './growing-works.ts';

const ATTEMPTS = 3;

const [engine, threads, seconds] = process.argv.slice(2) as [Engine, string, string];
await prepareEngine({ backend: engine, threads: Number(threads) });

for (const { name, base, values, prepare } of growingWorks) {
  for (const size of Object.keys(values) as (keyof Sizes)[]) {
    const points: { size: number; milliseconds: number }[] = [];
    for (const value of values[size]) {
      points.push({ size: value, milliseconds: await quietMedian(prepare({ ...base, [size]: value })) });
    }
    const upper = points.slice(-3).map(({ size: x, milliseconds: y }) => ({ x, y }));
    const held = Object.entries(base).flatMap(([letter, fixed]) => (letter === size ? [] : `${letter} ${fixed}`));
    const curve: GrowthCurve = { work: name, size, held: held.join(', '), points, slope: logSlope(upper) };
    process.stdout.write(`${JSON.stringify(curve)}\n`);
  }
}
process.exit(0);

/** The median of the attempt that other programs disturbed least. */
async function quietMedian(work: PreparedWork): Promise<number> {
  let best = { share: Infinity, milliseconds: NaN };
  for (let attempt = 0; attempt < ATTEMPTS && best.share > DISTURBED; attempt++) {
    const [start, before] = [performance.now(), processorTime([process.pid])];
    const milliseconds = await median(work);
    const share = othersShare(before, processorTime([process.pid]), (performance.now() - start) / 1000) ?? 0;
    if (share < best.share) best = { share, milliseconds };
  }
  return best.milliseconds;
}

async function median({ run, repetitions = 1 }: PreparedWork): Promise<number> {
  const bench = new Bench({
    time: 1000 * Number(seconds),
    iterations: 3,
    warmupIterations: 1,
    warmupTime: 0,
    retainSamples: true,
    throws: true,
  });
  bench.add('work', async () => void (await run?.()));
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`serve-growth: the work ended as ${task?.result.state}`);
  return quantile(task.result.latency.samples ?? [], 0.5) / repetitions;
}
