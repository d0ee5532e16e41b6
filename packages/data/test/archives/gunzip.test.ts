import { gzipSync } from 'node:zlib';
import { gunzip, gunzipChunks } from '@d3pm/data/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const maxBytes = 1 << 20;
const text = 'the same words again and again, '.repeat(100);
const packed = gzipSync(text);
const other = gzipSync('and more');
const changed = (at: number): Buffer => {
  const copy = Buffer.from(packed);
  copy[at < 0 ? copy.length + at : at]! ^= 1;
  return copy;
};

/** `bytes` in pieces of `size`. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function gunzipPieces(bytes: Uint8Array, size: number, limit: number = maxBytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of gunzipChunks(pieces(bytes, size), { maxBytes: limit })) parts.push(part);
  return Buffer.concat(parts);
}
const whole = (bytes: Uint8Array, limit: number = maxBytes): Promise<Uint8Array> => gunzip(bytes, { maxBytes: limit });
const inPieces = (bytes: Uint8Array, limit?: number): Promise<Uint8Array> => gunzipPieces(bytes, 7, limit);

describe.each([
  ['gunzip', whole],
  ['gunzipChunks', inPieces],
])('%s', (_, unpack) => {
  it('gives back what was packed, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(Buffer.from(await unpack(gzipSync(bytes)))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  it('[58] two members are one content', async () => {
    expect(Buffer.from(await unpack(Buffer.concat([packed, other]))).toString()).toBe(`${text}and more`);
  });

  it.each([
    ['is empty', Buffer.alloc(0), 'unexpected end of file'],
    ['is cut in its header', packed.subarray(0, 5), 'unexpected end of file'],
    ['is cut in its data', packed.subarray(0, 30), 'unexpected end of file'],
    ['is cut in its CRC', packed.subarray(0, -3), 'unexpected end of file'],
    ['has a second member that is cut', Buffer.concat([packed, other.subarray(0, -1)]), 'unexpected end of file'],
    ['has a wrong CRC', changed(-8), 'incorrect data check'],
    ['has a wrong length', changed(-4), 'incorrect length check'],
    ['has a changed bit in its data', changed(25), ''],
    ['is no gzip', Buffer.from('<!doctype html>'), 'incorrect header check (no gzip, or other bytes after it)'],
    ['is followed by junk', Buffer.concat([packed, Buffer.from('junk')]), 'incorrect header check (no gzip, or other bytes after it)'],
    ['is followed by zeros', Buffer.concat([packed, Buffer.alloc(3)]), '3 bytes follow the end of the gzip'],
  ])('[58] a gzip that %s is refused', async (_, bytes, reason) => {
    await expect(unpack(bytes)).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringMatching(/^gunzip(Chunks)?: the archive is damaged: .*; delete it and fetch it again$/) as string,
    });
    await expect(unpack(bytes)).rejects.toThrow(reason);
  });

  it('[58] a gzip that unpacks to more than the limit is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    await expect(unpack(bomb, 1_000)).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining('the content of the archive is more than maxBytes = 1000') as string,
    });
    expect(await unpack(packed, text.length)).toHaveLength(text.length);
  });

  it('refuses a limit that is none', async () => {
    await expect(unpack(packed, 0)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('gunzip', () => {
  it('names the archive, escaped and shortened', async () => {
    const archiveName = `a\u001b[31m\u009b\u202e${'b'.repeat(500)}`;
    const error: Error = await gunzip(Buffer.alloc(3), { maxBytes, archiveName }).then(
      () => new Error('no error'),
      (cause: unknown) => cause as Error,
    );
    expect(error.message).toMatch(/^gunzip: "a\\u001b\[31m\\u\{9B\}\\u\{202E\}b+…b+" is damaged/);
    expect(error.message.length).toBeLessThan(300);
  });
});

describe('gunzipChunks', () => {
  it('passes an error of its source on as it is', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 20);
      throw new Error('the disk is gone');
    };
    const reading = (async () => {
      for await (const chunk of gunzipChunks(failing(), { maxBytes })) expect(chunk.length).toBeGreaterThan(0);
    })();
    await expect(reading).rejects.toThrow(/^the disk is gone$/);
  });

  it('gives no more to a reader that leaves', async () => {
    for await (const chunk of gunzipChunks(pieces(gzipSync(Buffer.alloc(2_000_000)), 100), { maxBytes: 1e7 })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });
});
