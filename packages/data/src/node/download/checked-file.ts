import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Download } from './download-options.ts';

/** What a file is to be; undefined is not checked. */
export type Expected = Pick<Download, 'sha256' | 'size'>;

export interface FileFacts {
  /** In hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** SHA-256 and length of a file, or why it has none. Holds a piece of it at a time. */
export async function fileFacts(path: string, signal: AbortSignal): Promise<FileFacts | 'missing' | 'no file'> {
  const found = await stat(path).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  });
  if (found === undefined) return 'missing';
  if (!found.isFile()) return 'no file';
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return { sha256: hash.digest('hex'), size: found.size };
}

/** How a file differs from what is expected, with both values; undefined when it does not. */
export function mismatch(found: FileFacts, { sha256, size }: Expected): string | undefined {
  if (size !== undefined && found.size !== size) return `it has ${found.size} bytes, expected ${size}`;
  return sha256 === undefined || found.sha256 === sha256 ? undefined : `its sha256 is ${found.sha256}, expected ${sha256}`;
}
