import { D3pmError, type States } from '@d3pm/core';
import type { ImagesData } from '../row-results.ts';

/** Images as they stand in result files. @param states `[n, height, width, channels]`, K ≤ 256 */
export function toImagesData({ values, shape }: States, numStates: number): ImagesData {
  return { shape, numStates, base64: Buffer.from(Uint8Array.from(values)).toString('base64') };
}

/** @throws {D3pmError} `INVALID_DATA` for bytes of another number than the shape has, or a state above K − 1 */
export function fromImagesData({ shape, numStates, base64 }: ImagesData): States {
  const values = Int32Array.from(Buffer.from(base64, 'base64'));
  const size = shape.reduce((product, length) => product * length, 1);
  if (values.length !== size || values.some((state) => state >= numStates)) {
    throw new D3pmError(
      'INVALID_DATA',
      `table: images of shape [${shape.join(', ')}] and ${numStates} levels are damaged; delete their result`,
    );
  }
  return { values, shape };
}
