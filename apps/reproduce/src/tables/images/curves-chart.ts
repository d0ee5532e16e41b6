import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

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
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const curves = [...new Set(points.map(({ curve }) => curve))];
  const chart = Plot.plot({
    document: document as unknown as Document,
    width: 800,
    height: 420,
    marginTop: 32,
    marginLeft: 60,
    marginRight: 260,
    style: { fontFamily: 'DejaVu Sans', fontSize: '12px', background: '#fff' },
    x: { label: xLabel },
    y: { label: yLabel, grid: true, nice: true },
    color: { domain: curves, scheme: 'tableau10' },
    marks: [
      Plot.line(points, { x: 'x', y: 'y', stroke: 'curve', strokeWidth: 2 }),
      Plot.dot(points, { x: 'x', y: 'y', fill: 'curve', r: 2.5 }),
      ...curves.map((curve, i) =>
        Plot.text([{ curve }], {
          text: 'curve',
          fill: 'curve',
          frameAnchor: 'top-right',
          textAnchor: 'start',
          dx: 12,
          dy: 18 * i,
          fontWeight: 'bold',
        }),
      ),
    ],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return chart.outerHTML;
}
