import { D3pmError } from '@d3pm/core';
import { systemErrorText } from '../system-error-text.ts';
import { writeWholeFile } from '../write-whole-file.ts';

/** @returns the path. @throws {D3pmError} `INVALID_OPTIONS` where it cannot be written. */
export async function writePicture(path: string, png: Uint8Array): Promise<string> {
  await writeWholeFile(path, png).catch((cause: Error) => {
    throw new D3pmError('INVALID_OPTIONS', `inspect: cannot write ${path}: ${systemErrorText(cause)}; choose another file with --out`, {
      cause,
    });
  });
  return path;
}
