import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textLines } from '../src/text-lines.ts';

const names = { caller: 'readLm1b', fileName: 'news.en' };
async function linesOf(chunks: Iterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const block of textLines(chunks, names)) lines.push(...block);
  return lines;
}
/** The bytes, cut at the places given. */
const cut = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
};

describe('textLines', () => {
  it('gives the lines of a text, wherever its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', 'é', '🐳', '漢', '\n', ' '), maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        async (text, places) => {
          const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
          expect(await linesOf(cut(new TextEncoder().encode(text), places))).toEqual(lines);
        },
      ),
    );
  });

  it('does not keep memory that its source uses again', async () => {
    const memory = new Uint8Array(3);
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const part of ['a\nb', 'c\nd']) yield memory.subarray(0, new TextEncoder().encodeInto(part, memory).written);
    }
    const lines: string[] = [];
    for await (const block of textLines(source(), names)) lines.push(...block);
    expect(lines).toEqual(['a', 'bc', 'd']);
  });

  it.each([
    ['a byte that begins nothing', [0x61, 0x0a, 0xff, 0x0a], 'byte 0xFF at offset 2'],
    ['a character that is not gone on with', [0x61, 0x0a, 0x62, 0xe2, 0x96, 0x63, 0x0a], 'byte 0x63 at offset 5'],
    ['a surrogate', [0x0a, 0xed, 0xa0, 0x80, 0x0a], 'byte 0xA0 at offset 2'],
    ['Latin-1', [0x63, 0x61, 0x66, 0xe9, 0x0a, 0x78, 0x0a], 'byte 0x0A at offset 4'],
    ['a character cut off by the end', [0x61, 0x0a, 0x62, 0xe2, 0x96], 'its last character is cut off at offset 5'],
  ])('[64] refuses %s, with its offset', async (_what, bytes, message) => {
    for (const places of [[], [1], [2, 3], [4]]) {
      await expect(linesOf(cut(Uint8Array.from(bytes), places))).rejects.toMatchObject({
        code: 'INVALID_DATA',
        message: expect.stringMatching(new RegExp(`^readLm1b: "news.en": is not UTF-8: ${message}; `)) as string,
      });
    }
  });

  it('[64] refuses a file without line ends before it is in memory', async () => {
    let given = 0;
    function* source(): Generator<Uint8Array> {
      for (; given < 1000; given++) yield new Uint8Array(2 ** 22).fill(0x61);
    }
    await expect(linesOf(source())).rejects.toThrow('"news.en": has a line of more than 16777216 bytes');
    expect(given).toBeLessThan(10);
  });
});
