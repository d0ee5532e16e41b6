import * as Plot from '@observablehq/plot';
import { plotSvg, seriesNames } from '../figures/plot-svg.ts';

export interface ChartPoint {
  readonly row: string;
  readonly steps: number;
  readonly value: number;
  /** Half of the bar; 0 for none. */
  readonly error: number;
}

export interface RowsChartInput {
  readonly points: readonly ChartPoint[];
  /** Horizontal lines. */
  readonly lines: readonly { readonly name: string; readonly value: number }[];
  readonly yLabel: string;
  readonly yType?: 'linear' | 'log';
}

/** A number of each row against the number of steps, with bars: an SVG text. */
export function rowsChart({ points, lines, yLabel, yType = 'linear' }: RowsChartInput): string {
  const steps = [...new Set(points.map((point) => point.steps))].sort((a, b) => a - b);
  const rows = [...new Set(points.map(({ row }) => row))];
  return plotSvg({
    width: 800,
    height: 420,
    marginTop: 32,
    marginLeft: 60,
    marginRight: 240,
    x: { type: 'log', label: 'reverse steps', ticks: steps, tickFormat: String, domain: [steps[0]! * 0.8, steps.at(-1)! * 1.15] },
    y: { type: yType, label: yLabel, grid: true, tickFormat: String, ...(yType === 'linear' && { nice: true, zero: false }) },
    color: { domain: rows, scheme: 'dark2' },
    marks: [
      Plot.ruleY(lines, { y: 'value', stroke: '#999', strokeDasharray: '4 3' }),
      Plot.text(lines, { y: 'value', text: 'name', frameAnchor: 'right', dx: -4, dy: -6, textAnchor: 'end', fill: '#555' }),
      Plot.line(points, { x: 'steps', y: 'value', stroke: 'row', strokeWidth: 2 }),
      Plot.ruleX(
        points.filter(({ error }) => error > 0),
        { x: 'steps', y1: (d: ChartPoint) => d.value - d.error, y2: (d: ChartPoint) => d.value + d.error, stroke: 'row', strokeWidth: 1.5 },
      ),
      Plot.dot(points, { x: 'steps', y: 'value', fill: 'row', r: 3.5 }),
      ...seriesNames(rows),
    ],
  });
}
