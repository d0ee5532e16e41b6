import { crc32, deflateSync } from 'node:zlib';

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha. */
  readonly colorType: number;
  /** Row by row, each 0…2^depth − 1. */
  readonly samples: readonly number[];
  readonly interlaced?: boolean;
  /** Red, green and blue, one after another. */
  readonly palette?: readonly number[];
  /** The content of tRNS. */
  readonly transparency?: readonly number[];
  /** Whole chunks that stand before the palette. */
  readonly extra?: readonly Buffer[];
}

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PASSES: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** A chunk of a PNG: length, type, content, CRC-32 of the last two. */
export function pngChunk(type: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  return Buffer.concat([uint32(content.length), named, uint32(crc32(named))]);
}

/** A PNG by its description, each row with another of the five filters. */
export function pngOf(image: PngImage): Buffer {
  const { palette, transparency, extra = [] } = image;
  return Buffer.concat([
    SIGNATURE,
    pngChunk('IHDR', headerOf(image)),
    ...extra,
    ...(palette === undefined ? [] : [pngChunk('PLTE', Buffer.from(palette))]),
    ...(transparency === undefined ? [] : [pngChunk('tRNS', Buffer.from(transparency))]),
    pngChunk('IDAT', deflateSync(pngRows(image))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export function headerOf({ width, height, depth, colorType, interlaced = false }: Omit<PngImage, 'samples'>): Buffer {
  return Buffer.concat([uint32(width), uint32(height), Buffer.of(depth, colorType, 0, 0, interlaced ? 1 : 0)]);
}

/** The filtered rows, as they are before zlib. */
export function pngRows({ width, height, depth, colorType, samples, interlaced = false }: PngImage): Buffer {
  const perPixel = SAMPLES[colorType]!;
  const rows: Buffer[] = [];
  for (const [x0, y0, dx, dy] of interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    if (x0 >= width) continue;
    let above: number[] | undefined;
    for (let y = y0; y < height; y += dy) {
      const row: number[] = [];
      for (let x = x0; x < width; x += dx) row.push(...samples.slice((y * width + x) * perPixel, (y * width + x + 1) * perPixel));
      const packed = pack(row, depth);
      const filter = rows.length % 5;
      rows.push(Buffer.of(filter, ...filtered(filter, packed, above ?? packed.map(() => 0), Math.max(1, (perPixel * depth) / 8))));
      above = packed;
    }
  }
  return Buffer.concat(rows);
}

function pack(samples: readonly number[], depth: number): number[] {
  if (depth === 16) return samples.flatMap((sample) => [sample >> 8, sample & 255]);
  const perByte = 8 / depth;
  return Array.from({ length: Math.ceil(samples.length / perByte) }, (_, byte) =>
    Array.from({ length: perByte }, (_, i) => (samples[byte * perByte + i] ?? 0) << (8 - depth * (i + 1))).reduce((a, b) => a | b),
  );
}

/** Section 9 of the specification: each byte less what is predicted of it. */
function filtered(filter: number, row: readonly number[], above: readonly number[], distance: number): number[] {
  return row.map((byte, i) => {
    const [a, b, c] = [row[i - distance] ?? 0, above[i]!, i < distance ? 0 : above[i - distance]!];
    const p = a + b - c;
    const paeth = [a, b, c].reduce((best, one) => (Math.abs(p - one) < Math.abs(p - best) ? one : best));
    return (byte - [0, a, b, Math.floor((a + b) / 2), paeth][filter]!) & 255;
  });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
