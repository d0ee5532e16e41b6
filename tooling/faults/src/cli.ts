import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { partSection, summary, tableSection, type Stamp } from './page-sections.ts';
import { withGenerated } from './page.ts';
import type { PartRow } from './part.ts';
import { parts } from './parts.ts';
import { runFaultTests } from './table/fault-table.ts';

/**
 * `pnpm test:faults [--only kill,strace,full-disk,fuzz,flips,cost,table] [--kills 200] [--native-kills 20] [--fuzz-runs 100000] [--write]`: what
 * happens to runs and readers when processes, disks and files fail. With `--write` the sections of docs/reliability.md that were run are
 * made anew. The last line is `N passed, N failed`.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = join(root, 'docs/reliability.md');
const names = [...parts.map(({ name }) => name), 'table'];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: names },
    kills: { type: 'string', default: '200' },
    'native-kills': { type: 'string', default: '20' },
    'fuzz-runs': { type: 'string', default: '100000' },
    write: { type: 'boolean', default: false },
  },
});
const only = values.only.flatMap((list) => list.split(','));
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) refuse(`there is no part ${unknown.join(', ')}; there are ${names.join(', ')}`);

const context = {
  root,
  kills: count('kills'),
  nativeKills: count('native-kills'),
  fuzzRuns: count('fuzz-runs'),
  say: (line: string): void => void process.stderr.write(`  … ${line}\n`),
};
let [passed, failed, skipped, measured] = [0, 0, 0, 0];

for (const { name, load } of parts.filter((part) => only.includes(part.name))) {
  const { title, run } = await load();
  console.log(`${title} (${name})`);
  const rows = await run(context);
  for (const row of rows) print(row);
  write(name, (stamp) => partSection(rows, stamp));
}
if (only.includes('table')) {
  console.log('Faults and their tests (table)');
  const tested = await runFaultTests(root, context.say);
  for (const { fault, tests, result } of tested.rows) {
    console.log(`  ${String(fault.number).padStart(2)}  ${result.padEnd(8)}${String(tests.length).padStart(4)}  ${fault.what}`);
  }
  console.log(`  ${summary(tested)}`);
  complain(tested.problems);
  passed += tested.passed;
  failed += tested.failed;
  skipped += tested.skipped;
  write('table', (stamp) => tableSection(tested, stamp));
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 && passed + skipped + measured > 0 ? 0 : 1;

function print(row: PartRow): void {
  passed += row.passed;
  failed += row.failed;
  if (row.skipped) skipped++;
  else if (row.passed + row.failed === 0) measured++;
  const verdict = row.skipped ? 'skipped' : row.failed > 0 ? 'FAILED' : row.passed > 0 ? 'ok' : 'measured';
  console.log(`  ${verdict.padEnd(9)}${row.title}: ${row.result}${row.skipped ? '' : `; ${row.made}; ${row.seconds.toFixed(1)} s`}`);
  complain(row.problems);
}

function complain(problems: readonly string[]): void {
  for (const problem of problems.slice(0, 20)) console.log(`    ${problem}`);
  if (problems.length > 20) console.log(`    and ${problems.length - 20} more`);
}

function write(part: string, section: (stamp: Stamp) => string): void {
  if (values.write) writeFileSync(page, withGenerated(readFileSync(page, 'utf8'), part, section(stamp(part))));
}

function stamp(part: string): Stamp {
  const git = (...args: string[]): string => execFileSync('git', ['--no-optional-locks', ...args], { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', ':!docs/reliability.md') === '' ? '' : ' and what was not committed';
  const sizes = { kill: ` --kills ${context.kills} --native-kills ${context.nativeKills}`, fuzz: ` --fuzz-runs ${context.fuzzRuns}` };
  return {
    command: `pnpm test:faults --only ${part}${sizes[part as keyof typeof sizes] ?? ''}`,
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short', 'HEAD') + changed,
    hardware: `${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.versions.node,
  };
}

function count(name: 'fuzz-runs' | 'kills' | 'native-kills'): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) refuse(`--${name} is ${values[name]}, expected a positive integer`);
  return value;
}

function refuse(problem: string): never {
  console.error(`test:faults: ${problem}`);
  process.exit(2);
}
