import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured, toolPath } from '../../check/src/run-tool.ts';
import type { VitestReport } from '../../check/src/vitest-report.ts';

/** How a run of tests ended. `broken`: no test ran at all, so that nothing can be said about it. */
export type TestVerdict =
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly by: string }
  | { readonly kind: 'broken'; readonly output: string };

const LIMIT_MS = 600_000;

/** Runs the tests of `filters` in `folder` up to the first failure. */
export async function runTests(folder: string, filters: readonly string[]): Promise<TestVerdict> {
  const reportFile = join(folder, '.mutant-report.json');
  await rm(reportFile, { force: true });
  const options = ['--root', folder, '--bail=1', '--maxWorkers=1', '--reporter=json', `--outputFile=${reportFile}`];
  const started = Date.now();
  const { code, output } = await runCaptured(process.execPath, [toolPath('vitest'), 'run', ...options, ...filters], {
    cwd: folder,
    timeoutMs: LIMIT_MS,
  });
  if (Date.now() - started >= LIMIT_MS) return { kind: 'red', by: 'no end within the time limit' };
  const report = await readFile(reportFile, 'utf8').then(
    (text) => JSON.parse(text) as VitestReport,
    () => undefined,
  );
  return verdictOf(report, code, output);
}

function verdictOf(report: VitestReport | undefined, code: number, output: string): TestVerdict {
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { kind: 'red', by: failed.fullName };
  if (code === 0 && tests.some(({ status }) => status === 'passed')) return { kind: 'green' };
  const messages = report?.testResults.map(({ message }) => message).filter(Boolean) ?? [];
  return { kind: 'broken', output: [...messages, output].join('\n') };
}
