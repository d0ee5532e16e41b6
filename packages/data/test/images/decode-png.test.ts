import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { decodeImage } from '@d3pm/data/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../formats/expect-refusal.ts';
import { expectOnlyRefusals, outcomeOf } from '../formats/fuzz-decoder.ts';
import { mutatedBytes } from '../formats/mutated-bytes.ts';
import { goldenImage } from './golden-images.ts';
import { headerOf, pngChunk, pngOf, pngRows, type PngImage } from './png-of.ts';

const fileName = 'a.png';
const decode = (bytes: Uint8Array, more: Partial<Parameters<typeof decodeImage>[1]> = {}) => decodeImage(bytes, { fileName, ...more });
const colour: PngImage = { width: 2, height: 1, depth: 8, colorType: 2, samples: [1, 2, 3, 250, 251, 252] };
const white = [255, 255, 255] as const;
const SIGNATURE = pngOf(colour).subarray(0, 8);
const pngOfChunks = (...chunks: readonly (readonly [string, Uint8Array])[]): Buffer =>
  Buffer.concat([SIGNATURE, ...chunks.map(([type, content]) => pngChunk(type, content))]);
const header = (more: Partial<PngImage> = {}): readonly [string, Buffer] => ['IHDR', headerOf({ ...colour, ...more })];
const data = ['IDAT', deflateSync(pngRows(colour))] as const;
const end = ['IEND', Buffer.alloc(0)] as const;

/** Any PNG that is not transparent, and its samples. */
const arbPng = fc
  .record({
    width: fc.integer({ min: 1, max: 19 }),
    height: fc.integer({ min: 1, max: 19 }),
    kind: fc.constantFrom(
      [0, 1, false],
      [0, 2, false],
      [0, 4, false],
      ...[0, 2].flatMap((type) => [8, 16].flatMap((depth) => [false, true].map((interlaced) => [type, depth, interlaced] as const))),
    ),
    seed: fc.nat(),
  })
  .map(({ width, height, kind: [colorType, depth, interlaced], seed }): PngImage => {
    const count = width * height * (colorType === 2 ? 3 : 1);
    const samples = Array.from({ length: count }, (_, i) => ((i * 2654435761 + seed) >>> 7) % 2 ** (depth as number));
    return { width, height, depth: depth as number, colorType: colorType as number, interlaced: interlaced as boolean, samples };
  });

