import { D3pmError, quoted } from '@d3pm/core';

export interface DecodeFileOptions {
  /** How errors name the file; nothing is opened by it. */
  readonly fileName: string;
}

/** Makes the error of a damaged file out of what is wrong with it. */
export type Damage = (problem: string) => D3pmError;

/**
 * The start of every decoder: checks the arguments, and says how errors begin.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` when `bytes` are no Uint8Array or the file has no name.
 */
export function openFileBytes(decoder: string, bytes: Uint8Array, options: DecodeFileOptions): Damage {
  // Not `instanceof`, which refuses the arrays of another frame or worker.
  const kind = Object.prototype.toString.call(bytes).slice(8, -1);
  if (kind !== 'Uint8Array') {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${decoder}: bytes are ${kind}, expected Uint8Array; wrap an ArrayBuffer: new Uint8Array(buffer)`,
    );
  }
  const fileName: unknown = (options as Partial<DecodeFileOptions> | undefined)?.fileName;
  if (typeof fileName !== 'string') {
    throw new D3pmError('INVALID_OPTIONS', `${decoder}: fileName is ${typeof fileName}, expected a string: errors name the file by it`);
  }
  return (problem) => new D3pmError('INVALID_DATA', `${decoder}: ${quoted(fileName)}: ${problem}`);
}
