import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chebyshevInterpolant } from '../src/chebyshev-interpolant.ts';
import { increasingRoot } from '../src/increasing-root.ts';

describe('increasingRoot', () => {
  const range = { start: 0, step: 1, growth: 2, low: -100, high: 100, tolerance: 0 };
  it('finds the root of any increasing function to its last digits', () => {
    const shapes: readonly ((x: number) => number)[] = [(x) => x, Math.tanh, (x) => x ** 3, Math.expm1, (x) => (x < 0 ? x : 1e6 * x)];
    const arb = fc.record({
      root: fc.double({ min: -90, max: 90, noNaN: true }),
      start: fc.double({ min: -90, max: 90, noNaN: true }),
      shape: fc.constantFrom(...shapes),
    });
    fc.assert(
      fc.property(arb, ({ root, start, shape }) => {
        const found = increasingRoot((u) => shape(u - root), { ...range, start })!;
        // x³ and tanh are 0, or 1, to the last digit before x is.
        expect(Math.abs(shape(found - root))).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(root)) * 1e6);
        expect(Math.abs(found - root)).toBeLessThan(1e-4);
      }),
    );
  });
  it('takes few evaluations where the function is smooth', () => {
    let calls = 0;
    const found = increasingRoot((u) => (calls++, Math.exp(u / 3) - 2), { ...range, start: 1, step: 0.5 });
    expect(found).toBeCloseTo(3 * Math.LN2, 14);
    expect(calls).toBeLessThan(12);
  });
  it('takes infinite values, and stops at a tolerance', () => {
    expect(increasingRoot((u) => (u < 1 ? -Infinity : u > 2 ? Infinity : u - 1.5), range)).toBeCloseTo(1.5, 14);
    expect(Math.abs(increasingRoot((u) => u ** 3 - 8, { ...range, tolerance: 0.1 })! ** 3 - 8)).toBeLessThanOrEqual(0.1);
    expect(increasingRoot(() => 0.05, { ...range, tolerance: 0.1 })).toBe(0);
  });
  it('says that there is none', () => {
    for (const sign of [1, -1]) expect(increasingRoot((u) => sign * (1 + Math.exp(u)), range)).toBeUndefined();
  });
});

describe('chebyshevInterpolant', () => {
  it('is as good as the square of what it foretold, and exact at both ends', () => {
    for (const f of [Math.sin, Math.exp, (x: number) => 1 / (1 + x * x), (x: number) => Math.log(x + 6)]) {
      const at = chebyshevInterpolant('test', f, { from: -5, to: 3, tolerance: 1e-6 });
      for (let u = -5; u <= 3; u += 0.01) expect(Math.abs(at(u) - f(u))).toBeLessThan(1e-9);
      expect([at(-5), at(3)]).toEqual([f(-5), f(3)]);
    }
  });
  it('looks at a polynomial seventeen times', () => {
    let calls = 0;
    const at = chebyshevInterpolant('test', (x) => (calls++, x ** 5 - x), { from: 0, to: 2, tolerance: 1e-9 });
    expect(at(1.234)).toBeCloseTo(1.234 ** 5 - 1.234, 12);
    expect(calls).toBe(17);
  });
  it('refuses what is not smooth', () => {
    const step = (u: number): number => (u > 0.123 ? 1 : 0);
    expect(() => chebyshevInterpolant('test', step, { from: -1, to: 1, tolerance: 1e-6 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_SCHEDULE',
        message: expect.stringMatching(/test: the information is not a smooth function .* raise tolerance/),
      }),
    );
  });
});
