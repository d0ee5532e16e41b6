import type { States } from '@d3pm/core';
import { matrixKey } from './matrix-key.ts';
import { scatterPanel } from './scatter-panel.ts';
import { label, svgDocument, translate } from './svg.ts';

/** One row of the figure: the same points at several steps, with two panels beside them. */
export interface Figure1Row {
  readonly title: string;
  readonly subtitle: string;
  /** States at each step of {@link Figure1.steps}. */
  readonly columns: readonly States[];
  readonly colors: readonly string[];
  readonly numStates: number;
  readonly maskState?: number;
  /** Panels on the right: matrices, or data to compare with. */
  readonly beside: readonly { readonly titles: readonly string[]; draw(size: number): string }[];
}

export interface Figure1 {
  readonly title: string;
  readonly caption: string;
  readonly steps: readonly number[];
  readonly forward: readonly Figure1Row[];
  readonly reverse: readonly Figure1Row[];
}

const PANEL = 150;
const GAP = 14;
const LEFT = 204;
const TOP = 92;
const ROW = PANEL + 38;

/** Figure 1 of Austin et al. (2021): forward processes with their matrices, then a learned reverse process. */
export function figure1Svg({ title, caption, steps, forward, reverse }: Figure1): string {
  const width = LEFT + (steps.length + 2) * (PANEL + GAP) + 40;
  const reverseTop = TOP + forward.length * ROW + 40;
  const height = reverseTop + reverse.length * ROW + 36;
  const columnX = (column: number): number => LEFT + column * (PANEL + GAP) + (column >= steps.length ? 26 : 0);
  const center = (column: number): number => columnX(column) + PANEL / 2;

  const drawRow = (row: Figure1Row, y: number): string => {
    const names = label(LEFT - 16, y + PANEL / 2 - 6, row.title, { anchor: 'end', weight: 'bold', size: 14 });
    const notes = row.subtitle
      .split('\n')
      .map((line, i) => label(LEFT - 16, y + PANEL / 2 + 12 + 15 * i, line, { anchor: 'end', size: 11, color: '#666' }));
    const panels = row.columns.map((states, column) => {
      const { numStates, colors, maskState } = row;
      return translate(
        columnX(column),
        y,
        scatterPanel(states, { size: PANEL, numStates, colors, ...(maskState === undefined ? {} : { maskState }) }),
      );
    });
    const beside = row.beside.map(({ titles, draw }, i) => {
      const column = steps.length + i;
      const beneath = titles.map((text, line) => label(center(column), y + PANEL + 14 + 13 * line, text, { size: 10.5, color: '#666' }));
      return translate(columnX(column), y, draw(PANEL)) + beneath.join('');
    });
    return [names, ...notes, ...panels, ...beside].join('');
  };

  const header = steps.map((t, column) => label(center(column), TOP - 12, `t = ${t}`, { size: 13 }));
  const arrows =
    arrow(columnX(0), columnX(steps.length - 1) + PANEL, TOP - 36, 'forward process q: data to noise', true) +
    arrow(columnX(0), columnX(steps.length - 1) + PANEL, reverseTop - 14, 'learned reverse process p: noise to data', false);
  const body = [
    label(24, 30, title, { anchor: 'start', weight: 'bold', size: 17 }),
    ...header,
    arrows,
    translate(columnX(steps.length), TOP - 50, matrixKey(2 * PANEL + GAP)),
    ...forward.map((row, i) => drawRow(row, TOP + i * ROW)),
    ...reverse.map((row, i) => drawRow(row, reverseTop + i * ROW)),
    label(24, height - 14, caption, { anchor: 'start', size: 11, color: '#666' }),
  ];
  return svgDocument(width, height, body.join('\n'));
}

function arrow(left: number, right: number, y: number, text: string, rightwards: boolean): string {
  const [tip, back] = rightwards ? [right, right - 8] : [left, left + 8];
  const middle = (left + right) / 2;
  const half = text.length * 3.7;
  return `<path d="M${left} ${y}H${middle - half}M${middle + half} ${y}H${right}" stroke="#999" fill="none"/><path d="M${tip} ${y}L${back} ${y - 4}V${y + 4}Z" fill="#999"/>${label(middle, y + 4, text, { size: 12, color: '#555' })}`;
}
