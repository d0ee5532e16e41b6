import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hosts } from './hosts/hosts.ts';
import { runTests, type Counts } from './run-tests.ts';
import { slurm } from './slurm/slurm.ts';
import type { Suite } from './suite.ts';

/**
 * `pnpm test:cluster [--only slurm,hosts] [-t killed]`: jobs under a real Slurm of one node, and groups over two hosts, which are made for it and
 * taken down again. Needs root and some tools; what cannot be made is skipped, and with `CI=true` fails. The last line is `N passed, N failed`.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const suites = [slurm, hosts];
const names = suites.map(({ name }) => name);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true, default: names }, testNamePattern: { type: 'string', short: 't' } },
});
const only = values.only.flatMap((list) => list.split(','));
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`test:cluster: there is no suite ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

let [passed, failed, skipped] = [0, 0, 0];
for (const suite of suites.filter(({ name }) => only.includes(name))) {
  if (interrupted.signal.aborted) break;
  const counts = await run(suite);
  passed += counts.passed;
  failed += counts.failed;
  skipped += counts.skipped;
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 && passed + skipped > 0 ? 0 : 1;

async function run({ name, missing, start }: Suite): Promise<Counts> {
  const lack = missing();
  if (lack !== undefined) {
    const isRequired = process.env['CI'] === 'true';
    console.log(`${name} ${isRequired ? 'FAILED' : 'skipped'}: ${lack}`);
    return { passed: 0, failed: Number(isRequired), skipped: Number(!isRequired) };
  }
  try {
    const { env, stop } = await start();
    try {
      return await runTests(name, { root, testNamePattern: values.testNamePattern, env, signal: interrupted.signal });
    } finally {
      await stop();
    }
  } catch (error) {
    console.log((error as Error).message);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
