import { D3pmError, quoted } from '@d3pm/core';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertSameExtractor } from '../scores/assert-extractor.ts';
import { assertStatistics } from '../scores/assert-statistics.ts';
import type { ExtractorIdentity } from '../scores/feature-extractor.ts';
import type { FeatureStatistics } from '../scores/feature-statistics.ts';
import { decodeStatistics, encodeStatistics, statisticsFileName, type StatisticsKey } from './statistics-file.ts';

export interface CachedStatisticsOptions {
  /** Made when it is not there. */
  readonly folder: string;
  /** What the data are, with all that changes them: set, split, size, crop. The same id must mean the same samples for ever. */
  readonly dataId: string;
  readonly extractor: ExtractorIdentity & { readonly numFeatures: number };
  /** The statistics, when no good file has them; for example `featureStatistics`. */
  readonly make: () => Promise<FeatureStatistics>;
  /** Told when a file was damaged and is made again, and when one could not be written. */
  readonly onNotice?: (notice: string) => void;
}

/** Files of these statistics have a header of a few hundred bytes, plus the ids. */
const MAX_HEADER = 65_536;

/**
 * Statistics of a data set, made once: read from a file of the folder whose name is derived from the id of the data and from id and
 * checksum of the extractor, else made and written there. A file appears under its name when it is whole and on the disk. One that is damaged
 * is made again, with a notice; a folder that cannot be written costs the cache and a notice, not the statistics.
 *
 * @throws {D3pmError} `INVALID_DATA` when `make` gives statistics of other data or another extractor, and what `make` throws.
 */
export async function cachedStatistics({ folder, dataId, extractor, make, onNotice }: CachedStatisticsOptions): Promise<FeatureStatistics> {
  const key = { dataId, extractorId: extractor.id, extractorChecksum: extractor.checksum, numFeatures: extractor.numFeatures };
  const path = join(folder, statisticsFileName(key));
  try {
    return await readStatistics(path, key);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') onNotice?.(`${message} Its statistics are made again.`);
  }
  const made = await make();
  assertSameExtractor('cachedStatistics', { extractor, dataId }, made);
  assertStatistics('cachedStatistics', made);
  if (made.dataId !== dataId || made.mean.length !== extractor.numFeatures) {
    throw new D3pmError(
      'INVALID_DATA',
      `cachedStatistics: make gave ${made.mean.length} features of ${quoted(made.dataId)}, expected ${extractor.numFeatures} of ${quoted(dataId)}`,
    );
  }
  try {
    await mkdir(folder, { recursive: true });
    await writeWhole(path, encodeStatistics(made));
  } catch (error) {
    onNotice?.(`cachedStatistics: ${quoted(path)} could not be written: ${(error as Error).message}. The statistics are not kept.`);
  }
  return made;
}

async function readStatistics(path: string, key: StatisticsKey): Promise<FeatureStatistics> {
  const { size } = await stat(path);
  const expected = 8 * (key.numFeatures + key.numFeatures ** 2);
  if (size > expected + MAX_HEADER) {
    throw new D3pmError('INVALID_DATA', `cachedStatistics: ${quoted(path)} has ${size} bytes, expected little more than ${expected}.`);
  }
  return decodeStatistics(path, await readFile(path), key);
}

/** Under a name of its own first: whoever reads, or crashes, meets a whole file or none. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
