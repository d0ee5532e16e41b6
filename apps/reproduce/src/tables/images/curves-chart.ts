import { plotSvg } from '../../figures/plot-svg.ts';
import { seriesMarks } from '../../figures/series-marks.ts';

export interface CurvePoint {
  readonly curve: string;
  readonly x: number;
  readonly y: number;
}

/** A line for each curve, with its name and its symbol beside it: an SVG text. */
export function curvesChart(
  points: readonly CurvePoint[],
  { xLabel, yLabel }: { readonly xLabel: string; readonly yLabel: string },
): string {
  return plotSvg({
    width: 860,
    height: 440,
    marginTop: 32,
    marginLeft: 60,
    marginRight: 300,
    marginBottom: 48,
    x: { label: xLabel, labelAnchor: 'center', labelArrow: 'none', labelOffset: 38 },
    y: { label: yLabel, grid: true, nice: true },
    marks: [...seriesMarks(points.map(({ curve, x, y }) => ({ series: curve, x, y, error: 0 })))],
  });
}
