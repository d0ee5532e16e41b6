import type { ChartData } from './chart-data.ts';
import { formatNumber, formatPace } from './format.ts';
import { createLineChart, type ChartColumns, type LineChart, type LineChartOptions, type Scales } from './line-chart.ts';

interface ChartKind extends LineChartOptions {
  columns(data: ChartData): ChartColumns;
}

const column = (points: readonly (readonly (number | null)[])[], index: number): (number | null)[] =>
  points.map((point) => point[index] ?? null);
const steps = (points: readonly (readonly [number, ...unknown[]])[]): number[] => points.map(([step]) => step);

const kinds: readonly ChartKind[] = [
  {
    title: 'Loss, bits per dimension',
    empty: 'no step yet',
    lines: [
      { color: '--faint', width: 1, label: '' },
      { color: '--curve', width: 2, label: 'smoothed' },
    ],
    format: formatNumber,
    columns: ({ train }) => [steps(train), column(train, 1), column(train, 2)],
  },
  {
    title: 'Held-out bound ± 2 standard errors, bits per dimension',
    empty: 'no bound so far',
    lines: [{ color: '--second', width: 2, label: '', dots: true }],
    band: true,
    format: formatNumber,
    columns: ({ bound }) => {
      const edge = (sign: number): (number | null)[] =>
        bound.map(([, bits, error]) => (bits === null || error === null ? null : bits + sign * 2 * error));
      return [steps(bound), column(bound, 1), edge(1), edge(-1)];
    },
  },
  {
    title: 'Gradient norm',
    empty: 'no step yet',
    lines: [{ color: '--curve', width: 1.5, label: '' }],
    format: formatNumber,
    columns: ({ train }) => [steps(train), column(train, 3)],
  },
  {
    title: 'Learning rate',
    empty: 'no step yet',
    lines: [{ color: '--curve', width: 2, label: '' }],
    format: formatNumber,
    columns: ({ train }) => [steps(train), column(train, 4)],
  },
  {
    title: 'Seconds per step',
    empty: 'no times yet',
    lines: [{ color: '--curve', width: 1.5, label: '' }],
    format: formatPace,
    tick: formatPace,
    columns: ({ pace }) => [steps(pace), column(pace, 1)],
  },
];

export interface Charts {
  show(data: ChartData, scales: Scales): void;
}

/** The charts of a run in a part of the page. */
export function createCharts(parent: HTMLElement): Charts {
  const charts = kinds.map((kind): readonly [ChartKind, LineChart] => [kind, createLineChart(parent, kind)]);
  return {
    show: (data, scales) => {
      for (const [kind, chart] of charts) chart.show(kind.columns(data), scales);
    },
  };
}
