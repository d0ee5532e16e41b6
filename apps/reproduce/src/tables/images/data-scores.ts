import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng, D3pmError } from '@d3pm/core';
import type { Progress } from '../../progress.ts';
import type { RunFolder } from '../../run-folder.ts';
import { loadData } from '../../train/build-training.ts';
import { fingerprint } from '../fingerprint.ts';
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
  const { train, test } = await loadData(rows[0]!.config.data);
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
    await folder.write(FILE, `${JSON.stringify({ of: ofTable(table), scores }, undefined, 1)}\n`);
    progress.finish(record.reports.map(({ name: score, value }) => `${score} ${value.toPrecision(4)}`).join(', '));
  }
  return Object.values(scores);
}

/** Those that are there already. @throws {D3pmError} `CONFIG_CHANGED` for those of other data */
export async function readDataScores(table: ImageTable, { path }: RunFolder): Promise<DataScores> {
  const file = join(path, FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const { of, scores } = parsed(text, file);
  if (of === ofTable(table)) return scores;
  throw new D3pmError(
    'CONFIG_CHANGED',
    `table: ${file} is of another size or data set; choose another folder with --out, or delete the file`,
  );
}

function parsed(text: string, file: string): { readonly of: string; readonly scores: DataScores } {
  try {
    return JSON.parse(text) as ReturnType<typeof parsed>;
  } catch (cause) {
    throw new D3pmError('INVALID_DATA', `table: ${file} is no JSON; delete it, and it is made again`, { cause });
  }
}

const ofTable = ({ rows, sizes: { samples } }: ImageTable): string => fingerprint({ data: rows[0]!.config.data, samples });
