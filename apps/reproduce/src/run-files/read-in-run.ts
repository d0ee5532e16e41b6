import { D3pmError, quoted } from '@d3pm/core';
import { openInRun } from './open-in-run.ts';

export interface ReadInRunOptions {
  readonly maxBytes: number;
  /** Whether a longer file is refused, or read from its start or at its end. @defaultValue 'refused' */
  readonly longer?: 'end' | 'refused' | 'start';
}

/**
 * Reads a file of a run folder as {@link openInRun} opens it.
 *
 * @returns undefined where there is none.
 * @throws {D3pmError} `INVALID_DATA` as well for a file of more than `maxBytes`, where that is refused.
 */
export async function readInRun(
  root: string,
  names: readonly string[],
  { maxBytes, longer = 'refused' }: ReadInRunOptions,
): Promise<Buffer | undefined> {
  const file = await openInRun(root, ...names);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    if (size > maxBytes && longer === 'refused') {
      throw new D3pmError('INVALID_DATA', `${quoted(names.join('/'))} has ${size} bytes, expected at most ${maxBytes}`);
    }
    const length = Math.min(size, maxBytes);
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, longer === 'end' ? size - length : 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
