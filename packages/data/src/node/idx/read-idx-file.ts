import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { decodeIdx } from '../../formats/decode-idx.ts';
import { gunzip } from '../archives/gunzip.ts';
import { explainReadError } from '../explain-read-error.ts';
import { withinFile } from '../within-file.ts';

/** Twenty times the images of MNIST. */
const MAX_BYTES = 2 ** 30;

/** A file `name` or `name.gz` of a folder, the first where both are there, as uint8 of this rank and at least one number. */
export async function readIdxFile(
  caller: string,
  folder: string,
  { name, rank }: { readonly name: string; readonly rank: number },
): Promise<{ readonly path: string; readonly shape: readonly number[]; readonly data: Uint8Array }> {
  const plain = join(folder, name);
  const bytes = await readIfThere(caller, plain);
  const path = bytes === undefined ? `${plain}.gz` : plain;
  const file = bytes ?? (await readIfThere(caller, path));
  if (file === undefined) throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(folder)} has neither ${name} nor ${name}.gz`);
  return withinFile(caller, path, async () => {
    const unpacked = bytes ?? (await gunzip(file, { maxBytes: MAX_BYTES, archiveName: path }));
    const { dtype, shape, data } = decodeIdx(unpacked, { fileName: name });
    if (dtype !== 'uint8' || shape.length !== rank || shape.includes(0)) {
      throw new D3pmError(
        'INVALID_DATA',
        `it holds ${dtype} of shape [${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}], expected uint8 with ${rank} ${rank === 1 ? 'axis' : 'axes'}, none of them 0`,
      );
    }
    return { path, shape, data };
  });
}

async function readIfThere(caller: string, path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw explainReadError(caller, path, cause);
  });
}
