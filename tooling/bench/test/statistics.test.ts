import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSlope, quantile, slopeText, summarize } from '../src/statistics.ts';

describe('quantile', () => {
  it('lies between neighbours in a straight line', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 0], 0.1)).toBeCloseTo(1, 12);
    expect(quantile([7], 0.9)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('leaves the list as it is', () => {
    const list = [3, 1, 2];
    expect(summarize(list)).toEqual({ count: 3, median: 2, p10: expect.closeTo(1.2), p90: expect.closeTo(2.8) });
    expect(list).toEqual([3, 1, 2]);
  });
});

describe('logSlope', () => {
  it('is n of y = a xⁿ', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0.1, max: 10, noNaN: true }), (n, a) => {
        const points = [1, 2, 5, 30].map((x) => ({ x, y: a * x ** n }));
        expect(logSlope(points)).toBeCloseTo(n, 9);
      }),
    );
  });

  it('is not a number where there is one size', () => expect(logSlope([{ x: 2, y: 1 }])).toBeNaN());
});

it('a slope of nothing has no minus', () => expect([-0.001, -0.2, 1.25].map(slopeText)).toEqual(['0.00', '-0.20', '1.25']));
