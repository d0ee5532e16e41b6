/** Bytes of a UTF-8 character by the four high bits of its first; a byte that begins none stands alone. */
const LENGTHS = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4);

/** How many bytes the character at `at` has, at most up to `end`. */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  return Math.min(LENGTHS[bytes[at]! >> 4]!, end - at);
}
