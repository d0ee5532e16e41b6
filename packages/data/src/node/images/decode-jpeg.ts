import jpeg from 'jpeg-js';
import type { Damage } from '../../formats/open-file-bytes.ts';
import { reasonOf } from '../archives/archive-error.ts';
import { assertImageSize } from './assert-image-size.ts';
import { jpegHeader, type JpegHeader } from './jpeg-header.ts';
import type { Pixels } from './pixels.ts';

/** More than any header that has passed needs: 21 bytes a pixel, and blocks that are filled up. */
const MEGABYTES_BESIDE = 64;
const BYTES_A_PIXEL = 32;

/** The pixels of a JPEG, grey or colour. jpeg-js takes memory by the header alone, so what that says is weighed against the file first. */
export function decodeJpeg(bytes: Uint8Array, damaged: Damage, maxPixels: number): Pixels {
  const header = jpegHeader(bytes, damaged);
  assertImageSize(damaged, header, maxPixels);
  const { width, height, components, isRgb } = header;
  const needed = leastBytes(header);
  if (bytes.length < needed) {
    throw damaged(`${width} × ${height} pixels need ${needed} bytes at least, the file has ${bytes.length}: it is cut short`);
  }
  let data: Uint8Array;
  try {
    ({ data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      // Does no more than pass over blocks after the last one, which a grey image with restarts has.
      tolerantDecoding: true,
      maxResolutionInMP: maxPixels / 1e6,
      maxMemoryUsageInMB: MEGABYTES_BESIDE + (width * height * BYTES_A_PIXEL) / 2 ** 20,
      ...(isRgb && { colorTransform: false }),
    }));
  } catch (cause) {
    throw damaged(reasonOf(cause));
  }
  return components.length === 3
    ? { width, height, channels: 3, data: data as Uint8Array<ArrayBuffer> }
    : { width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, pixel) => data[3 * pixel]!) };
}

/** Each block of 8 × 8 has two codes of a bit at least; where scans refine it, one. */
function leastBytes({ width, height, components, progressive }: JpegHeader): number {
  const [maxH, maxV] = [Math.max(...components.map(({ h }) => h)), Math.max(...components.map(({ v }) => v))];
  const blocks = components.reduce(
    (sum, { h, v }) => sum + Math.ceil((Math.ceil(width / 8) * h) / maxH) * Math.ceil((Math.ceil(height / 8) * v) / maxV),
    0,
  );
  return Math.ceil((blocks * (progressive ? 1 : 2)) / 8);
}
