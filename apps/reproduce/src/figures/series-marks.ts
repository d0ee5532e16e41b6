import * as Plot from '@observablehq/plot';
import { seriesStyle } from './series-style.ts';

export interface SeriesPoint {
  readonly series: string;
  readonly x: number;
  readonly y: number;
  /** Half of the bar; 0 for none. */
  readonly error: number;
}

/** Pixels from one name to the next. */
const LINE = 18;

/** A line with bars and symbols for each series, and their names one below the other at the right of the frame, with the same symbols. */
export function seriesMarks(points: readonly SeriesPoint[]): readonly Plot.Markish[] {
  const names = [...new Set(points.map(({ series }) => series))];
  return names.flatMap((name, i) => {
    const { color, dash, symbol } = seriesStyle(i);
    const own = points.filter(({ series }) => series === name);
    const key = { frameAnchor: 'top-right', dx: LINE, dy: LINE * i } as const;
    return [
      Plot.line(own, { x: 'x', y: 'y', stroke: color, strokeDasharray: dash, strokeWidth: 2 }),
      Plot.ruleX(
        own.filter(({ error }) => error > 0),
        {
          x: 'x',
          y1: ({ y, error }: SeriesPoint) => y - error,
          y2: ({ y, error }: SeriesPoint) => y + error,
          stroke: color,
          strokeWidth: 1.5,
        },
      ),
      Plot.dot(own, { x: 'x', y: 'y', fill: color, symbol, r: 4.5 }),
      Plot.dot([name], { ...key, fill: color, symbol, r: 5.5 }),
      Plot.text([name], { ...key, dx: LINE + 12, text: [name], textAnchor: 'start', lineAnchor: 'middle', fill: '#222' }),
    ];
  });
}
