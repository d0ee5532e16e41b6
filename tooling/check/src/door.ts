import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createDoorLog, reportLine, tally } from './door-log.ts';
import { longFiles } from './long-files.ts';
import { repositoryRoot, toolPath } from './run-tool.ts';

const PREFIX = 'check:';
const { tasks } = JSON.parse(readFileSync(join(repositoryRoot, 'turbo.json'), 'utf8')) as { readonly tasks: object };
const known = Object.keys(tasks).map((task) => task.slice(PREFIX.length));

const { values, positionals } = parseArgs({ allowPositionals: true, options: { force: { type: 'boolean', default: false } } });
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`check: there is no step ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}
const wanted = positionals.length > 0 ? positionals : known;

const turbo = spawn(
  process.execPath,
  [
    toolPath('turbo'),
    'run',
    ...wanted.map((name) => PREFIX + name),
    '--single-package',
    '--continue=always',
    '--concurrency=2',
    '--env-mode=loose',
    '--output-logs=full',
    '--log-prefix=task',
    '--log-order=stream',
    ...(positionals.length > 0 ? ['--only'] : []),
    ...(values.force ? ['--force'] : []),
  ],
  {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${join(repositoryRoot, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
    },
  },
);

const log = createDoorLog();
let printed = 0;
const read = (line: string): void => {
  const report = log.read(line);
  if (report === undefined) return;
  console.log(reportLine(report));
  printed++;
};
const closed = new Promise<void>((resolve, reject) => turbo.on('close', () => resolve()).on('error', reject));
createInterface({ input: turbo.stdout }).on('line', read);
createInterface({ input: turbo.stderr }).on('line', read);
await closed;

const reports = log.finish(wanted);
for (const report of reports.slice(printed)) console.log(reportLine(report));
for (const { name, result, output } of reports) {
  if (result.failed > 0) console.log(`\n── ${name} ${'─'.repeat(60)}\n${output}`);
}
for (const { name, result } of reports) for (const reason of result.skipped) console.log(`skipped in ${name}: ${reason}`);
for (const { path, lines } of longFiles(repositoryRoot)) console.log(`long file: ${path} has ${lines} lines`);

console.log(`\n${tally(reports.map(({ result }) => result))}`);
process.exitCode = reports.some(({ result }) => result.failed > 0) ? 1 : 0;
