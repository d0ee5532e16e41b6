import { decodeImage } from '@d3pm/data/node';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../formats/expect-refusal.ts';
import { expectOnlyRefusals, outcomeOf } from '../formats/fuzz-decoder.ts';
import { mutatedBytes } from '../formats/mutated-bytes.ts';
import { goldenImage } from './golden-images.ts';

const fileName = 'a.jpg';
const decode = (bytes: Uint8Array, maxPixels = 64e6) => decodeImage(bytes, { fileName, maxPixels });
const greatestDifference = (a: Uint8Array, b: Uint8Array): number => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
const { file: baseline } = goldenImage('jpeg-444');
const { file: progressive } = goldenImage('jpeg-progressive');
/** Where a marker stands. */
const place = (file: Buffer, marker: number): number => file.indexOf(Buffer.of(0xff, marker));
const changed = (file: Buffer, at: number, ...bytes: readonly number[]): Buffer => {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
};
const frame = place(baseline, 0xc0);
const scan = place(baseline, 0xda);

describe('decodeImage of a JPEG', () => {
  // The inverse transform may be rounded otherwise, and chroma of fewer samples is repeated, where Pillow interpolates.
  it.each([
    ['jpeg-grey', 1],
    ['jpeg-grey-progressive', 1],
    ['jpeg-grey-restarts', 1],
    ['jpeg-444', 3],
    ['jpeg-progressive', 3],
    ['jpeg-keep-rgb', 1],
    ['jpeg-422', 8],
    ['jpeg-420', 15],
    ['jpeg-restarts', 15],
  ])('reads %s as Pillow does, to %i', (name, tolerance) => {
    const { file, width, height, mode, pixels } = goldenImage(name);
    const result = decode(file);
    expect(result).toMatchObject({ width, height, channels: mode === 'L' ? 1 : 3 });
    expect(result.data).toHaveLength(pixels.length);
    expect(greatestDifference(result.data, pixels)).toBeLessThanOrEqual(tolerance);
  });

  it('takes a view at any offset, and what follows the end', () => {
    const around = Buffer.concat([Buffer.of(1), baseline, Buffer.of(7, 7)]);
    expect(decode(around.subarray(1))).toEqual(decode(baseline));
  });

  it.each([
    ['in CMYK', goldenImage('jpeg-cmyk').file, 'it has 4 components, expected 1 (grey) or 3 (colour); it is in CMYK, save it in RGB'],
    ['coded by arithmetic', changed(baseline, frame + 1, 0xc9), 'it is coded as SOF9, only baseline and progressive are read'],
    ['of 12 bits', changed(baseline, frame + 4, 12), 'it has 12 bits a sample, only 8 are read'],
    ['of no height', changed(baseline, frame + 5, 0, 0), 'its header says 21 × 0 pixels'],
    ['with a sampling factor of 0', changed(baseline, frame + 11, 0x01), 'sampling factors that are not 1…4'],
    ['with two components of one name', changed(baseline, frame + 13, baseline[frame + 10]!), 'its components have one name'],
    ['with a longer frame than it has', changed(baseline, frame + 9, 1), 'its frame has 15 bytes for 1 components'],
    ['with two frames', Buffer.concat([baseline.subarray(0, scan), baseline.subarray(frame)]), 'it has a second frame at offset'],
    ['without a scan', Buffer.concat([baseline.subarray(0, scan), Buffer.of(0xff, 0xd9)]), 'it has no image'],
    ['with a scan first', Buffer.concat([baseline.subarray(0, 2), baseline.subarray(scan)]), 'a scan comes before the frame'],
    ['with something else between', changed(baseline, frame, 0), `byte 0 at offset ${frame}, expected a marker`],
    ['with a segment of length 1', changed(baseline, frame + 2, 0, 1), 'has length 1, expected at least 2'],
    ['that ends in a segment', baseline.subarray(0, frame + 5), `the segment at offset ${frame} ends at`],
    ['that ends in a scan', baseline.subarray(0, -40), 'it is cut short'],
    ['that ends in a scan, with an end put after it', Buffer.concat([baseline.subarray(0, -90), Buffer.of(0xff, 0xd9)]), 'marker'],
    [
      'without its tables',
      Buffer.concat([baseline.subarray(0, 2), baseline.subarray(frame, frame + 19), baseline.subarray(scan)]),
      'decodeImage: "a.jpg": ',
    ],
  ])('refuses one %s', (_, bytes, message) => {
    expectRefusal(() => decode(bytes), message);
  });

  it('refuses a gigantic header before anything is decoded', () => {
    const before = process.memoryUsage().arrayBuffers;
    const gigantic = changed(baseline, frame + 5, 0xea, 0x60, 0xea, 0x60);
    expectRefusal(() => decode(gigantic), 'its header says 60000 × 60000, 3600000000 pixels, more than maxPixels = 64000000');
    expectRefusal(
      () => decode(changed(baseline, frame + 5, 0x1f, 0x40, 0x1f, 0x40)),
      `8000 × 8000 pixels need 750000 bytes at least, the file has ${baseline.length}: it is cut short`,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    expectRefusal(() => decode(baseline, 272), 'its header says 21 × 13, 273 pixels, more than maxPixels = 272');
  });

  it('refuses scans without end, which a small file may hold', () => {
    const first = place(progressive, 0xda);
    const header = progressive.subarray(first, first + 14);
    const file = Buffer.concat([progressive.subarray(0, first), ...Array.from({ length: 101 }, () => header), Buffer.of(0xff, 0xd9)]);
    expectRefusal(() => decode(file), 'it has more than 100 scans');
  });

  it('refuses a file that is cut anywhere', () => {
    for (const file of [baseline, progressive]) {
      const outcomes = Array.from(file.keys(), (length) => outcomeOf(() => decode(file.subarray(0, length))));
      expect(outcomes.filter((outcome) => !outcome.startsWith('INVALID_DATA: '))).toEqual([]);
    }
  });

  it('lets nothing but refusals out, whatever is done to a file', () => {
    const seeds = ['jpeg-grey', 'jpeg-420', 'jpeg-progressive', 'jpeg-restarts'].map((name) => goldenImage(name).file);
    expectOnlyRefusals((bytes) => decode(bytes), mutatedBytes(seeds));
  });
});