describe('decodeImage of a PNG', () => {
  it.each(['png-1', 'png-8', 'png-rgb', 'png-palette-1', 'png-palette-2', 'png-palette-4', 'png-palette-8'])(
    'reads %s as Pillow does',
    (name) => {
      const { file, width, height, mode, pixels } = goldenImage(name);
      expect(decode(file)).toEqual({ width, height, channels: mode === 'L' ? 1 : 3, data: new Uint8Array(pixels) });
    },
  );

  it('reads 16 bits as 8, rounded', () => {
    const { file, pixels } = goldenImage('png-16');
    const wide = new Uint16Array(new Uint8Array(pixels).buffer);
    expect(decode(file).data).toEqual(Uint8Array.from(wide, (sample) => Math.round(sample / 257)));
  });

  it.each(['png-rgba', 'png-la', 'png-palette-alpha', 'png-key'])('puts %s over a background', (name) => {
    const { file, mode, pixels } = goldenImage(name);
    const background = [200, 100, 0] as const;
    const [step, colours] = mode === 'LA' ? [2, 1] : [4, 3];
    const expected = Array.from({ length: (pixels.length / step) * 3 }, (_, i) => {
      const [pixel, c] = [Math.floor(i / 3) * step, i % 3];
      const alpha = pixels[pixel + colours]!;
      return Math.round((alpha * pixels[pixel + (c % colours)]! + (255 - alpha) * background[c]!) / 255);
    });
    expect(decode(file, { background })).toMatchObject({ channels: 3, data: Uint8Array.from(expected) });
    expect(new Set(pixels.filter((_, i) => i % step === colours)).size).toBeGreaterThan(1);
    expectRefusal(() => decode(file), 'give a background, [red, green, blue]');
  });

  it('is the inverse of an encoder, for every depth, filter and order', () => {
    fc.assert(
      fc.property(arbPng, (image) => {
        const { width, height, depth, colorType, samples } = image;
        const most = 2 ** depth - 1;
        const expected = Uint8Array.from(samples, (sample) => Math.round((sample * 255) / most));
        expect(decode(pngOf(image))).toEqual({ width, height, channels: colorType === 2 ? 3 : 1, data: expected });
      }),
    );
  });

  it('leaves out alpha where all is opaque, of 8 and 16 bits', () => {
    const opaque = { width: 2, height: 1, colorType: 6, depth: 8, samples: [1, 2, 3, 255, 4, 5, 6, 255] };
    expect(decode(pngOf(opaque))).toMatchObject({ channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    expect(decode(pngOf({ ...opaque, colorType: 4, depth: 16, samples: [257, 65535, 514, 65535] }))).toMatchObject({
      channels: 1,
      data: Uint8Array.of(1, 2),
    });
  });

  it.each([
    ['a shade of 2 bits', { depth: 2, colorType: 0, samples: [1, 2] }, [0, 2], [85, 85, 85, 255, 255, 255]],
    ['a grey', { colorType: 0, samples: [7, 9] }, [0, 9], [7, 7, 7, 255, 255, 255]],
    ['a colour of 16 bits', { depth: 16, samples: [257, 514, 771, 0, 1, 2] }, [0, 0, 0, 1, 0, 2], [1, 2, 3, 255, 255, 255]],
  ] as const)('takes %s for transparent where the file says so', (_, image, transparency, expected) => {
    expect([...decode(pngOf({ ...colour, ...image, transparency }), { background: white }).data]).toEqual(expected);
  });

  it('reads data in several chunks, a view at any offset, and no palette that is but advice', () => {
    const packed = deflateSync(pngRows(colour));
    const file = pngOfChunks(header(), ['PLTE', Buffer.of(9, 9, 9)], ['IDAT', packed.subarray(0, 3)], ['IDAT', packed.subarray(3)], end);
    const around = Buffer.concat([Buffer.of(1, 2, 3), file, Buffer.of(7)]);
    const result = decode(around.subarray(3));
    around.fill(0);
    expect([...result.data]).toEqual(colour.samples);
  });

  it('does not unpack what it does not need', () => {
    const profile = Buffer.concat([Buffer.from('name\0\0'), deflateSync(Buffer.alloc(50e6))]);
    const before = process.memoryUsage().arrayBuffers;
    expect([...decode(pngOf({ ...colour, extra: [pngChunk('iCCP', profile)] })).data]).toEqual(colour.samples);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2e6);
  });

  it.each([
    ['with nothing but a signature', SIGNATURE, 'the chunk at offset 8 ends at 20, the file has 8 bytes: it is cut short'],
    ['without a header', pngOfChunks(data, end), 'its first chunk is "IDAT" (offset 8), expected "IHDR"'],
    ['with a short header', pngOfChunks(['IHDR', Buffer.alloc(12)], data, end), 'its IHDR has 12 bytes, expected 13'],
    ['with two headers', pngOfChunks(header(), header(), data, end), 'it has a second IHDR (offset 33)'],
    ['of 3 bits', pngOfChunks(header({ depth: 3 }), data, end), 'colour type 2 with 3 bits, which is no PNG'],
    ['of no width', pngOfChunks(header({ width: 0 }), data, end), 'its header says 0 × 1 pixels'],
    ['with an unknown chunk that is needed', pngOfChunks(header(), ['QUAX', Buffer.alloc(1)], data, end), 'the chunk "QUAX" at offset 33'],
    ['without data', pngOfChunks(header(), end), 'it has no data, expected an IDAT chunk'],
    ['without a palette', pngOf({ ...colour, colorType: 3, samples: [0, 0] }), 'it has no palette'],
    [
      'with half a colour',
      pngOf({ ...colour, colorType: 3, samples: [0, 0], palette: [1, 2] }),
      'PLTE field length must be a multiple of 3',
    ],
    [
      'with too many colours',
      pngOf({ ...colour, colorType: 3, samples: [0, 0], palette: Array.from({ length: 771 }, () => 1) }),
      'its palette has 771',
    ],
    ['beyond its palette', pngOf({ ...colour, colorType: 3, samples: [0, 7], palette: [1, 2, 3] }), 'Incorrect index of palette color'],
    [
      'with a key of the wrong size',
      pngOf({ ...colour, transparency: [0, 1] }),
      'its tRNS has 2 bytes, which colour type 2 does not allow',
    ],
    [
      'interlaced with 4 bits',
      pngOf({ ...colour, colorType: 0, depth: 4, samples: [1, 2], interlaced: true }),
      'save it without interlacing',
    ],
    [
      'with gzip inside',
      pngOfChunks(header(), ['IDAT', gzipSync(pngRows(colour))], end),
      'its data cannot be unpacked (incorrect header check)',
    ],
    ['with too little', pngOfChunks(header({ height: 2 }), data, end), 'its data is cut short at 7, expected 14 bytes for 2 × 2'],
    ['with too much', pngOfChunks(header({ width: 1 }), data, end), 'its data goes on after its end, expected 4 bytes for 1 × 1'],
    ['with an unknown filter', pngOfChunks(header(), ['IDAT', deflateSync(Buffer.alloc(7, 9))], end), 'Unsupported filter: 9'],
  ])('refuses one %s', (_, bytes, message) => {
    expectRefusal(() => decode(bytes), message);
  });

  it('refuses a wrong CRC', () => {
    const file = pngOf(colour);
    file[file.length - 13]! ^= 1;
    expectRefusal(() => decode(file), 'CRC mismatch for chunk IDAT');
  });

  it('refuses a gigantic header before anything is unpacked, and a bomb at its limit', () => {
    const gigantic = pngOfChunks(header({ width: 60_000, height: 60_000 }), data, end);
    const bomb = pngOfChunks(header(), ['IDAT', deflateSync(Buffer.alloc(100e6))], end);
    const before = process.memoryUsage().arrayBuffers;
    expectRefusal(() => decode(gigantic), 'its header says 60000 × 60000, 3600000000 pixels, more than maxPixels = 64000000');
    expectRefusal(() => decode(gigantic, { maxPixels: 4e9 }), 'its data is cut short at 7, expected 10800060000 bytes');
    expectRefusal(() => decode(bomb), 'its data goes on after its end, expected 7 bytes');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4e6);
    expectRefusal(() => decode(pngOf(colour), { maxPixels: 1 }), 'its header says 2 × 1, 2 pixels, more than maxPixels = 1');
  });

  it('refuses a file that is cut anywhere', () => {
    const file = pngOf(colour);
    const outcomes = Array.from(file.keys(), (length) => outcomeOf(() => decode(file.subarray(0, length))));
    expect(outcomes.filter((outcome) => !outcome.startsWith('INVALID_DATA: '))).toEqual([]);
  });

  it('lets nothing but refusals out, whatever is done to a file', () => {
    const grey: PngImage = {
      width: 9,
      height: 9,
      depth: 8,
      colorType: 0,
      interlaced: true,
      samples: Array.from({ length: 81 }, (_, i) => i),
    };
    const palette: PngImage = {
      ...colour,
      colorType: 3,
      depth: 2,
      samples: [1, 2],
      palette: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      transparency: [255],
    };
    expectOnlyRefusals((bytes) => decode(resealed(bytes)), mutatedBytes([pngOf(colour), pngOf(grey), pngOf(palette)]));
  });
});

/** Checksums are set again, so that a change gets past them. */
function resealed(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes);
  for (let at = 8; at + 12 <= file.length;) {
    const next = at + 12 + file.readUInt32BE(at);
    if (next > file.length) break;
    file.writeUInt32BE(crc32(file.subarray(at + 4, next - 4)), next - 4);
    at = next;
  }
  return file;
}
