import { readFileSync } from 'node:fs';
import { D3pmError } from '@d3pm/core';
import { encodeText8, normalizeText8, TEXT8_NUM_STATES } from '@d3pm/data';

/**
 * How often each of the 27 characters of text8 is in a text file; float64 `[27]`.
 *
 * @throws {D3pmError} `INVALID_DATA` for a file that cannot be read or has no character.
 */
export function characterLaw(path: string): Float64Array {
  const counts = new Float64Array(TEXT8_NUM_STATES);
  const states = encodeText8(normalizeText8(textOf(path)));
  if (states.length === 0) throw new D3pmError('INVALID_DATA', `characterLaw: ${path} is empty, expected text to count the characters of`);
  for (const state of states) counts[state]! += 1;
  return counts.map((count) => count / states.length);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new D3pmError('INVALID_DATA', `characterLaw: cannot read ${path} (${(cause as Error).message})`, { cause });
  }
}
