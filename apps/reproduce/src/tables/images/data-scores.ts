import { createRng } from '@d3pm/core';
import type { Progress } from '../../progress.ts';
import type { RunFolder } from '../../run-folder.ts';
import { loadData } from '../../train/build-training.ts';
import { fingerprint } from '../fingerprint.ts';
import { keptJson, type KeptJson } from '../kept-json.ts';
import type { ScoresRecord } from '../row-results.ts';
import type { FeatureName, ImageTable } from '../table.ts';
import { numBatches } from './image-batches.ts';
import { scoresOf } from './score-images.ts';

const FILE = 'data-scores.json';

/** By what measures them. */
export type DataScores = Readonly<Partial<Record<FeatureName, ScoresRecord>>>;

/** The scores of training images, as many as a row has samples, made once for the folder of a table: what a perfect model would have. */
export async function dataScores(
  table: ImageTable,
  { folder, progress, signal }: { readonly folder: RunFolder; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<readonly ScoresRecord[]> {
  const { rows, sizes, features } = table;
  const made = await readDataScores(table, folder);
  const missing = features.filter(({ name }) => !made[name]);
  if (missing.length === 0) return Object.values(made);
  const { train, test } = await loadData(rows[0]!.config);
  const count = Math.min(sizes.samples, train!.size);
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * train!.size) / count));
  const images = train!.examples(indices, createRng('training images'));
  const scores: Partial<Record<FeatureName, ScoresRecord>> = { ...made };
  for (const { name, referenceExamples } of missing) {
    progress.start(`scores of training images: ${name}`, numBatches(count) + numBatches(Math.min(referenceExamples, test!.size)));
    const record = await scoresOf(images, {
      test: test!,
      table,
      features: name,
      tableFolder: folder.path,
      onProgress: (done) => {
        signal.throwIfAborted();
        progress.update(done);
      },
    });
    scores[name] = { steps: 0, ...record };
    await keptOf(table, folder).write({ scores });
    progress.finish(record.reports.map(({ name: score, value }) => `${score} ${value.toPrecision(4)}`).join(', '));
  }
  return Object.values(scores);
}

/** Those that are there already. @throws {D3pmError} `CONFIG_CHANGED` for those of other data */
export async function readDataScores(table: ImageTable, folder: RunFolder): Promise<DataScores> {
  return (await keptOf(table, folder).read())?.scores ?? {};
}

const keptOf = (table: ImageTable, folder: RunFolder): KeptJson<{ readonly scores: DataScores }> => keptJson(folder, FILE, ofTable(table));

const ofTable = ({ rows, sizes: { samples } }: ImageTable): string => fingerprint({ data: rows[0]!.config.data, samples });
