import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { GrowthCurve, GrowthResult } from '../bench-result.ts';
import { engineTitles } from '../engine-titles.ts';
import { slopeText } from '../statistics.ts';

const COLUMNS = 2;
const WIDTH = 470;
const HEIGHT = 350;
const TOP = 78;
/** Mean width of a letter of the legend. */
const LETTER = 6.4;
const COLORS = ['#3b528b', '#21918c', '#d1495b', '#e08e0b'];
const NAMES: Readonly<Record<string, string>> = { B: 'batch size B', L: 'positions L', K: 'states K', T: 'steps T' };

/** Milliseconds against B, L, K and T, a panel each, both axes logarithmic; the slope is beside the line. An SVG text. */
export function growthChart({ curves, engine }: GrowthResult): string {
  const subtitle = `${engineTitles[engine]}; both axes logarithmic; the number is n of time ∝ sizeⁿ over the three largest sizes`;
  const works = [...new Set(curves.map(({ work }) => work))];
  const sizes = [...new Set(curves.map(({ size }) => size))];
  const all = curves.flatMap(({ points }) => points.map(({ milliseconds }) => milliseconds));
  const range: [number, number] = [Math.min(...all) * 0.7, Math.max(...all) * 1.5];
  const panels = sizes.map((size, i) => {
    const svg = panel(
      curves.filter((curve) => curve.size === size),
      works,
      range,
    );
    return `<g transform="translate(${10 + (i % COLUMNS) * (WIDTH + 10)} ${TOP + Math.floor(i / COLUMNS) * (HEIGHT + 12)})">${svg}</g>`;
  });
  let right = 20;
  const legend = works.map((work, i) => {
    const entry = `<g transform="translate(${right} 62)"><circle r="5" cy="-4" fill="${COLORS[i]}"/><text x="10" font-size="12" fill="#222">${work}</text></g>`;
    right += 44 + LETTER * work.length;
    return entry;
  });
  const [width, height] = [COLUMNS * (WIDTH + 10) + 10, TOP + Math.ceil(sizes.length / COLUMNS) * (HEIGHT + 12)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="20" y="26" font-size="16" font-weight="bold" fill="#222">How cost grows</text>
<text x="20" y="44" font-size="12" fill="#666">${subtitle}</text>
${legend.join('')}
${panels.join('\n')}
</svg>
`;
}

function panel(curves: readonly GrowthCurve[], works: readonly string[], range: [number, number]): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const dots = curves.flatMap(({ work, points }) => points.map(({ size, milliseconds }) => ({ work, size, milliseconds })));
  const ends = curves.map(({ work, points, slope }) => ({ work, ...points.at(-1)!, text: slopeText(slope) }));
  const sizes = dots.map(({ size }) => size);
  const chart = Plot.plot({
    document: document as unknown as Document,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 34,
    marginLeft: 58,
    marginRight: 48,
    marginBottom: 44,
    style: { fontFamily: 'DejaVu Sans', fontSize: '12px' },
    color: { domain: [...works], range: COLORS.slice(0, works.length) },
    x: {
      type: 'log',
      label: `${NAMES[curves[0]!.size]} →`,
      domain: [Math.min(...sizes), Math.max(...sizes)],
      ticks: 5,
      tickFormat: '~s',
      labelArrow: 'none',
      labelOffset: 36,
    },
    y: { type: 'log', label: '↑ milliseconds', grid: true, domain: range, ticks: 5, tickFormat: '~f', labelArrow: 'none' },
    marks: [
      Plot.line(dots, { x: 'size', y: 'milliseconds', stroke: 'work', strokeWidth: 2 }),
      Plot.dot(dots, { x: 'size', y: 'milliseconds', fill: 'work', r: 3 }),
      Plot.text(ends, { x: 'size', y: 'milliseconds', text: 'text', fill: 'work', dx: 8, textAnchor: 'start', fontWeight: 'bold' }),
    ],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return chart.outerHTML;
}
