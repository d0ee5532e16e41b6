import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { D3pmError } from '@d3pm/core';

/** A file of weights, and which they are. */
export interface WeightsFile {
  readonly file: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly checksum: string;
}

/** @throws {D3pmError} `INVALID_OPTIONS` for a file that cannot be read */
export async function readWeightsFile(file: string): Promise<WeightsFile & { readonly bytes: Uint8Array }> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new D3pmError('INVALID_OPTIONS', `features: cannot read the weights ${file}: ${(cause as Error).message}`, { cause });
  });
  return { file, checksum: createHash('sha256').update(bytes).digest('hex'), bytes };
}
