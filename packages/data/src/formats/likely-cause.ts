const STARTS: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'it is compressed by gzip, decompress it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'it is a zip (or npz), decode its members'],
  [[0x80], 'it looks like a pickle, which could run code and is never read'],
  [[0x3c, 0x21], 'it is a page of HTML, not what was to be downloaded'],
  [[0x3c, 0x68], 'it is a page of HTML, not what was to be downloaded'],
];

/** The usual mistakes behind a file that does not begin as its format does, to end a message with; empty when it is none of them. */
export function likelyCause(bytes: Uint8Array): string {
  const found = STARTS.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  return found === undefined ? '' : `; ${found[1]}`;
}
