import { describe, expect, it } from 'vitest';
import { judge, type FileReport } from '../src/judge.ts';

const exception = { engines: ['webgpu'], test: 'a state that is none', reason: 'it would wait' } as const;

const file = (...tests: readonly (readonly [fullName: string, status: string])[]): FileReport => ({
  name: 'some.test.ts',
  message: '',
  startTime: 1000,
  endTime: 3500,
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
});

describe('judge', () => {
  it('counts what passed, what failed as it must, and the seconds', () => {
    const verdict = judge([file(['one', 'passed'], ['a state that is none', 'failed']), file(['two', 'passed'])], [exception]);
    expect(verdict).toMatchObject({ passed: 2, excepted: [exception], failures: [], seconds: 5 });
  });

  it('takes a failure that no exception names for one', () => {
    expect(judge([file(['one', 'failed'])], [exception]).failures).toEqual(['one: failed']);
  });

  it('takes a skipped test for a failure, whatever its name', () => {
    expect(judge([file(['one', 'skipped'], ['a state that is none', 'pending'])], [exception]).failures).toHaveLength(2);
  });

  it('takes an exception that passes for a failure', () => {
    expect(judge([file(['a state that is none', 'passed'])], [exception]).failures).toEqual([expect.stringContaining('exceptions.ts')]);
  });

  it('takes a file that did not load, and a suite of no files, for a failure', () => {
    expect(judge([{ ...file(), message: 'SyntaxError\nat …' }], []).failures).toEqual(['some.test.ts ran no test: SyntaxError']);
    expect(judge([], []).failures).toHaveLength(1);
  });

  it('collects what the tests have measured', () => {
    const measured = (values: Record<string, number>): FileReport => ({
      ...file(),
      assertionResults: [{ fullName: 'one', status: 'passed', meta: { measured: values } }],
    });
    expect(judge([measured({ a: 1 }), measured({ b: 2 })], []).measured).toEqual({ a: 1, b: 2 });
  });
});
