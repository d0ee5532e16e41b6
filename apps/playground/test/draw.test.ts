import { describe, expect, it } from 'vitest';
import { sequentialColor, type Scheme } from '../src/draw/color-ramp.ts';
import { niceTicks } from '../src/draw/line-chart.ts';
import { rollPlaces } from '../src/draw/roll-places.ts';
import { textRuns } from '../src/draw/text-runs.ts';

describe('the colours', () => {
  const luminance = (value: number, scheme: Scheme): number => {
    const [red, green, blue] = sequentialColor(value, scheme);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const values = Array.from({ length: 101 }, (_, i) => i / 100);

  it.each([
    ['light', -1],
    ['dark', 1],
  ] as const)('of the %s page change their lightness one way only', (scheme, sign) => {
    const steps = values.slice(1).map((value, i) => sign * (luminance(value, scheme) - luminance(values[i]!, scheme)));
    expect(Math.min(...steps)).toBeGreaterThan(0);
  });

  it('are those of the ends outside', () => {
    expect(sequentialColor(-1, 'light')).toEqual(sequentialColor(0, 'light'));
    expect(sequentialColor(7, 'light')).toEqual(sequentialColor(1, 'light'));
  });
});

describe('characters', () => {
  it('are pieces of what was kept, changed and masked', () => {
    const [x0, xt] = [Int32Array.of(0, 1, 2, 26, 3), Int32Array.of(0, 1, 5, 27, 27)];
    expect(textRuns(xt, { reference: x0 })).toEqual([
      { kind: 'kept', text: 'ab' },
      { kind: 'changed', text: 'f' },
      { kind: 'mask', text: '··' },
    ]);
    expect(textRuns(Int32Array.of(7, 8, 26))).toEqual([{ kind: 'kept', text: 'hi ' }]);
  });
});

describe('axes and places', () => {
  it.each([
    [[0, 100], 5, [0, 20, 40, 60, 80, 100]],
    [[0, 1], 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0, 7], 4, [0, 2, 4, 6]],
    [[3, 3], 4, [3]],
  ] as const)('%j has the numbers of %i steps or so', (domain, count, ticks) => {
    expect(niceTicks(domain, count)).toEqual(ticks);
  });

  it('of a roll grow outwards', () => {
    const [inner, outer] = rollPlaces(Int32Array.of(32, 42, 32, 60), 64);
    expect(inner).toBeLessThan(outer!);
    expect(outer).toBeLessThanOrEqual(1);
  });
});
