import { join } from 'node:path';
import { D3pmError, type States } from '@d3pm/core';
import type { PieceFiles } from '../piece-files.ts';
import { readImagesFile } from './images-file.ts';

export interface RowSamples {
  /** Of the row, where the file of the samples is. */
  readonly folder: string;
  /** Of the row, with the result of sampling. */
  readonly files: PieceFiles;
}

/** The samples of a row by a chain of so many steps. @throws {D3pmError} `INVALID_DATA` when they are not there, or damaged */
export async function readSamples({ folder, files }: RowSamples, steps: number): Promise<States> {
  const images = await files.read({ kind: 'images', steps });
  if (!images) throw new D3pmError('INVALID_DATA', `table: there are no samples of ${steps} steps in ${folder} to score`);
  const { file, sha256 } = images.value;
  return readImagesFile(join(folder, file), sha256);
}
