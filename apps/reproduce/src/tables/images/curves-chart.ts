import * as Plot from '@observablehq/plot';
import { plotSvg, seriesNames } from '../../figures/plot-svg.ts';

export interface CurvePoint {
  readonly curve: string;
  readonly x: number;
  readonly y: number;
}

/** A line for each curve, with its name beside it in the same colour: an SVG text. */
export function curvesChart(
  points: readonly CurvePoint[],
  { xLabel, yLabel }: { readonly xLabel: string; readonly yLabel: string },
): string {
  const curves = [...new Set(points.map(({ curve }) => curve))];
  return plotSvg({
    width: 800,
    height: 420,
    marginTop: 32,
    marginLeft: 60,
    marginRight: 260,
    x: { label: xLabel },
    y: { label: yLabel, grid: true, nice: true },
    color: { domain: curves, scheme: 'tableau10' },
    marks: [
      Plot.line(points, { x: 'x', y: 'y', stroke: 'curve', strokeWidth: 2 }),
      Plot.dot(points, { x: 'x', y: 'y', fill: 'curve', r: 2.5 }),
      ...seriesNames(curves),
    ],
  });
}
