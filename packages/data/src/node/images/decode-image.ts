import { assertInteger, D3pmError, quoted } from '@d3pm/core';
import { likelyCause } from '../../formats/likely-cause.ts';
import { openFileBytes, type DecodeFileOptions } from '../../formats/open-file-bytes.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { decodePng } from './decode-png.ts';
import { flattenAlpha, type Colour } from './flatten-alpha.ts';
import { PNG_SIGNATURE } from './png-parts.ts';

export interface DecodeImageOptions extends DecodeFileOptions {
  /** The most pixels an image may have, by its header. A JPEG takes some 40 bytes for each while it is read. @defaultValue 64000000 */
  readonly maxPixels?: number;
  /** Red, green and blue, each 0…255, that an image with transparent pixels is put over. @defaultValue such an image is refused */
  readonly background?: readonly [number, number, number];
}

export interface DecodedImage {
  /** uint8 `[height, width, channels]`: row, column, then grey, or red, green and blue. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const JPEG_START = [0xff, 0xd8, 0xff];

/**
 * Reads a PNG or a JPEG, whichever the bytes are.
 *
 * PNG: 1…16 bits, palette, grey, colour, alpha; interlaced from 8 bits on. 16 bits become 8 by rounding, fewer are spread over 0…255.
 * JPEG: baseline and progressive, grey or colour, 8 bits. Pixels are as stored: profiles, gamma and an orientation tag are not applied.
 *
 * @returns memory of the caller's own
 * @throws {D3pmError} `INVALID_DATA` for another format, a file that is cut short or damaged, more pixels than `maxPixels` (before
 * anything is decoded), transparent pixels without a `background`; `INVALID_OPTIONS`
 */
export function decodeImage(bytes: Uint8Array, options: DecodeImageOptions): DecodedImage {
  const damaged = openFileBytes('decodeImage', bytes, options);
  const { maxPixels = 64e6, background } = options;
  assertInteger('decodeImage', 'maxPixels', maxPixels, 1);
  assertColour('decodeImage', background);
  const startsWith = (start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte);
  if (startsWith(PNG_SIGNATURE)) return flattenAlpha(decodePng(bytes, damaged, maxPixels), background, damaged);
  if (startsWith(JPEG_START)) return flattenAlpha(decodeJpeg(bytes, damaged, maxPixels), background, damaged);
  const start = quoted(String.fromCharCode(...bytes.subarray(0, 8)));
  throw damaged(`begins with ${start}, expected a PNG or a JPEG${likelyCause(bytes)}`);
}

/** @throws {D3pmError} `INVALID_OPTIONS` */
export function assertColour(caller: string, background: unknown): asserts background is Colour | undefined {
  if (background === undefined || isColour(background)) return;
  throw new D3pmError('INVALID_OPTIONS', `${caller}: background is ${JSON.stringify(background)}, expected [red, green, blue], each 0…255`);
}

/** Whether a value is red, green and blue, each 0…255. */
export function isColour(value: unknown): value is Colour {
  return Array.isArray(value) && value.length === 3 && value.every((level) => Number.isInteger(level) && level >= 0 && level <= 255);
}
