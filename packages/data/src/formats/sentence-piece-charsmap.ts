import { D3pmError } from '@d3pm/core';

/** A replacement of the table: how many bytes of the text it is for, and where its own bytes lie in `bytes`. */
export interface CharsmapMatch {
  readonly length: number;
  readonly start: number;
  readonly end: number;
}

export interface Charsmap {
  readonly bytes: Uint8Array;
  /** The replacement for the longest key that the text has at `at`; undefined for none. */
  longestMatch(text: Uint8Array, at: number, end: number): CharsmapMatch | undefined;
  /** Whether an ASCII byte stays as it is where another ASCII byte, or nothing, follows. */
  staysBeforeAscii(byte: number): boolean;
}

const UNIT = 4;
const ASCII = 0x80;

/**
 * Reads the compiled table of a normalizer.
 *
 *     uint32 n · n bytes: a double array of uint32 (little-endian) · replacements, each ended by NUL
 *     unit: bits 0–7 label, bit 8 has a leaf, bit 9 offset × 256, bits 10–31 offset; of a leaf, bits 0–30 its value
 *     a byte c leads from a node to (node ⊕ offset) ⊕ c, if the label there is c; its leaf is at that node ⊕ offset
 *
 * The value of a key is where its replacement begins.
 *
 * @throws {D3pmError} `INVALID_DATA` when the sizes do not agree, and from `longestMatch` when a node or a value leads out of the table
 */
export function sentencePieceCharsmap(bytes: Uint8Array): Charsmap {
  const damaged = (problem: string): D3pmError =>
    new D3pmError('INVALID_DATA', `sentencePieceTokenizer: the precompiled_charsmap of the model ${problem}: the file is damaged`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = bytes.length > UNIT ? view.getUint32(0, true) : -1;
  if (size < UNIT || size % UNIT !== 0 || size > bytes.length - UNIT) {
    throw damaged(`has ${bytes.length} bytes and says that ${Math.max(size, 0)} of them are its tree`);
  }
  const units = Uint32Array.from({ length: size / UNIT }, (_, i) => view.getUint32(UNIT * (i + 1), true));
  const first = UNIT + size;
  const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

  const replacement = (value: number, length: number): CharsmapMatch => {
    const start = first + value;
    if (start >= bytes.length) throw damaged(`has a replacement at byte ${start} of ${bytes.length}`);
    const end = bytes.indexOf(0, start);
    return { length, start, end: end === -1 ? bytes.length : end };
  };

  const unitAt = (node: number): number => {
    const unit = units[node];
    if (unit === undefined) throw damaged(`leads to node ${node} of ${units.length}`);
    return unit;
  };
  const hasLabel = (unit: number, byte: number): boolean => (unit & 0x800000ff) >>> 0 === byte;
  const root = offsetOf(units[0]!);

  return {
    bytes,
    longestMatch: (text, at, end) => {
      let node = root;
      let [length, value] = [0, 0];
      for (let i = at; i < end; i++) {
        node ^= text[i]!;
        const unit = unitAt(node);
        if (!hasLabel(unit, text[i]!)) break;
        node ^= offsetOf(unit);
        if ((unit & 0x100) !== 0) [length, value] = [i + 1 - at, unitAt(node) & 0x7fffffff];
      }
      return length === 0 ? undefined : replacement(value, length);
    },
    staysBeforeAscii: (byte) => {
      const unit = units[root ^ byte];
      if (unit === undefined || (hasLabel(unit, byte) && (unit & 0x100) !== 0)) return false;
      const node = root ^ byte ^ offsetOf(unit);
      const goesOn = (next: number): boolean => units[node ^ next] === undefined || hasLabel(units[node ^ next]!, next);
      return !hasLabel(unit, byte) || !Array.from({ length: ASCII }, (_, next) => next).some(goesOn);
    },
  };
}
