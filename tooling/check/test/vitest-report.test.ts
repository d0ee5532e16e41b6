import { describe, expect, it } from 'vitest';
import { countTests, type VitestReport } from '../src/vitest-report.ts';

const file = (status: string, ...tests: readonly string[]): VitestReport['testResults'][number] => ({
  name: 'a.test.ts',
  status,
  message: '',
  assertionResults: tests.map((testStatus, index) => ({ status: testStatus, fullName: `test ${index}` })),
});
const report = (...testResults: VitestReport['testResults']): VitestReport => {
  const count = (wanted: string): number =>
    testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === wanted).length;
  return { numPassedTests: count('passed'), numFailedTests: count('failed'), testResults };
};

describe('countTests', () => {
  it('counts tests', () => {
    expect(countTests(report(file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')), false)).toEqual({
      passed: 3,
      failed: 1,
      skipped: [],
    });
  });

  it('counts a file that did not load as a failure', () => {
    expect(countTests(report(file('passed', 'passed'), file('failed')), false)).toEqual({ passed: 1, failed: 1, skipped: [] });
  });

  it('names what was skipped', () => {
    expect(countTests(report(file('passed', 'passed', 'pending', 'todo')), true)).toEqual({
      passed: 1,
      failed: 0,
      skipped: ['test: test 1', 'test: test 2'],
    });
  });

  it('never takes silence for success: an unhandled error, no report, no test', () => {
    expect(countTests(report(file('passed', 'passed')), false)).toMatchObject({ passed: 1, failed: 1 });
    expect(countTests(undefined, true)).toMatchObject({ failed: 1 });
    expect(countTests(report(), true)).toMatchObject({ failed: 1 });
  });
});
