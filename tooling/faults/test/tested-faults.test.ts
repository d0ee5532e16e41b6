import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faults } from '../src/faults.ts';
import { summary } from '../src/page-sections.ts';
import { filesWithFaults } from '../src/table/fault-table.ts';
import { numbersOf, testedFaults, type TestReport } from '../src/table/tested-faults.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const path = (file: string): string => file.slice('/checkout/'.length);
const listed = faults.flatMap(({ covered = [] }) => covered);

/** A run in which every listed test passes, and those given end as they say. */
function reportOf(
  tests: readonly (readonly [title: string, status: string])[],
  { without }: { readonly without?: string } = {},
): TestReport {
  const file = (name: string, own: readonly (readonly [string, string])[]): TestReport['testResults'][number] => ({
    name: `/checkout/${name}`,
    message: 'it did not load',
    assertionResults: own.map(([title, status]) => ({ title, fullName: title, status })),
  });
  const others = listed.filter(({ title }) => title !== without).map(({ file: name, title }) => file(name, [[title, 'passed']]));
  return { testResults: [...others, file('own.test.ts', tests)] };
}

describe('the list of faults', () => {
  it('has 80, in order, each with an end of its own', () => {
    expect(faults.map(({ number }) => number)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
    expect(new Set(faults.map(({ what }) => what)).size).toBe(80);
  });

  it('lists tests in files that are there, each once', () => {
    expect(listed.filter(({ file }) => !existsSync(`${root}${file}`))).toEqual([]);
    expect(new Set(listed.map(({ file, title }) => `${file} ${title}`)).size).toBe(listed.length);
    const files = filesWithFaults(root);
    expect(files).toEqual(expect.arrayContaining(listed.map(({ file }) => file)));
    expect(files).toContain('tooling/faults/test/kill-runs.test.ts');
  });
});

describe('testedFaults', () => {
  const own = [
    ['[1] [2] a kill', 'passed'],
    ['[3] a power cut', 'failed'],
    ['[6] a folder', 'skipped'],
    ['is an array [3] of numbers', 'failed'],
  ] as const;
  const tested = testedFaults(reportOf(own), path);
  const result = (number: number): string => tested.rows[number - 1]!.result;

  it('reads the numbers at the start of a title, and no others', () => {
    expect(numbersOf('[7] [10] a file')).toEqual([7, 10]);
    expect([numbersOf('a [7] file'), numbersOf('[7]a file'), numbersOf('[x] a file')]).toEqual([[], [], []]);
  });

  it('gives each fault its tests, and counts each test once', () => {
    expect([result(1), result(2), result(3), result(6), result(4)]).toEqual(['passed', 'passed', 'failed', 'skipped', 'no test']);
    expect(tested).toMatchObject({ passed: listed.length + 1, failed: 1, skipped: 1, problems: ['own.test.ts: [3] a power cut'] });
  });

  it('tells which faults have no test', () => {
    expect(summary(tested)).toContain('have no test (4, 5, ');
    expect(summary(tested)).toContain('1 fail, 1 are skipped');
  });

  it('finds a listed test that is gone, a file that did not load, and a number of no fault', () => {
    const gone = testedFaults(reportOf([], { without: 'H(x_0) = 0' }), path);
    expect(gone.rows[51]!.result).toBe('failed');
    expect(gone.problems).toEqual([
      'own.test.ts ran no test: it did not load',
      expect.stringMatching(/^fault 52: there is no test "H\(x_0\) = 0" in /),
    ]);
    expect(gone.failed).toBe(2);
    expect(testedFaults(reportOf([['[81] more', 'passed']]), path).problems).toEqual([
      'own.test.ts: "[81] more" is of no fault that is listed',
    ]);
  });
});
