import type UPlot from 'uplot';
import { made } from './element.ts';
import { formatTick } from './format.ts';

/** It comes as a script of its own. */
declare const uPlot: typeof UPlot;

/** Steps, then the values of each line; with a band, its upper and its lower edge after them. */
export type ChartColumns = readonly [steps: readonly number[], ...values: (readonly (number | null)[])[]];

export interface Scales {
  readonly logSteps: boolean;
  readonly logValues: boolean;
}

export interface LineChartOptions {
  readonly title: string;
  /** Shown while there is nothing to show. */
  readonly empty: string;
  readonly lines: readonly {
    /** A property of the style sheet. */
    readonly color: string;
    readonly width: number;
    /** Follows the number where the cursor is. */
    readonly label: string;
    readonly dots?: boolean;
  }[];
  /** Whether two more columns are the edges of a band about the first line. */
  readonly band?: boolean;
  format(value: number): string;
  /** @defaultValue formatTick */
  readonly tick?: (value: number) => string;
}

export interface LineChart {
  show(columns: ChartColumns, scales: Scales): void;
}

const HEIGHT = 220;

/** A chart of lines against the step. With the pointer or the arrow keys its numbers are read off. */
export function createLineChart(parent: HTMLElement, options: LineChartOptions): LineChart {
  const { title, empty, lines, format } = options;
  const readout = made('output');
  const nothing = made('p', { className: 'none', text: empty });
  const box = made('div', { className: 'plot' });
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', `${title}: left and right arrow keys read off its numbers`);
  const head = made('div', { className: 'head', children: [made('h3', { text: title }), readout] });
  parent.append(made('figure', { className: 'chart', children: [head, nothing, box] }));
  let [plot, shown, scales]: [UPlot | undefined, ChartColumns, Scales] = [undefined, [[]], { logSteps: false, logValues: false }];

  const readOff = (index: number | null | undefined): void => {
    const at = index ?? shown[0].length - 1;
    const values = lines.flatMap(({ label }, i) => {
      const value = shown[i + 1]?.[at];
      return value === null || value === undefined ? [] : [`${format(value)}${label && ` ${label}`}`];
    });
    readout.textContent = at < 0 ? '' : `step ${shown[0][at]!.toLocaleString('en')}: ${values.join(', ') || 'not finite'}`;
  };
  const build = (): UPlot => {
    plot?.destroy();
    const data = shown as unknown as UPlot.AlignedData;
    return new uPlot(plotOptions(options, { scales, width: box.clientWidth, onCursor: readOff }), data, box);
  };
  new ResizeObserver(() => {
    if (plot && box.clientWidth > 0) plot.setSize({ width: box.clientWidth, height: HEIGHT });
  }).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot?.redraw(false));
  box.addEventListener('keydown', ({ key }) => {
    if (plot && (key === 'ArrowLeft' || key === 'ArrowRight')) moveCursor(plot, key === 'ArrowLeft' ? -1 : 1);
  });
  return {
    show: (columns, asked) => {
      const isRescaled = asked.logSteps !== scales.logSteps || asked.logValues !== scales.logValues;
      scales = asked;
      shown = positive(columns, asked);
      const isEmpty = !shown.slice(1).some((values) => values.some((value) => value !== null));
      [nothing.hidden, box.hidden] = [!isEmpty, isEmpty];
      if (isEmpty) {
        plot?.destroy();
        plot = undefined;
      } else if (plot === undefined || isRescaled) plot = build();
      else plot.setData(shown as unknown as UPlot.AlignedData);
      readOff(plot?.cursor.idx);
    },
  };
}

interface Drawn {
  readonly scales: Scales;
  readonly width: number;
  readonly onCursor: (index: number | null | undefined) => void;
}

function plotOptions({ lines, band = false, tick = formatTick }: LineChartOptions, { scales, width, onCursor }: Drawn): UPlot.Options {
  const color = (name: string) => (): string => getComputedStyle(document.documentElement).getPropertyValue(name);
  const axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const edges = band ? [lines.length + 1, lines.length + 2] : [];
  return {
    width,
    height: HEIGHT,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false, distr: distribution(scales.logSteps) },
      y: { distr: distribution(scales.logValues) },
    },
    axes: [
      { ...axis, size: 30, values: (_, ticks) => ticks.map((step) => (step === null ? '' : compact(step))) },
      { ...axis, size: 58, values: (_, ticks) => ticks.map((value) => (value === null ? '' : tick(value))) },
    ],
    series: [
      {},
      ...lines.map(({ color: name, width: lineWidth, dots = false }) => ({
        stroke: color(name),
        width: lineWidth,
        spanGaps: true,
        points: { show: dots, size: 5, fill: color(name) },
      })),
      ...edges.map(() => ({ stroke: 'transparent', width: 0, points: { show: false } })),
    ],
    ...(band && { bands: [{ series: edges as [number, number], fill: () => withAlpha(color(lines[0]!.color)()) }] }),
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx)] },
  };
}

/** 3 is logarithmic, 1 linear. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- of the enumeration there are the types alone
const distribution = (isLog: boolean): UPlot.Scale.Distr => (isLog ? 3 : 1) as UPlot.Scale.Distr;

/** On a logarithmic scale there is no 0, and nothing below it. */
function positive([steps, ...values]: ChartColumns, { logSteps, logValues }: Scales): ChartColumns {
  const kept = logSteps
    ? steps.map((step, i) => [step, i] as const).filter(([step]) => step > 0)
    : steps.map((step, i) => [step, i] as const);
  const isShown = (value: number | null | undefined): value is number => typeof value === 'number' && (!logValues || value > 0);
  return [kept.map(([step]) => step), ...values.map((column) => kept.map(([, i]) => (isShown(column[i]) ? column[i] : null)))];
}

function moveCursor(plot: UPlot, by: number): void {
  const steps = plot.data[0];
  const from = plot.cursor.idx ?? (by < 0 ? steps.length : -1);
  const index = Math.min(steps.length - 1, Math.max(0, from + by));
  plot.setCursor({ left: plot.valToPos(steps[index]!, 'x'), top: 10 });
}

function compact(step: number): string {
  return step >= 10_000 ? `${Number((step / 1000).toPrecision(4))}k` : String(step);
}

/** Of a colour in six hexadecimal digits. */
const withAlpha = (color: string): string => `${color.trim()}33`;
