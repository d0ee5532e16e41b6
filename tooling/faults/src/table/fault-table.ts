import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { faults } from '../faults.ts';
import { runVitest } from './run-vitest.ts';
import { testedFaults, type TestedFaults, type TestReport } from './tested-faults.ts';

const TESTS = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tooling/*/test/**/*.test.ts'];
const LABELLED = /['"`](\[\d+\] )+/;

/** Runs every file that has a test of a fault, by its title or as the list of faults says. */
export async function runFaultTests(root: string, say: (line: string) => void): Promise<TestedFaults> {
  const files = filesWithFaults(root);
  say(`${files.length} files with tests of faults`);
  const { report, output } = await runVitest<TestReport>({ root, args: [...files, '--testTimeout=300000'] });
  const found = testedFaults(report ?? { testResults: [] }, (path) => relative(root, path).replaceAll('\\', '/'));
  return report === undefined
    ? { ...found, problems: [...found.problems, `vitest left no report: ${output}`], failed: found.failed + 1 }
    : found;
}

export function filesWithFaults(root: string): readonly string[] {
  const listed = new Set(faults.flatMap(({ covered = [] }) => covered.map(({ file }) => file)));
  return TESTS.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: (path) => path.endsWith('node_modules') }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/\.on-\w+\.test\.ts$/.test(file))
    .filter((file) => listed.has(file) || LABELLED.test(readFileSync(join(root, file), 'utf8')))
    .sort();
}
