import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { animatedGif } from '../../figures/animated-gif.ts';
import { figure3Svg, type ProgressiveSampling } from '../../figures/figure-3-svg.ts';
import { imageScale } from '../../figures/image-scale.ts';
import { pixelGrid } from '../../figures/pixel-image.ts';
import { renderPng } from '../../figures/render-png.ts';
import { parseMetricsLine } from '../../run-files/metrics-line.ts';
import type { RunFolder } from '../../run-folder.ts';
import { jobsDone } from '../jobs-done.ts';
import type { Job } from '../queue.ts';
import { rowFolder } from '../row-pieces.ts';
import type { ImageTable, TableRow } from '../table.ts';
import { tableReader } from '../table-reader.ts';
import { summarizeTable } from '../table-summary.ts';
import { summarizeDifferences } from './difference-summary.ts';
import { curvesChart, type CurvePoint } from './curves-chart.ts';
import { readDataScores } from './data-scores.ts';
import { imagePage } from './image-page.ts';
import { fromImagesData } from './images-data.ts';
import { scoreSummary, summarizeScores, type ScoreSummary } from './score-summary.ts';
import { summarizeTrainings } from './training-summary.ts';

export interface WriteImageReportOptions {
  readonly folder: RunFolder;
  readonly queue: readonly Job[];
}

/** A frame of the animation, and the last, in milliseconds. */
const [FRAME, LAST_FRAME] = [250, 2500];

/** Writes `report.md`, `report.json` and the pictures of what is there so far. @returns the path of the page. */
export async function writeImageReport(table: ImageTable, { folder, queue }: WriteImageReportOptions): Promise<string> {
  const reader = tableReader(table, queue, folder.path);
  const rows = await summarizeTable(table, reader);
  const real = await readDataScores(table, folder);
  const scores: readonly ScoreSummary[] = [
    ...(await summarizeScores(table, reader)),
    ...Object.values(real).map((record) => scoreSummary([record])),
  ];
  const differences = await summarizeDifferences(table, reader);
  const pictures: { readonly file: string; readonly title: string }[] = [];
  const add = async (file: string, title: string, content: Uint8Array): Promise<void> => {
    await folder.write(file, content);
    pictures.push({ file, title });
  };
  for (const row of table.rows) {
    const [first] = await reader.read(row, { kind: 'images', steps: table.sampleSteps });
    if (!first) continue;
    const { shown } = first.value;
    const images = fromImagesData(shown);
    const grid = pixelGrid(images, { numStates: shown.numStates, scale: imageScale(images) });
    await add(
      `samples-${row.name}.png`,
      `${row.title}: samples of ${table.sampleSteps} steps, seed ${first.seed}, none picked`,
      encode(grid),
    );
  }
  const models: ProgressiveSampling[] = [];
  let steps: readonly number[] = [];
  for (const row of table.rows.filter(({ name }) => table.progressive.includes(name))) {
    const [first] = await reader.read(row, { kind: 'progress' });
    if (!first) continue;
    const { frames } = first.value;
    steps = first.value.steps;
    const columns = frames.map(fromImagesData);
    models.push({ title: row.title, numStates: frames[0]!.numStates, columns });
    const grids = columns.map((states) =>
      pixelGrid(states, { numStates: frames[0]!.numStates, columns: states.shape[0]!, scale: 2 * imageScale(states) }),
    );
    await add(
      `progress-${row.name}.gif`,
      `${row.title}: four images while they are sampled`,
      animatedGif(grids, { milliseconds: FRAME, lastMilliseconds: LAST_FRAME }),
    );
  }
  if (models.length > 0) {
    const title = `Progressive sampling: ${table.rows[0]!.config.data.name}`;
    const figure = figure3Svg({ title, caption: 'The first seed, the first four images, none picked.', steps, models });
    await add('figure-3.png', 'Figure 3: images while they are sampled', renderPng(figure));
  }
  const trainings = await summarizeTrainings(table, reader);
  const curves: CurvePoint[] = [];
  for (const row of table.rows) {
    const bounds = trainings.find((training) => training.row === row)?.bounds ?? (await boundsSoFar(row, queue, folder.path));
    curves.push(...bounds.map(({ step, bits }) => ({ curve: row.title, x: step, y: bits })));
  }
  if (curves.length > 0) {
    await add(
      'bound-against-updates.png',
      'The bound of some held-out images during training, the first seed of each row',
      renderPng(curvesChart(curves, { xLabel: 'updates', yLabel: 'bits/dim, an estimate' })),
    );
  }
  const { provenance } = reader;
  const jobs = await jobsDone(table, queue, folder.path);
  await folder.write('report.md', imagePage({ table, rows, scores, differences, trainings, provenance, pictures, jobs }));
  await folder.write(
    'report.json',
    `${JSON.stringify({ table: table.name, size: table.size, data: table.dataNote, rows, scores, differences, trainings, curves, provenance }, undefined, 1)}\n`,
  );
  return join(folder.path, 'report.md');
}

/** The bounds that have been estimated in a training that goes on, of the first seed of the queue. */
async function boundsSoFar({ name }: TableRow, queue: readonly Job[], folder: string): Promise<readonly { step: number; bits: number }[]> {
  const job = queue.find(({ row }) => row === name);
  if (!job) return [];
  const path = join(rowFolder(folder, job), 'run', 'metrics.jsonl');
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((written) => {
    // Half a line, of a run that goes on or was killed, is left out.
    const line = parseMetricsLine(written);
    if (typeof line === 'string' || line.kind !== 'evaluation' || !Number.isFinite(line.boundBits)) return [];
    return [{ step: line.step, bits: line.boundBits! }];
  });
}
