import { fileURLToPath } from 'node:url';
import { missingTools } from './missing-tools.ts';
import { runTests, type Counts } from './run-tests.ts';
import { startCluster } from './start-cluster.ts';

/**
 * `pnpm test:slurm [-t killed]`: what `d3pm cluster slurm` writes, under a real Slurm of one node, which is made for it and taken down again. Needs root and
 * the tools of Slurm; without them it is skipped, and with `CI=true` fails. The last line is `N passed, N failed`.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const { passed, failed, skipped } = await counts();
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 && passed + skipped > 0 ? 0 : 1;

async function counts(): Promise<Counts> {
  const missing = missingTools();
  if (missing !== undefined) {
    const isRequired = process.env['CI'] === 'true';
    console.log(`Slurm ${isRequired ? 'FAILED' : 'skipped'}: ${missing}`);
    return { passed: 0, failed: Number(isRequired), skipped: Number(!isRequired) };
  }
  try {
    const { env, stop } = await startCluster();
    try {
      return await runTests(root, { args: process.argv.slice(2), env, signal: interrupted.signal });
    } finally {
      await stop();
    }
  } catch (error) {
    console.log((error as Error).message);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
