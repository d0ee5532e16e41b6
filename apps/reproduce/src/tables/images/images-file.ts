import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { D3pmError, type States } from '@d3pm/core';
import { decodeIdx } from '@d3pm/data';
import { writeWholeFile } from '../../write-whole-file.ts';

/** uint8 `[n, height, width, channels]` */
export interface ImageBytes {
  readonly values: Uint8Array;
  readonly shape: readonly number[];
}

/** Writes images as IDX. @returns the SHA-256 of the file, hexadecimal */
export async function writeImagesFile(path: string, { values, shape }: ImageBytes): Promise<string> {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 0x08, shape.length]);
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  const bytes = Buffer.concat([head, values]);
  await mkdir(dirname(path), { recursive: true });
  await writeWholeFile(path, bytes);
  return sha256(bytes);
}

/** @throws {D3pmError} `INVALID_DATA` for a file that is missing, or is not the one of that SHA-256 */
export async function readImagesFile(path: string, expected: string): Promise<States> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new D3pmError('INVALID_DATA', `table: cannot read the samples ${path}; delete the result beside it, and they are drawn again`, {
      cause,
    });
  });
  if (sha256(bytes) !== expected) {
    throw new D3pmError('INVALID_DATA', `table: ${path} is not what its result says; delete both, and the samples are drawn again`);
  }
  const { data, shape } = decodeIdx(bytes, { fileName: path });
  return { values: Int32Array.from(data), shape };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
