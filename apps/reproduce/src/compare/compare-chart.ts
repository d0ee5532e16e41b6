import * as Plot from '@observablehq/plot';
import { plotSvg } from '../figures/plot-svg.ts';
import { seriesStyle } from '../figures/series-style.ts';
import { label, svgDocument, translate } from '../figures/svg.ts';
import { createSmoother } from '../run-files/smoother.ts';
import type { ReadRun } from './read-run.ts';

export interface NamedRun extends Pick<ReadRun, 'bounds' | 'losses'> {
  readonly name: string;
}

export interface CompareChartOptions {
  readonly x: 'linear' | 'log';
}

/** More points are not seen in a panel. */
const MAX_POINTS = 800;
const MAX_NAME = 48;
const PANEL = { width: 520, height: 360 };
const TOP = 78;
const LEGEND_ROW = 22;

interface Point {
  readonly step: number;
  readonly bits: number;
}

/** The loss and the bound of each run against the step, in two panels with a legend: an SVG text. */
export function compareChart(runs: readonly NamedRun[], { x }: CompareChartOptions): string {
  const panels = [
    { title: 'training loss', content: lossMarks(runs) },
    { title: 'held-out bound', content: boundMarks(runs) },
  ].filter(({ content }) => content.points > 0);
  const width = Math.max(panels.length * PANEL.width, PANEL.width) + 40;
  const columns = panels.length > 1 ? 2 : 1;
  const rows = Math.ceil(runs.length / columns);
  const steps = runs.flatMap(({ losses, bounds }) => [losses[0]!, losses.at(-1)!, ...bounds].map(({ step }) => step));
  const domain = [Math.max(x === 'log' ? 1 : 0, Math.min(...steps)), Math.max(...steps)] as const;
  const body = [
    label(20, 32, runs.length > 2 ? `${runs.length} runs` : runs.map(({ name }) => short(name)).join(' and '), {
      anchor: 'start',
      weight: 'bold',
      size: 17,
    }),
    label(20, 54, 'bits per dimension; the loss thin as it is, thick as a mean over events; the bound ± two standard errors', {
      anchor: 'start',
      size: 12,
      color: '#555',
    }),
    ...panels.map(({ title, content }, i) => translate(20 + i * PANEL.width, TOP, panel(title, content.marks, { type: x, domain }))),
    ...runs.map((run, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      return translate(40 + column * PANEL.width, TOP + PANEL.height + 24 + row * LEGEND_ROW, legendEntry(run.name, i));
    }),
  ];
  return svgDocument(width, TOP + PANEL.height + 24 + rows * LEGEND_ROW + 8, body.join('\n'));
}

/** The axis that both panels have. */
interface Steps {
  readonly type: CompareChartOptions['x'];
  readonly domain: readonly [number, number];
}

interface Marks {
  readonly marks: readonly Plot.Markish[];
  readonly points: number;
}

function lossMarks(runs: readonly NamedRun[]): Marks {
  let points = 0;
  const marks = runs.flatMap(({ losses }, i) => {
    const raw = losses.map(({ step, lossBits }) => ({ step, bits: lossBits }));
    const { add } = createSmoother();
    const means = raw.map(({ step, bits }) => ({ step, bits: add(bits) }));
    points += means.filter(isFinitePoint).length;
    return [
      Plot.line(thinned(raw), { x: 'step', y: 'bits', ...stroke(i), strokeWidth: 1, strokeOpacity: 0.3 }),
      Plot.line(thinned(means), { x: 'step', y: 'bits', ...stroke(i), strokeWidth: 2 }),
    ];
  });
  return { marks, points };
}

function boundMarks(runs: readonly NamedRun[]): Marks {
  const marks = runs.flatMap(({ bounds }, i) => {
    const shown = thinned(bounds).filter(isFinitePoint);
    const withError = shown.filter(({ standardError }) => Number.isFinite(standardError));
    return [
      Plot.ruleX(withError, {
        x: 'step',
        y1: ({ bits, standardError }: (typeof shown)[number]) => bits - 2 * standardError,
        y2: ({ bits, standardError }: (typeof shown)[number]) => bits + 2 * standardError,
        stroke: seriesStyle(i).color,
        strokeOpacity: 0.5,
      }),
      Plot.line(shown, { x: 'step', y: 'bits', ...stroke(i), strokeWidth: 2 }),
      Plot.dot(shown, { x: 'step', y: 'bits', fill: seriesStyle(i).color, r: 3 }),
    ];
  });
  return { marks, points: runs.flatMap(({ bounds }) => bounds).filter(isFinitePoint).length };
}

function panel(title: string, marks: readonly Plot.Markish[], x: Steps): string {
  return plotSvg({
    ...PANEL,
    marginTop: 34,
    marginLeft: 52,
    marginRight: 28,
    marginBottom: 46,
    style: { background: 'none' },
    x: { ...x, label: 'step →', labelArrow: 'none', labelOffset: 38, ticks: 5, tickFormat: x.type === 'log' ? '~s' : ',d' },
    y: { label: `↑ ${title}`, labelArrow: 'none', grid: true, nice: true, zero: false },
    marks: [...marks],
  });
}

function legendEntry(name: string, index: number): string {
  const { stroke: color, strokeDasharray } = stroke(index);
  const line = `<line x1="0" x2="30" y1="0" y2="0" stroke="${color}" stroke-width="3" stroke-dasharray="${strokeDasharray}"/>`;
  return `${line}${label(40, 4, short(name), { anchor: 'start' })}`;
}

/** Every run looks different up to 28 of them. */
function stroke(index: number): { readonly stroke: string; readonly strokeDasharray: string } {
  const { color, dash } = seriesStyle(index);
  return { stroke: color, strokeDasharray: dash };
}

const isFinitePoint = ({ bits }: Point): boolean => Number.isFinite(bits);

/** Evenly spaced, with the first and the last. */
function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MAX_POINTS) return points;
  return Array.from({ length: MAX_POINTS }, (_, i) => points[Math.round((i * (points.length - 1)) / (MAX_POINTS - 1))]!);
}

/** The end of a name tells more than its beginning. */
function short(name: string): string {
  return name.length > MAX_NAME ? `…${name.slice(1 - MAX_NAME)}` : name;
}
