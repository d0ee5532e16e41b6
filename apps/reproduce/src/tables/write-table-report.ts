import { join } from 'node:path';
import { renderPng } from '../figures/render-png.ts';
import type { RunFolder } from '../run-folder.ts';
import { readBaselines } from './ngram-baselines.ts';
import { pieceFiles } from './piece-files.ts';
import type { Job } from './queue.ts';
import { rowsChart, type ChartPoint } from './rows-chart.ts';
import { isComplete } from './run-row.ts';
import type { Table } from './table.ts';
import { tablePage } from './table-page.ts';
import { summarizeTable, type RowSummary } from './table-summary.ts';

export interface WriteTableReportOptions {
  readonly folder: RunFolder;
  readonly queue: readonly Job[];
  readonly command: string;
}

/** Writes `report.md`, `report.json` and the pictures of what is there so far. @returns the path of the page. */
export async function writeTableReport(table: Table, { folder, queue, command }: WriteTableReportOptions): Promise<string> {
  const folderOf = ({ row, seed }: Job): string => join(folder.path, `${row}-seed-${seed}`);
  const summary = await summarizeTable(table, queue, (job) => join(folderOf(job), 'results'));
  const baselines = (await readBaselines(folder)) ?? [];
  const pictures: { readonly file: string; readonly title: string }[] = [];
  const draw = async (file: string, title: string, svg: string): Promise<void> => {
    await folder.write(file, renderPng(svg));
    pictures.push({ file, title });
  };
  const firsts = summary.rows.filter(({ row, reverse }) => reverse !== undefined && reverse === row.reverses[0]);
  if (firsts.length > 0) {
    const exact = summary.rows.filter(({ reverse }) => reverse === undefined);
    const lines = [
      ...exact.map(({ row, bits }) => ({ name: row.title, value: bits.mean })),
      ...baselines
        .filter(({ order }) => order === Math.max(...table.ngramOrders))
        .map(({ order, bits }) => ({ name: `${order}-gram`, value: bits })),
    ];
    const label = `${table.unit}, an upper bound (bars: seeds)`;
    await draw(
      'bits-against-steps.png',
      'The bound against the number of steps',
      rowsChart({ points: firsts.map(bitsPoint), lines, yLabel: label }),
    );
    const timed = firsts.filter(({ sampling }) => sampling !== undefined);
    if (timed.length > 0) {
      const seconds = exact.flatMap(({ row, sampling }) => (sampling ? [{ name: row.title, value: sampling.seconds.mean }] : []));
      await draw(
        'time-against-steps.png',
        'Seconds to sample one example against the number of steps',
        rowsChart({ points: timed.map(timePoint), lines: seconds, yLabel: 'seconds for one example', yType: 'log' }),
      );
    }
  }
  const complete = await Promise.all(
    queue.map((job) =>
      isComplete(
        table,
        table.rows.find(({ name }) => name === job.row)!,
        pieceFiles(join(folderOf(job), 'results')),
      ),
    ),
  );
  const jobs = { done: complete.filter(Boolean).length, all: queue.length };
  await folder.write('report.md', tablePage({ table, summary, baselines, command, pictures, jobs }));
  await folder.write(
    'report.json',
    `${JSON.stringify({ table: table.name, size: table.size, data: table.dataNote, command, baselines, ...summary }, undefined, 1)}\n`,
  );
  return join(folder.path, 'report.md');
}

const bitsPoint = ({ row, steps, bits }: RowSummary): ChartPoint => ({ row: row.title, steps, value: bits.mean, error: bits.spread ?? 0 });

const timePoint = ({ row, steps, sampling }: RowSummary): ChartPoint => ({
  row: row.title,
  steps,
  value: sampling!.seconds.mean,
  error: 0,
});
