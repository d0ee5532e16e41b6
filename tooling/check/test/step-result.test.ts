import { describe, expect, it } from 'vitest';
import { oneCheck, parseResultLine, resultLine, withoutSkipsInCi } from '../src/step-result.ts';

describe('step results', () => {
  it('survive the way through a line of output', () => {
    const result = { passed: 3, failed: 0, skipped: ['no chromium: "x"'] };
    expect(parseResultLine(resultLine(result))).toEqual(result);
    expect(parseResultLine('3 passed')).toBeUndefined();
  });

  it('turn skips into failures on a continuous-integration machine, and only there', () => {
    const result = { passed: 3, failed: 1, skipped: ['no chromium'] };
    expect(withoutSkipsInCi(result, false)).toBe(result);
    expect(withoutSkipsInCi(result, true)).toEqual({ passed: 3, failed: 2, skipped: [] });
    expect(withoutSkipsInCi(oneCheck(true), true)).toEqual(oneCheck(true));
  });
});
