import { D3pmError } from '@d3pm/core';
import writeFileAtomic from 'write-file-atomic';

/** @returns the path. @throws {D3pmError} `INVALID_OPTIONS` where it cannot be written. */
export async function writePicture(path: string, png: Uint8Array): Promise<string> {
  await writeFileAtomic(path, Buffer.from(png)).catch((cause: Error) => {
    throw new D3pmError('INVALID_OPTIONS', `inspect: cannot write ${path} (${cause.message}); choose another file with --out`, { cause });
  });
  return path;
}
