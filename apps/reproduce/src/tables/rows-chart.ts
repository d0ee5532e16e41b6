import * as Plot from '@observablehq/plot';
import { plotSvg } from '../figures/plot-svg.ts';
import { seriesMarks } from '../figures/series-marks.ts';
import { stepsAxis } from '../figures/steps-axis.ts';

export interface ChartPoint {
  /** With the process where a table has several. */
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
  const axis = stepsAxis(
    points.map(({ steps }) => steps),
    [0.8, 1.15],
  );
  return plotSvg({
    width: 860,
    height: 440,
    marginTop: 32,
    marginLeft: 60,
    marginRight: 300,
    marginBottom: 48,
    x: axis.x,
    y: { type: yType, label: yLabel, grid: true, tickFormat: String, ...(yType === 'linear' && { nice: true, zero: false }) },
    marks: [
      axis.mark,
      Plot.ruleY(lines, { y: 'value', stroke: '#999', strokeDasharray: '4 3' }),
      ...lineNames(lines),
      ...seriesMarks(points.map(({ row, steps, value, error }) => ({ series: row, x: steps, y: value, error }))),
    ],
  });
}

/** By turns at the right and the left, so that those of neighbours do not meet. */
function lineNames(lines: RowsChartInput['lines']): readonly Plot.Markish[] {
  const sorted = lines.toSorted((a, b) => a.value - b.value);
  const common = { y: 'value', text: 'name', dy: -6, fill: '#555' } as const;
  const turns = [0, 1].map((turn) => sorted.filter((_, i) => i % 2 === turn));
  return [
    Plot.text(turns[0]!, { ...common, frameAnchor: 'right', textAnchor: 'end', dx: -4 }),
    Plot.text(turns[1]!, { ...common, frameAnchor: 'left', textAnchor: 'start', dx: 4 }),
  ];
}
