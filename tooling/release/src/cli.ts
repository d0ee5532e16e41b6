import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tally } from '../../check/src/door-log.ts';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { oneCheck, withoutSkipsInCi, type StepResult } from '../../check/src/step-result.ts';
import { releaseDry } from './release-dry.ts';
import { createReport } from './report.ts';

/**
 * `pnpm release:dry [--node 22,24,26]`: makes the next release of a copy of the working tree, publishes it to a registry that is started for it on
 * this machine, and installs and uses it from there. What the machine lacks is skipped, and with `CI=true` fails. Nothing of it stays, also after
 * an interrupt. The last line is `N passed, N failed`.
 */
const { values } = parseArgs({ options: { node: { type: 'string', multiple: true, default: ['22', '24', '26'] } } });
const majors = values.node.flatMap((list) => list.split(',')).map(Number);
const wrong = majors.find((major) => !Number.isSafeInteger(major) || major < 22);
if (wrong !== undefined) refuse(`--node is ${values.node.join(',')}, expected major versions from 22 on, as in --node 22,24`);
if (process.platform === 'win32') refuse('ends its programs by process groups, which Windows does not have; use Linux or macOS');

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
}
const report = createReport({ signal: interrupted.signal, print: (line) => console.log(line) });
const folder = await mkdtemp(join(tmpdir(), 'd3pm-release-'));
const broken: StepResult[] = [];
try {
  await releaseDry(folder, { root: repositoryRoot, majors, report, signal: interrupted.signal });
} catch (error) {
  broken.push(oneCheck(false));
  console.log((error as Error).message);
} finally {
  await rm(folder, { recursive: true, force: true });
}
const results = [...report.results(), ...broken].map((result) => withoutSkipsInCi(result, process.env['CI'] === 'true'));
console.log(`\n${tally(results)}`);
process.exit(results.every(({ failed }) => failed === 0) ? 0 : 1);

function refuse(problem: string): never {
  console.error(`release:dry: ${problem}`);
  process.exit(2);
}
