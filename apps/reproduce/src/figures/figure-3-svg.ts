import { encode } from 'fast-png';
import type { States } from '@d3pm/core';
import { pixelGrid } from './pixel-image.ts';
import { label, svgDocument } from './svg.ts';

/** The same images while they are sampled. */
export interface ProgressiveSampling {
  readonly title: string;
  /** x_t at each step of {@link Figure3.steps}, `[n, height, width, channels]`. */
  readonly columns: readonly States[];
  readonly numStates: number;
}

export interface Figure3 {
  readonly title: string;
  readonly caption: string;
  /** T first, 0 last. */
  readonly steps: readonly number[];
  readonly models: readonly ProgressiveSampling[];
}

const CELL = 64;
const GAP = 4;
const [LEFT, TOP, BETWEEN] = [24, 64, 40];

/** Figure 3 of Austin et al. (2021): images at several t of the reverse process, from noise on the left to the sample on the right. */
export function figure3Svg({ title, caption, steps, models }: Figure3): string {
  const width = LEFT + steps.length * (CELL + GAP) + LEFT;
  const columnX = (column: number): number => LEFT + column * (CELL + GAP);
  let top = TOP;
  const blocks = models.map(({ title: name, columns, numStates }) => {
    const images = columns[0]!.shape[0]!;
    const head = label(LEFT, top, name, { anchor: 'start', weight: 'bold', size: 13 });
    const above = steps.map((t, column) => label(columnX(column) + CELL / 2, top + 20, `t = ${t}`, { size: 11, color: '#555' }));
    const cells = columns.flatMap((states, column) =>
      Array.from({ length: images }, (_, i) => cell(states, i, { numStates, x: columnX(column), y: top + 28 + i * (CELL + GAP) })),
    );
    top += 28 + images * (CELL + GAP) + BETWEEN;
    return [head, ...above, ...cells].join('');
  });
  const body = [
    label(LEFT, 32, title, { anchor: 'start', weight: 'bold', size: 16 }),
    ...blocks,
    label(LEFT, top - 12, caption, { anchor: 'start', size: 11, color: '#666' }),
  ];
  return svgDocument(width, top + 12, body.join('\n'));
}

function cell(
  states: States,
  index: number,
  { numStates, x, y }: { readonly numStates: number; readonly x: number; readonly y: number },
): string {
  const size = states.values.length / states.shape[0]!;
  const one = { values: states.values.subarray(index * size, (index + 1) * size), shape: [1, ...states.shape.slice(1)] };
  const png = Buffer.from(encode(pixelGrid(one, { numStates }))).toString('base64');
  return `<image x="${x}" y="${y}" width="${CELL}" height="${CELL}" image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`;
}
