import type { InformationPoint, NoiseSchedule } from '@d3pm/core';
import * as Plot from '@observablehq/plot';
import { matrixKey } from './matrix-key.ts';
import { matrixPanel } from './matrix-panel.ts';
import { matrixWords } from './matrix-words.ts';
import { plotSvg } from './plot-svg.ts';
import { label, svgDocument, translate } from './svg.ts';

export interface InformationChart {
  readonly title: string;
  readonly subtitle: string;
  readonly schedule: NoiseSchedule;
  /** Of the steps shown, t = 0 among them. */
  readonly points: readonly InformationPoint[];
  /** Beneath, in the order given. */
  readonly matrices?: readonly TitledMatrix[];
}

export interface TitledMatrix {
  readonly title: string;
  /** Whose law a row is given: `x_0`. */
  readonly from: string;
  /** float64 `[K·K]`, row-major. */
  readonly matrix: Float64Array;
  readonly numStates: number;
}

const WIDTH = 300;
const HEIGHT = 290;
const PANELS = 4;
const GAP = 24;
const TOP = 66;
/** Of the key of the heat maps, and of what is written above and beneath them. */
const KEY = { width: 300, height: 52, words: 48 };
const COLOR = '#3b528b';
/** Smaller values are rounding; a logarithmic axis would end in their noise. */
const LEAST = 1e-12;

interface Dot {
  readonly t: number;
  readonly y: number;
}

interface PanelOptions {
  /** A straight line to compare with. */
  readonly diagonal?: readonly Dot[];
  /** The linear axis reaches it. */
  readonly most?: number;
}

/**
 * A schedule against t in four panels, how much noise, how much is known of x_0, what each step costs who knows the law of one symbol and nothing
 * more, how far the prior is; and matrices as heat maps. An SVG text.
 */
export function informationChart({ title, subtitle, schedule, points, matrices = [] }: InformationChart): string {
  const numSteps = schedule.numSteps;
  const noise = noisePanel(schedule, points);
  const information = points.map(({ t, sharedNats, lostNats }) => ({ t, y: sharedNats / (sharedNats + lostNats) }));
  const prior = points.map(({ t, priorNats }) => ({ t, y: priorNats }));
  const panels = [
    panel(numSteps, noise.label, noise.dots, noise.isLog, { most: 1 }),
    panel(numSteps, '↑ I(x_t; x_0) / H(x_0); dashed: 1 − t/T', information, false, {
      most: 1,
      diagonal: [
        { t: 0, y: 1 },
        { t: numSteps, y: 0 },
      ],
    }),
    panel(numSteps, '↑ L_{t−1} of one symbol (bits)', stepCosts(points), false),
    panel(numSteps, '↑ KL to the prior (nats)', prior, true),
  ];
  const width = PANELS * (WIDTH + 10) + 20;
  const body = [
    label(20, 32, title, { anchor: 'start', weight: 'bold', size: 17 }),
    label(20, 54, subtitle, { anchor: 'start', size: 12, color: '#666' }),
    ...panels.map((svg, i) => translate(10 + i * (WIDTH + 10), TOP, svg)),
    ...heatMaps(matrices, width),
  ];
  const height = TOP + HEIGHT + (matrices.length === 0 ? 10 : KEY.height + sizeOf(matrices, width) + KEY.words + 10);
  return svgDocument(width, height, body.join(''));
}

/**
 * L_{t−1} of the exact reverse process of one symbol: I(x_{t−1}; x_0) − I(x_t; x_0), since x_t adds nothing to x_{t−1}. Between two steps that
 * are shown it is their mean.
 */
function stepCosts(points: readonly InformationPoint[]): readonly Dot[] {
  return points.slice(1).map(({ t, sharedNats }, i) => {
    const before = points[i]!;
    return { t, y: (before.sharedNats - sharedNats) / Math.LN2 / (t - before.t) };
  });
}

function sizeOf(matrices: readonly TitledMatrix[], width: number): number {
  return (width - 40 - GAP * (matrices.length - 1)) / matrices.length;
}

function heatMaps(matrices: readonly TitledMatrix[], width: number): readonly string[] {
  const size = sizeOf(matrices, width);
  const top = TOP + HEIGHT + 16;
  const panels = matrices.map(({ title, from, matrix, numStates }, i) => {
    const words = matrixWords(title, matrix, { from });
    return translate(
      20 + i * (size + GAP),
      top + KEY.height + 20,
      label(0, -8, words.title, { anchor: 'start', size: 12 }) +
        matrixPanel(matrix, { size, numStates }) +
        label(0, size + 16, words.axes, { anchor: 'start', size: 11, color: '#555' }),
    );
  });
  return matrices.length === 0 ? [] : [translate(20, top, matrixKey(KEY.width)), ...panels];
}

/** ᾱ_t or Σ β of what has one, else β_t. */
function noisePanel(
  { unit, noise }: NoiseSchedule,
  points: readonly InformationPoint[],
): { readonly label: string; readonly dots: readonly Dot[]; readonly isLog: boolean } {
  const { keep, rate } = points[0]!;
  if (keep !== undefined)
    return { label: '↑ ᾱ_t, kept (probability)', dots: points.map((point) => ({ t: point.t, y: point.keep! })), isLog: false };
  if (rate !== undefined)
    return { label: '↑ α_t = Σ β, a rate', dots: points.map((point) => ({ t: point.t, y: point.rate! })), isLog: true };
  const steps = points.filter(({ t }) => t > 0);
  return { label: `↑ β_t (${unit})`, dots: steps.map(({ t }) => ({ t, y: noise[t - 1]! })), isLog: true };
}

function panel(
  numSteps: number,
  name: string,
  dots: readonly Dot[],
  isLog: boolean,
  { diagonal = [], most = 0 }: PanelOptions = {},
): string {
  const shown = dots.filter(({ y }) => Number.isFinite(y) && (!isLog || y > LEAST));
  if (shown.length === 0) {
    const infinite = dots.at(-1)!.y === Infinity ? '∞ at every t' : `∞ before t = ${numSteps}`;
    return (
      label(3, 12, name, { anchor: 'start', size: 12 }) +
      label(WIDTH / 2, HEIGHT / 2, dots.some(({ y }) => y === Infinity) ? infinite : 'nowhere above 0', { color: '#666' })
    );
  }
  return plotSvg({
    width: WIDTH,
    height: HEIGHT,
    marginTop: 36,
    marginLeft: 56,
    marginRight: 24,
    marginBottom: 46,
    style: { background: 'none' },
    x: { label: 't →', domain: [0, numSteps], ticks: 5, tickFormat: String, labelArrow: 'none', labelOffset: 36 },
    y: isLog
      ? { type: 'log', label: name, grid: true, ticks: 4, tickFormat: '~e', labelArrow: 'none' }
      : { label: name, grid: true, domain: [0, Math.max(most, ...shown.map(({ y }) => y))], ticks: 5, labelArrow: 'none' },
    marks: [
      Plot.line(diagonal, { x: 't', y: 'y', stroke: '#999', strokeDasharray: '4 3' }),
      Plot.line(shown, { x: 't', y: 'y', stroke: COLOR, strokeWidth: 2 }),
    ],
  });
}
