import * as Plot from '@observablehq/plot';
import { plotSvg } from './plot-svg.ts';
import { stepsAxis } from './steps-axis.ts';

export interface StepsChartInput {
  /** The bound of chains of several lengths, in bits per character with its standard error. */
  readonly bounds: readonly { readonly steps: number; readonly bits: number; readonly standardError: number }[];
  /** Held-out bits per character of other models, as horizontal lines. */
  readonly baselines: readonly { readonly name: string; readonly bits: number }[];
  readonly yLabel: string;
}

/** The bound against the number of reverse steps, with baselines: an SVG text. */
export function stepsChart({ bounds, baselines, yLabel }: StepsChartInput): string {
  const axis = stepsAxis(
    bounds.map(({ steps }) => steps),
    [0.8, 1.25],
  );
  return plotSvg({
    width: 640,
    height: 400,
    marginLeft: 56,
    marginRight: 96,
    marginBottom: 48,
    x: axis.x,
    y: { label: yLabel, grid: true, nice: true, zero: false },
    marks: [
      axis.mark,
      Plot.ruleY(baselines, { y: 'bits', stroke: '#999', strokeDasharray: '4 3' }),
      Plot.text(baselines, { y: 'bits', text: 'name', frameAnchor: 'right', dx: 8, textAnchor: 'start', fill: '#555' }),
      Plot.line(bounds, { x: 'steps', y: 'bits', stroke: '#3b528b', strokeWidth: 2 }),
      Plot.ruleX(bounds, {
        x: 'steps',
        y1: (d) => d.bits - 2 * d.standardError,
        y2: (d) => d.bits + 2 * d.standardError,
        stroke: '#3b528b',
      }),
      Plot.dot(bounds, { x: 'steps', y: 'bits', fill: '#3b528b', r: 4 }),
      Plot.text(bounds, { x: 'steps', y: 'bits', text: (d) => d.bits.toFixed(2), dy: -14, fill: '#3b528b', fontWeight: 'bold' }),
    ],
  });
}
