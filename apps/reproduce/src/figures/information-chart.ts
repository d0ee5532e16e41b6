import type { InformationPoint, NoiseSchedule } from '@d3pm/core';
import * as Plot from '@observablehq/plot';
import { plotSvg } from './plot-svg.ts';
import { label, svgDocument, translate } from './svg.ts';

export interface InformationChart {
  readonly title: string;
  readonly subtitle: string;
  readonly schedule: NoiseSchedule;
  /** Of the steps shown, t = 0 among them. */
  readonly points: readonly InformationPoint[];
}

const WIDTH = 360;
const HEIGHT = 310;
const TOP = 66;
const COLOR = '#3b528b';
/** Smaller values are rounding; a logarithmic axis would end in their noise. */
const LEAST = 1e-12;

interface Dot {
  readonly t: number;
  readonly y: number;
}

/** A schedule against t in three panels: how much noise, how much is known of x_0, how far the prior is. An SVG text. */
export function informationChart({ title, subtitle, schedule, points }: InformationChart): string {
  const numSteps = schedule.numSteps;
  const noise = noisePanel(schedule, points);
  const information = points.map(({ t, sharedNats, lostNats }) => ({ t, y: sharedNats / (sharedNats + lostNats) }));
  const prior = points.map(({ t, priorNats }) => ({ t, y: priorNats }));
  const panels = [
    panel(numSteps, noise.label, noise.dots, noise.isLog),
    panel(numSteps, '↑ I(x_t; x_0) / H(x_0)', information, false, [
      { t: 0, y: 1 },
      { t: numSteps, y: 0 },
    ]),
    panel(numSteps, '↑ KL to the prior (nats)', prior, true),
  ];
  const body = [
    label(20, 32, title, { anchor: 'start', weight: 'bold', size: 17 }),
    label(20, 54, subtitle, { anchor: 'start', size: 12, color: '#666' }),
    ...panels.map((svg, i) => translate(10 + i * (WIDTH + 10), TOP, svg)),
  ];
  return svgDocument(3 * (WIDTH + 10) + 20, TOP + HEIGHT + 10, body.join(''));
}

/** ᾱ_t or Σ β of what has one, else β_t. */
function noisePanel(
  { unit, noise }: NoiseSchedule,
  points: readonly InformationPoint[],
): { readonly label: string; readonly dots: readonly Dot[]; readonly isLog: boolean } {
  const { keep, rate } = points[0]!;
  if (keep !== undefined) return { label: '↑ ᾱ_t, kept', dots: points.map((point) => ({ t: point.t, y: point.keep! })), isLog: false };
  if (rate !== undefined) return { label: '↑ α_t = Σ β', dots: points.map((point) => ({ t: point.t, y: point.rate! })), isLog: true };
  const steps = points.filter(({ t }) => t > 0);
  return { label: `↑ β_t (${unit})`, dots: steps.map(({ t }) => ({ t, y: noise[t - 1]! })), isLog: true };
}

function panel(numSteps: number, name: string, dots: readonly Dot[], isLog: boolean, diagonal: readonly Dot[] = []): string {
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
      : { label: name, grid: true, domain: [0, 1], labelArrow: 'none' },
    marks: [
      Plot.line(diagonal, { x: 't', y: 'y', stroke: '#999', strokeDasharray: '4 3' }),
      Plot.line(shown, { x: 't', y: 'y', stroke: COLOR, strokeWidth: 2 }),
    ],
  });
}
