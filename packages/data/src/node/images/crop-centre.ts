import { D3pmError } from '@d3pm/core';
import type { DecodedImage } from './decode-image.ts';

export interface CropSize {
  readonly height: number;
  readonly width: number;
}

/** The middle of an image. @throws {D3pmError} `INVALID_DATA` when it is smaller */
export function cropCentre(image: DecodedImage, { height, width }: CropSize): DecodedImage {
  if (image.height < height || image.width < width) {
    throw new D3pmError('INVALID_DATA', `it has ${image.height} × ${image.width} pixels, less than the crop of ${height} × ${width}`);
  }
  const [top, left] = [Math.floor((image.height - height) / 2), Math.floor((image.width - width) / 2)];
  const rowLength = width * image.channels;
  const data = new Uint8Array(height * rowLength);
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * image.width + left) * image.channels;
    data.set(image.data.subarray(start, start + rowLength), row * rowLength);
  }
  return { data, height, width, channels: image.channels };
}
