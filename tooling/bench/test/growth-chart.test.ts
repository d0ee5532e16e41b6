import { describe, expect, it } from 'vitest';
import type { GrowthCurve, GrowthResult } from '../src/bench-result.ts';
import { growthChart } from '../src/growth/growth-chart.ts';
import { renderPng } from '../src/growth/render-png.ts';

const curve = (work: string, size: string, slope: number): GrowthCurve => ({
  work,
  size,
  held: '',
  points: [1, 10, 100].map((x) => ({ size: x, milliseconds: 3 * x ** slope })),
  slope,
});
const result = {
  engine: 'native',
  curves: ['B', 'L', 'K', 'T'].flatMap((size) => [curve('training', size, 1.25), curve('sampling', size, 0.5)]),
} as unknown as GrowthResult;

describe('growthChart', () => {
  const svg = growthChart(result);

  it('has a panel for each size and the slope beside each line', () => {
    for (const title of ['batch size B', 'positions L', 'states K', 'steps T']) expect(svg).toContain(title);
    expect(svg.match(/>1\.25</g)).toHaveLength(4);
    expect(svg.match(/>0\.50</g)).toHaveLength(4);
    expect(svg).not.toContain('NaN');
  });

  it('becomes a picture', () => expect([...renderPng(svg).subarray(1, 4)].map((byte) => String.fromCodePoint(byte)).join('')).toBe('PNG'));
});
