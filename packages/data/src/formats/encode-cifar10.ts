import { D3pmError } from '@d3pm/core';
import type { Cifar10 } from './decode-cifar10.ts';

const PIXELS = 32 * 32;
const RECORD = 1 + 3 * PIXELS;

/**
 * Writes a batch of CIFAR-10, binary version, of any length: the inverse of `decodeCifar10`, for data that stands in for it.
 *
 * @returns memory of the caller's own
 * @throws {D3pmError} `SHAPE` unless there are 3,072 bytes of images a label, and one label at least; `INVALID_DATA` for a label above 9
 */
export function encodeCifar10({ images, labels }: { readonly [K in keyof Cifar10]: Uint8Array }): Uint8Array<ArrayBuffer> {
  const count = labels.length;
  if (count === 0 || images.length !== count * 3 * PIXELS) {
    throw new D3pmError(
      'SHAPE',
      `encodeCifar10: images have ${images.length} bytes for ${count} labels, expected [n, 32, 32, 3], ${3 * PIXELS} each, and n ≥ 1`,
    );
  }
  const wrong = labels.findIndex((label) => label > 9);
  if (wrong !== -1) throw new D3pmError('INVALID_DATA', `encodeCifar10: label ${wrong} is ${labels[wrong]}, expected 0…9`);
  const bytes = new Uint8Array(count * RECORD);
  for (let record = 0; record < count; record++) {
    const planes = record * RECORD + 1;
    const image = record * 3 * PIXELS;
    bytes[planes - 1] = labels[record]!;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      for (let colour = 0; colour < 3; colour++) bytes[planes + colour * PIXELS + pixel] = images[image + 3 * pixel + colour]!;
    }
  }
  return bytes;
}
