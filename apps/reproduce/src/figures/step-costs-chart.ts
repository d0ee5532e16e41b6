import * as Plot from '@observablehq/plot';
import { plotSvg } from './plot-svg.ts';
import { label, svgDocument, translate } from './svg.ts';

/** What the step to a t costs. */
export interface StepCost {
  /** Of the noisier end. */
  readonly t: number;
  /** Bits a position, mean over the steps of the chain that it stands for. */
  readonly bits: number;
}

export interface StepCostsChart {
  readonly title: string;
  readonly subtitle: string;
  readonly numSteps: number;
  /** L_{t−1} of a network. */
  readonly measured: readonly StepCost[];
  /** L_{t−1} of the best that knows one symbol at a time; none where that is not known. */
  readonly alone: readonly StepCost[];
}

const WIDTH = 760;
const HEIGHT = 380;
const TOP = 62;
const MEASURED = 'this network';
const ALONE = 'who knows one symbol at a time';

/** L_{t−1} against t. An SVG text. */
export function stepCostsChart({ title, subtitle, numSteps, measured, alone }: StepCostsChart): string {
  const rows = [
    ...alone.map(({ t, bits }) => ({ t, bits, who: ALONE })),
    ...measured.map(({ t, bits }) => ({ t, bits, who: MEASURED })),
  ].filter(({ bits }) => Number.isFinite(bits));
  const chart = plotSvg({
    width: WIDTH,
    height: HEIGHT,
    marginTop: 36,
    marginLeft: 72,
    marginRight: 24,
    marginBottom: 46,
    style: { background: 'none' },
    x: { label: 't →', domain: [0, numSteps], ticks: 6, tickFormat: String, labelArrow: 'none', labelOffset: 36 },
    y: { label: '↑ L_{t−1}, bits a position', grid: true, zero: true, labelArrow: 'none' },
    marks: [
      Plot.line(rows, {
        x: 't',
        y: 'bits',
        z: 'who',
        stroke: (row: { who: string }) => (row.who === MEASURED ? '#d95f02' : '#3b528b'),
        strokeWidth: 2,
      }),
    ],
  });
  const key = (x: number, color: string, text: string): string =>
    `<path d="M${x} 6H${x + 24}" stroke="${color}" stroke-width="2"/>${label(x + 32, 10, text, { anchor: 'start', size: 12 })}`;
  const body = [
    label(20, 30, title, { anchor: 'start', weight: 'bold', size: 16 }),
    label(20, 48, subtitle, { anchor: 'start', size: 12, color: '#666' }),
    translate(0, TOP, key(76, '#d95f02', MEASURED) + (alone.length > 0 ? key(220, '#3b528b', ALONE) : '')),
    translate(0, TOP + 20, chart),
  ];
  return svgDocument(WIDTH + 10, TOP + HEIGHT + 30, body.join(''));
}
