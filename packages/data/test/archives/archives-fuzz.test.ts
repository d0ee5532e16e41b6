import { gzipSync } from 'node:zlib';
import { isD3pmError } from '@d3pm/core';
import { gunzip, gunzipChunks, tarMembers, zipMembers } from '@d3pm/data/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END, paxHeader, sealed, tarOf } from './tar-of.ts';
import { zipOf } from './zip-of.ts';

const numRuns = Number(process.env['D3PM_FUZZ_RUNS'] ?? 300);
const maxBytes = 1 << 16;
const SLOWEST_MS = 2000;
const text = 'the same words again and again, '.repeat(40);

type Change =
  | { readonly kind: 'set' | 'flip' | 'insert'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut' | 'drop' | 'repeat' | 'word'; readonly at: number; readonly value: number };

const arbChange: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('set', 'flip', 'insert', 'cut', 'drop', 'repeat', 'word'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  value: fc.oneof(fc.constantFrom(0, 1, 0x20, 0x7f, 0x80, 0xff), fc.nat(255)),
});

/** A file after some damage: bytes set, flipped, put in, left out or doubled, fields of four bytes filled, the end cut off. */
function damaged(bytes: Buffer, changes: readonly Change[]): Buffer {
  return changes.reduce((current, { kind, at, value }) => {
    const place = Math.floor(at * current.length);
    const copy = Buffer.from(current);
    switch (kind) {
      case 'set':
        copy.subarray(place, place + 1).fill(value);
        return copy;
      case 'flip':
        copy.subarray(place, place + 1).fill((copy[place] ?? 0) ^ (1 << (value & 7)));
        return copy;
      case 'word':
        copy.subarray(place, place + 4).fill(value);
        return copy;
      case 'insert':
        return Buffer.concat([copy.subarray(0, place), Buffer.alloc(1 + (value & 63), value), copy.subarray(place)]);
      case 'drop':
        return Buffer.concat([copy.subarray(0, place), copy.subarray(place + 1 + (value & 63))]);
      case 'repeat':
        return Buffer.concat([copy.subarray(0, place + value), copy.subarray(place)]);
      case 'cut':
        return copy.subarray(0, place);
    }
  }, bytes);
}

/** A file by its number and what is done to it, which a failure prints in one line. */
interface Damage {
  readonly file: number;
  readonly changes: readonly Change[];
}
const arbDamage = (files: number): fc.Arbitrary<Damage> =>
  fc.record({ file: fc.nat(files - 1), changes: fc.array(arbChange, { minLength: 1, maxLength: 4 }) });

/** Sums of tar headers are set again, so that a change of a field gets past them. */
function resealed(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    if (copy.toString('latin1', at + 257, at + 262) === 'ustar') sealed(copy.subarray(at, at + 512));
  }
  return copy;
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 61) yield bytes.subarray(at, at + 61);
}

/** How a reading ended: with contents whose sizes are given, or with an error of ours. Any other error is thrown. */
async function sizesOrRefusal(read: () => Promise<Iterable<Uint8Array>>): Promise<number> {
  const start = performance.now();
  try {
    return [...(await read())].reduce((sum, { length }) => sum + length, 0);
  } catch (error) {
    if (!isD3pmError(error) || error.code !== 'INVALID_DATA') throw error;
    return 0;
  } finally {
    expect(performance.now() - start).toBeLessThan(SLOWEST_MS);
  }
}

describe('damaged bytes', () => {
  const survives =
    (files: readonly Buffer[], read: (bytes: Buffer) => Promise<Iterable<Uint8Array>>, finish = (bytes: Buffer) => bytes) =>
    async (): Promise<void> => {
      const before = process.memoryUsage.rss();
      const check = async ({ file, changes }: Damage): Promise<void> => {
        const bytes = finish(damaged(files[file]!, changes));
        expect(await sizesOrRefusal(() => read(bytes))).toBeLessThanOrEqual(maxBytes);
      };
      // A reading that never ends is told with its input: to look for a smaller one would take this time again and again.
      await fc.assert(fc.asyncProperty(arbDamage(files.length), check), { numRuns, timeout: 5 * SLOWEST_MS, endOnFailure: true });
      expect(process.memoryUsage.rss() - before).toBeLessThan(400e6);
    };

  const gzips = [gzipSync(text), Buffer.concat([gzipSync(text), gzipSync('more')]), gzipSync(Buffer.alloc(60_000))];
  const readGzip = async (bytes: Buffer): Promise<Iterable<Uint8Array>> => [await gunzip(bytes, { maxBytes })];
  it('[58] gunzip gives contents within its limit or an error of ours', survives(gzips, readGzip));

  const readChunks = async (bytes: Buffer): Promise<Iterable<Uint8Array>> => {
    const parts: Uint8Array[] = [];
    for await (const part of gunzipChunks(pieces(bytes), { maxBytes })) parts.push(part);
    return parts;
  };
  it('[58] gunzipChunks gives contents within its limit or an error of ours', survives(gzips, readChunks));

  const tar = Buffer.concat([
    tarOf({ name: 'a', content: text }, paxHeader({ mtime: '1', comment: 'x' }), { name: 'folder/b', content: 'b' }),
    tarOf({ name: '././@LongLink', type: 'L', content: `${'long/'.repeat(30)}\0` }, { name: 'c', content: '' }, { name: 'l', type: '2' }),
    END,
  ]);
  const readTar = async (bytes: Buffer): Promise<Iterable<Uint8Array>> =>
    (await tarMembers(bytes, ['a', 'folder/b'], { maxBytes })).values();
  it('[60] tarMembers gives contents within its limit or an error of ours', survives([tar], readTar));
  it('[60] tarMembers does so where the sums of damaged headers are right', survives([tar], readTar, resealed));

  const zip = zipOf([
    { name: 'a', content: text },
    { name: 'folder/b', content: 'b', stored: true },
    { name: 'c', content: '', extra: Buffer.from([1, 0, 4, 0, 1, 2, 3, 4]) },
  ]);
  const readZip = async (bytes: Buffer): Promise<Iterable<Uint8Array>> =>
    (await zipMembers(bytes, ['a', 'folder/b'], { maxBytes })).values();
  it('[59] zipMembers gives contents within its limit or an error of ours', survives([zip], readZip));
});
