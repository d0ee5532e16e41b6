import { openMetricsLog } from '../../src/node/run/metrics-log.ts';

// Appends to a log until it is killed, and prints each step that was acknowledged. Lines of many pages, so that a kill can tear one.
const log = await openMetricsLog(process.argv[2]!);
for (let step = 0; ; step++) {
  await log.append({ step, note: 'x'.repeat(100_000) });
  process.stdout.write(`${step}\n`);
}
