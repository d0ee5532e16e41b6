import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Assertion {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'd3pm-broken-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the suites of the fixture in a vitest of their own: what it says of a family. */
const run = (options: { readonly testNamePattern?: string } = {}): ((family: string) => readonly Assertion[]) => {
  const outputFile = join(folder, 'report.json');
  const include = ['packages/transitions/test/broken-families.fixture.ts'];
  const setting = { root: ROOT, include, watch: false, reporters: [['json', { outputFile }]], ...options };
  const program = `import { startVitest } from 'vitest/node'; await startVitest('test', [], ${JSON.stringify(setting)});`;
  spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT });
  const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as {
    readonly testResults: readonly { readonly assertionResults: readonly Assertion[] }[];
  };
  const assertions = testResults.flatMap(({ assertionResults }) => assertionResults);
  return (family) => assertions.filter(({ ancestorTitles }) => ancestorTitles.includes(`${family} obeys the transition laws`));
};

let of: ReturnType<typeof run>;
beforeAll(() => void (of = run()));

describe('describeTransitionLaws', () => {
  it('fails once where a step cannot be made, and skips the laws', () => {
    const [first, ...laws] = of('no family');
    expect(first).toMatchObject({ title: 'every step can be made', status: 'failed' });
    expect(first!.failureMessages[0]).toMatch(/no family: row 0 of Q_1 sums to 1\.[01]\d*, expected 1 to 1e-9 \(K = \d; rows are/u);
    expect([...new Set(laws.map(({ status }) => status))]).toEqual(['skipped']);
  });

  it('tries one law that is run by its name', () => {
    const tried = run({ testNamePattern: 'maps are the matrix of toDense' })('two rules').filter(({ status }) => status !== 'skipped');
    expect(tried.map(({ title, status }) => [title, status])).toEqual([['maps are the matrix of toDense', 'failed']]);
  });

  it('shows the seed, and the matrix that breaks a law', () => {
    const failed = of('two rules').filter(({ status }) => status === 'failed');
    expect(failed.map(({ title }) => title)).toContain('maps are the matrix of toDense');
    const text = failed.find(({ title }) => title === 'maps are the matrix of toDense')!.failureMessages[0]!;
    expect(text).toMatch(
      /seed: -?\d+[^]*Counterexample: \[two rules, K = \d, T = 1, \(r, s, t\) = \(0, [01], 1\), Q\(0→1\) = \[(0\.\d+[ ;\]] ?)+/u,
    );
  });
});
