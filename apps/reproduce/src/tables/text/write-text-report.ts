import { join } from 'node:path';
import { decodeText8 } from '@d3pm/data';
import { nearestNeighbor, nearestNeighborGraph } from '@d3pm/transitions';
import { graphSvg } from '../../figures/graph-svg.ts';
import { renderPng } from '../../figures/render-png.ts';
import type { RunFolder } from '../../run-folder.ts';
import { completeTransition } from '../../train/complete-transition.ts';
import { readBaselines } from './ngram-baselines.ts';
import type { Job } from '../queue.ts';
import { rowsChart, type ChartPoint } from '../rows-chart.ts';
import { jobsDone } from '../jobs-done.ts';
import type { TableRow, TextTable } from '../table.ts';
import { tableReader } from '../table-reader.ts';
import { summarizeTable, type RowSummary } from '../table-summary.ts';
import { textPage, type RowTexts } from './text-page.ts';

export interface WriteTextReportOptions {
  readonly folder: RunFolder;
  readonly queue: readonly Job[];
}

/** Writes `report.md`, `report.json` and the pictures of what is there so far. @returns the path of the page. */
export async function writeTextReport(table: TextTable, { folder, queue }: WriteTextReportOptions): Promise<string> {
  const reader = tableReader(table, queue, folder.path);
  const rows = await summarizeTable(table, reader);
  const texts: RowTexts[] = [];
  for (const row of table.rows) {
    const [first] = await reader.read(row, { kind: 'texts' });
    if (first) texts.push({ row, seed: first.seed, texts: first.value });
  }
  const { provenance } = reader;
  const baselines = (await readBaselines(table, folder)) ?? [];
  const pictures: { readonly file: string; readonly title: string }[] = [];
  const draw = async (file: string, title: string, svg: string): Promise<void> => {
    await folder.write(file, renderPng(svg));
    pictures.push({ file, title });
  };
  const firsts = rows.filter(({ row, reverse }) => reverse !== undefined && reverse === row.reverses[0]);
  if (firsts.length > 0) {
    const exact = rows.filter(({ reverse }) => reverse === undefined);
    const lines = [
      ...exact.map(({ row, shown }) => ({ name: row.title, value: shown.mean })),
      ...baselines
        .filter(({ order }) => order === Math.max(...table.ngramOrders))
        .map(({ order, bits, perWord }) => ({ name: `${order}-gram`, value: perWord?.perplexity ?? bits })),
    ];
    const label = `${table.unit}, an upper bound (bars: half the range of seeds, or 2 standard errors where they are more)`;
    await draw(
      'bound-against-steps.png',
      'The bound against the number of steps',
      rowsChart({ points: chartPoints(firsts, boundPoint), lines, yLabel: label }),
    );
    const timed = firsts.filter(({ sampling }) => sampling !== undefined);
    if (timed.length > 0) {
      const seconds = exact.flatMap(({ row, sampling }) => (sampling ? [{ name: row.title, value: sampling.seconds.mean }] : []));
      await draw(
        'time-against-steps.png',
        'Seconds to sample one example against the number of steps',
        rowsChart({
          points: chartPoints(timed, timePoint),
          lines: seconds,
          yLabel: 'seconds for one example (bars: half the range of seeds)',
          yType: 'log',
        }),
      );
    }
  }
  const neighbours = table.rows.find(({ config }) => config.transition.name === 'nearest-neighbor');
  if (neighbours && rows.some(({ row }) => row === neighbours)) {
    await draw('neighbours.png', 'Which characters are neighbours', await neighbourGraph(neighbours));
  }
  const jobs = await jobsDone(table, queue, folder.path);
  await folder.write('report.md', textPage({ table, rows, texts, provenance, baselines, pictures, jobs }));
  await folder.write(
    'report.json',
    `${JSON.stringify({ table: table.name, size: table.size, data: table.dataNote, baselines, rows, texts, provenance }, undefined, 1)}\n`,
  );
  return join(folder.path, 'report.md');
}

/** The graph of the row's embeddings. */
async function neighbourGraph({ config }: TableRow): Promise<string> {
  const { name: _, ...options } = await completeTransition(config.transition);
  const { embeddings, numNeighbors = 5 } = nearestNeighbor.parse(options);
  const graph = nearestNeighborGraph(embeddings, { numNeighbors });
  const labels = Array.from({ length: graph.numStates }, (_, state) => decodeText8({ values: Int32Array.of(state), shape: [1, 1] })[0]!);
  return graphSvg(graph, { labels: labels.map((character) => (character === ' ' ? '␣' : character)) });
}

const boundPoint = ({ steps, shown }: RowSummary, row: string): ChartPoint => ({
  row,
  steps,
  value: shown.mean,
  error: Math.max(shown.spread ?? 0, 2 * (shown.standardError ?? 0)),
});

const timePoint = ({ steps, sampling }: RowSummary, row: string): ChartPoint => ({
  row,
  steps,
  value: sampling!.seconds.mean,
  error: sampling!.seconds.spread ?? 0,
});

/** The rows of a chart, each with its reverse process where they have several and the title does not say it. */
function chartPoints(rows: readonly RowSummary[], point: (row: RowSummary, name: string) => ChartPoint): readonly ChartPoint[] {
  const isMixed = new Set(rows.map(({ reverse }) => reverse)).size > 1;
  return rows.map((summary) => {
    const { row, reverse } = summary;
    return point(summary, isMixed && !row.title.includes(reverse!) ? `${row.title}, ${reverse!}` : row.title);
  });
}
