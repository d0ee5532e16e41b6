import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engines } from './engines.ts';
import { withGenerated } from './page.ts';
import { runEngine, type EngineRun } from './run-engine.ts';
import { supportPage, type Stamp } from './table.ts';

/**
 * `pnpm test:backends [--engine native,wasm,cpu,webgpu] [--full] [--write]`: the same suites on every engine. With `--write`, and all engines,
 * the table of docs/backends.md is made anew. The last line is `N passed, N failed`.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = join(root, 'docs/backends.md');

const { values } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: engines.map(({ name }) => name) },
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const names = values.engine.flatMap((list) => list.split(','));
const unknown = names.filter((name) => !engines.some((engine) => engine.name === name));
if (unknown.length > 0) {
  console.error(`test:backends: there is no engine ${unknown.join(', ')}; there are ${engines.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (values.write && names.length < engines.length) {
  console.error('test:backends: --write needs every engine in the run');
  process.exit(2);
}

const runs: EngineRun[] = [];
for (const engine of engines.filter(({ name }) => names.includes(name))) {
  const run = await runEngine(root, engine, { full: values.full });
  runs.push(run);
  print(run);
}
if (values.write) writeFileSync(page, withGenerated(readFileSync(page, 'utf8'), supportPage(runs, stamp())));

const verdicts = runs.flatMap(({ suites }) => suites).flatMap(({ verdict }) => verdict ?? []);
const passed = verdicts.reduce((total, verdict) => total + verdict.passed + verdict.excepted.length, 0);
const failed = verdicts.reduce((total, { failures }) => total + failures.length, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function print({ engine, suites, seconds, output }: EngineRun): void {
  console.log(`${engine.name}, ${seconds.toFixed(0)} s`);
  for (const { suite, verdict } of suites) {
    if (verdict === undefined) {
      console.log(`  ${suite.name.padEnd(14)} left out: ${suite.skippedOn![engine.name]}`);
      continue;
    }
    const exceptions = verdict.excepted.length > 0 ? `, ${verdict.excepted.length} fail as they must` : '';
    console.log(
      `  ${suite.name.padEnd(14)} ${verdict.failures.length === 0 ? 'ok' : 'FAILED'}  ${verdict.passed} passed${exceptions}, ${verdict.seconds.toFixed(0)} s`,
    );
    for (const failure of verdict.failures) console.log(`    ${failure}`);
  }
  if (suites.some(({ verdict }) => verdict !== undefined && verdict.failures.length > 0)) console.log(output);
}

function stamp(): Stamp {
  const git = (...args: string[]): string => execFileSync('git', ['--no-optional-locks', ...args], { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', ':!docs/backends.md') === '' ? '' : ' and what was not committed';
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short', 'HEAD') + changed,
    hardware: `${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.versions.node,
  };
}
