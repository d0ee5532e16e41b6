import { numericWidth } from './numeric-data.ts';
import type { NumericDtype } from './numeric-array.ts';
import type { Damage } from './open-file-bytes.ts';

const MAX_DIMENSIONS_SHOWN = 8;

/**
 * Checks, before anything is allocated, that the numbers fill the rest of the file exactly.
 *
 * An axis of length 0 makes an empty array; the others must still multiply to less than 2^53, as NumPy demands.
 */
export function assertDataLength(
  damaged: Damage,
  {
    dtype,
    shape,
    offset,
    length,
  }: { readonly dtype: NumericDtype; readonly shape: readonly number[]; readonly offset: number; readonly length: number },
): void {
  const name = `shape [${shape.slice(0, MAX_DIMENSIONS_SHOWN).join(', ')}${shape.length > MAX_DIMENSIONS_SHOWN ? ', …' : ''}] of ${dtype}`;
  const extent = shape.reduce((product, dimension) => (dimension === 0 ? product : product * dimension), numericWidth(dtype));
  if (!Number.isSafeInteger(extent)) throw damaged(`${name} overflows: it is more than 2^53 bytes`);
  const expected = offset + (shape.includes(0) ? 0 : extent);
  if (expected > length) {
    throw damaged(
      `${name} needs ${expected} bytes, the file has ${length}: ${expected - length} are missing; it is cut short, fetch it again`,
    );
  }
  if (expected < length) {
    throw damaged(`${name} needs ${expected} bytes, the file has ${length}: ${length - expected} too many, from offset ${expected}`);
  }
}
