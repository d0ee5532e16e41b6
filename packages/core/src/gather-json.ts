import type { ProcessGroup } from './process-group.ts';

/**
 * What each member has to say, in the order of their ranks, the same on all of them.
 *
 * @param value As JSON carries it; not undefined.
 */
export async function gatherJson<T>(group: ProcessGroup, value: T): Promise<T[]> {
  const own = asciiBytes(JSON.stringify(value));
  const lengths = new Float64Array(group.size);
  lengths[group.rank] = own.length;
  await group.sum(lengths);
  const values: T[] = [];
  for (let rank = 0; rank < group.size; rank++) {
    const bytes = rank === group.rank ? own : new Uint8Array(lengths[rank]!);
    await group.broadcast(bytes, rank);
    values.push(JSON.parse(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) as T);
  }
  return values;
}

/** A byte a character: JSON has an escape for all but ASCII. */
function asciiBytes(json: string): Uint8Array {
  const ascii = json.replace(/[^\0-\u007f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}
