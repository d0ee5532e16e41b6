import { createRng, type Dataset } from '@d3pm/core';
import { evenlySpaced } from '@d3pm/eval';
import type { FeatureName } from '../../choices.ts';
import { referenceSplit } from '../../features/reference-split.ts';
import type { Progress } from '../../progress.ts';
import type { RunFolder } from '../../run-folder.ts';
import { loadData } from '../../train/build-training.ts';
import { fingerprint } from '../fingerprint.ts';
import { keptJson, type KeptJson } from '../kept-json.ts';
import type { ScoresRecord } from '../row-results.ts';
import type { ImageTable } from '../table.ts';
import { numBatches } from './image-batches.ts';
import { scoresOf } from './score-images.ts';

const FILE = 'data-scores.json';

/** By what measures them. */
export type DataScores = Readonly<Partial<Record<FeatureName, ScoresRecord>>>;

/** Real images that samples are not compared with, and what they are called. */
export const besideReference = ({ reference }: Pick<ImageTable, 'reference'>): string =>
  reference === 'test' ? 'training images' : 'held-out images';

/**
 * The scores of real images of the other split, as many as a row has samples where there are so many, made once for the folder of a table: what a
 * perfect model would have.
 */
export async function dataScores(
  table: ImageTable,
  { folder, progress, signal }: { readonly folder: RunFolder; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<readonly ScoresRecord[]> {
  const { rows, sizes, features } = table;
  const made = await readDataScores(table, folder);
  const missing = features.filter(({ name }) => !made[name]);
  if (missing.length === 0) return Object.values(made);
  const { data } = rows[0]!.config;
  const splits = await loadData({ data });
  const reference = referenceSplit(splits, table.reference, data);
  const beside = splits[table.reference === 'test' ? 'train' : 'test']!;
  const images = someOf(beside, sizes.samples);
  const count = images.shape[0]!;
  const label = besideReference(table);
  let scores: DataScores = (await keptOf(table, folder).read())?.scores ?? {};
  for (const { name, referenceExamples } of missing) {
    progress.start(`scores of ${label}: ${name}`, numBatches(count) + numBatches(Math.min(referenceExamples, reference.size)));
    const record = await scoresOf(images, {
      reference,
      table,
      features: name,
      tableFolder: folder.path,
      onProgress: (done) => {
        signal.throwIfAborted();
        progress.update(done);
      },
    });
    scores = { ...scores, [name]: { steps: 0, ...record } };
    await keptOf(table, folder).write({ scores });
    progress.finish(record.reports.map(({ name: score, value }) => `${score} ${value.toPrecision(4)}`).join(', '));
  }
  return Object.values(await readDataScores(table, folder));
}

function someOf(data: Dataset, wanted: number): ReturnType<Dataset['examples']> {
  const count = Math.min(wanted, data.size);
  return data.examples(evenlySpaced({ size: data.size, count }), createRng('training images'));
}

/**
 * Those of the table that are there already; what other weights have said is not among them.
 *
 * @throws {D3pmError} `CONFIG_CHANGED` for those of other data
 */
export async function readDataScores(table: ImageTable, folder: RunFolder): Promise<DataScores> {
  const kept = (await keptOf(table, folder).read())?.scores ?? {};
  return Object.fromEntries(
    table.features.flatMap(({ name }) => {
      const record = kept[name];
      const isOther = name === 'inception' && record?.extractor.checksum !== table.inception?.checksum;
      return record && !isOther ? [[name, record]] : [];
    }),
  );
}

const keptOf = (table: ImageTable, folder: RunFolder): KeptJson<{ readonly scores: DataScores }> => keptJson(folder, FILE, ofTable(table));

const ofTable = ({ rows, sizes: { samples }, reference }: ImageTable): string =>
  fingerprint({ data: rows[0]!.config.data, samples, ...(reference !== 'test' && { reference }) });
