import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import type { D3pmError } from '@d3pm/core';
import { concatBytes } from '../../concat-bytes.ts';
import type { Damage } from '../../formats/open-file-bytes.ts';
import { reasonOf } from '../archives/archive-error.ts';
import { CHUNK_BYTES } from '../archives/gunzip.ts';
import { assertImageSize } from './assert-image-size.ts';
import type { Pixels } from './pixels.ts';
import { PNG_SIGNATURE, pngParts, type PngHeader, type PngParts } from './png-parts.ts';

const SAMPLES: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column and row of each pass of Adam7, and the steps to the next. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * The pixels of a PNG, of any depth, palette or alpha. Its data is first unpacked with the size of the header as a limit and then thrown
 * away: fast-png checks neither how much there is nor zlib's checksum.
 */
export function decodePng(bytes: Uint8Array, damaged: Damage, maxPixels: number): Pixels {
  const parts = pngParts(bytes, damaged);
  assertImageSize(damaged, parts.header, maxPixels);
  if (parts.header.interlaced && parts.header.depth < 8) {
    throw damaged(`it is interlaced with ${parts.header.depth} bits a sample, which is not read; save it without interlacing`);
  }
  assertDataSize(parts, damaged);
  try {
    return toBytes(decode(concatBytes([Uint8Array.from(PNG_SIGNATURE), ...parts.chunks]), { checkCrc: true }), parts);
  } catch (cause) {
    throw damaged(reasonOf(cause));
  }
}

function assertDataSize({ header, compressed }: PngParts, damaged: Damage): void {
  const expected = dataSize(header);
  const refusal = (reason: string): D3pmError =>
    damaged(`its data ${reason}, expected ${expected} bytes for ${header.width} × ${header.height}`);
  let size: number;
  try {
    size = inflateSync(concatBytes(compressed), { maxOutputLength: expected, chunkSize: CHUNK_BYTES }).length;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw refusal(code === 'ERR_BUFFER_TOO_LARGE' ? 'goes on after its end' : `cannot be unpacked (${reasonOf(cause)})`);
  }
  if (size !== expected) throw refusal(`is cut short at ${size}`);
}

/** Bytes of all rows, each with one for its filter. */
function dataSize({ width, height, depth, colorType, interlaced }: PngHeader): number {
  const bits = depth * SAMPLES[colorType]!;
  const size = (columns: number, rows: number): number => (columns === 0 ? 0 : rows * (1 + Math.ceil((columns * bits) / 8)));
  if (!interlaced) return size(width, height);
  return PASSES.reduce(
    (sum, [x, y, dx, dy]) => sum + size(Math.ceil(Math.max(0, width - x) / dx), Math.ceil(Math.max(0, height - y) / dy)),
    0,
  );
}

function toBytes(png: DecodedPng, { header, colourKey }: PngParts): Pixels {
  const { width, height, depth, colorType } = header;
  if (colorType === 3 || depth < 8) {
    const palette = colorType === 3 ? png.palette! : greys(depth, colourKey);
    const data = convertIndexedToRgb({ ...png, palette });
    return { width, height, channels: palette[0]!.length as Pixels['channels'], data };
  }
  const samples = SAMPLES[colorType]!;
  const data = eightBits(png.data);
  if (colourKey === undefined) return { width, height, channels: samples, data };
  return { width, height, channels: (samples + 1) as Pixels['channels'], data: withKeyAlpha(data, png.data, samples, colourKey) };
}

/** The shades of a depth below 8 as a palette. */
function greys(depth: number, key: readonly number[] | undefined): number[][] {
  const last = 2 ** depth - 1;
  return Array.from({ length: last + 1 }, (_, i) => [(i * 255) / last, ...(key === undefined ? [] : [i === key[0] ? 0 : 255])]);
}

/** Alpha beside each pixel: 0 where all its samples in the file are those of the key. */
function withKeyAlpha(data: Uint8Array, original: DecodedPng['data'], samples: number, key: readonly number[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array((data.length / samples) * (samples + 1));
  for (let from = 0, to = 0; from < data.length; from += samples, to += samples + 1) {
    result.set(data.subarray(from, from + samples), to);
    result[to + samples] = key.every((sample, i) => original[from + i] === sample) ? 0 : 255;
  }
  return result;
}

/** 65535 is 255: 257 · 255. */
function eightBits(data: DecodedPng['data']): Uint8Array<ArrayBuffer> {
  if (!(data instanceof Uint16Array)) return data as Uint8Array<ArrayBuffer>;
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = Math.round(data[i]! / 257);
  return result;
}
