import { likelyCause } from './likely-cause.ts';
import { openFileBytes, type DecodeFileOptions } from './open-file-bytes.ts';

/** n labelled pictures of 32 × 32. */
export interface Cifar10 {
  /** uint8 `[n]`, 0…9: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck. */
  readonly labels: Uint8Array<ArrayBuffer>;
  /** uint8 `[n, 32, 32, 3]`: row, column, then red, green, blue. */
  readonly images: Uint8Array<ArrayBuffer>;
}

const PIXELS = 32 * 32;
const RECORD = 1 + 3 * PIXELS;

/**
 * Reads a batch of CIFAR-10, binary version.
 *
 *     n records of 3,073 bytes: label, 1,024 of red, 1,024 of green, 1,024 of blue, each row by row
 *
 * @returns a copy, which the caller owns, its colours interleaved.
 * @throws {D3pmError} `INVALID_DATA` when the file is empty, is not a multiple of 3,073 bytes, or has a label above 9 (CIFAR-100
 * has two labels a record); `INVALID_OPTIONS` when `bytes` are no Uint8Array.
 */
export function decodeCifar10(bytes: Uint8Array, options: DecodeFileOptions): Cifar10 {
  const damaged = openFileBytes('decodeCifar10', bytes, options);
  if (bytes.length === 0) throw damaged(`is empty, expected records of ${RECORD} bytes`);
  const surplus = bytes.length % RECORD;
  const count = (bytes.length - surplus) / RECORD;
  if (surplus !== 0) {
    throw damaged(`${bytes.length} bytes are ${count} records of ${RECORD} and ${surplus} more, expected a multiple${likelyCause(bytes)}`);
  }
  const labels = Uint8Array.from({ length: count }, (_, record) => bytes[record * RECORD]!);
  const wrong = labels.findIndex((label) => label > 9);
  if (wrong !== -1) {
    throw damaged(`record ${wrong} of 0…${count - 1} has label ${labels[wrong]} (offset ${wrong * RECORD}), expected 0…9`);
  }
  const images = new Uint8Array(count * 3 * PIXELS);
  for (let record = 0; record < count; record++) {
    const planes = record * RECORD + 1;
    const image = record * 3 * PIXELS;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      for (let colour = 0; colour < 3; colour++) images[image + 3 * pixel + colour] = bytes[planes + colour * PIXELS + pixel]!;
    }
  }
  return { labels, images };
}
