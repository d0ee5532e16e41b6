import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRng } from '@d3pm/core';
import { encodeCifar10 } from '@d3pm/data';
import { cifar10Plugin, knownDownloads, readCifar10 } from '@d3pm/data/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { END, tarOf } from './archives/tar-of.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'd3pm-cifar10-'));
});
afterAll(() => rm(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const FOLDER = 'cifar-10-batches-bin';
const NAMES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'].map((name) => `${name}.bin`);
const SIZE = 2;
/** Two records in each file; each image has the number of its file in its left half and its own in the right. */
const fileOf = (number: number): Uint8Array<ArrayBuffer> => {
  const images = Uint8Array.from({ length: SIZE * 3072 }, (_, i) =>
    Math.floor(i / 3) % 32 < 16 ? 10 * number : 100 + Math.floor(i / 3072),
  );
  return encodeCifar10({ images, labels: Uint8Array.from({ length: SIZE }, (_, i) => (number + i) % 10) });
};
const archive = gzipSync(
  Buffer.concat([tarOf(...NAMES.map((name, i) => ({ name: `${FOLDER}/${name}`, content: Buffer.from(fileOf(i)) }))), END]),
);

async function folderOf(name: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = join(root, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}
const allFiles = (below = ''): Record<string, Uint8Array> => Object.fromEntries(NAMES.map((name, i) => [join(below, name), fileOf(i)]));
const refusal = (message: string): object => ({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string });

describe('readCifar10', () => {
  it('reads the archive, the folder that it unpacks to, and the one around it', async () => {
    const inner = await folderOf('inner', allFiles());
    const outer = await folderOf('outer', allFiles(FOLDER));
    const packed = join(await folderOf('packed', { 'archive.tar.gz': archive }), 'archive.tar.gz');
    const results = [];
    for (const path of [packed, inner, outer]) results.push(await readCifar10({ path }));
    const [{ train, test }, ...others] = results as [(typeof results)[0], ...typeof results];
    for (const other of others) expect([other.train.images, other.test.images]).toEqual([train.images, test.images]);
    expect([train.name, train.size, test.name, test.size]).toEqual(['cifar10/train', 10, 'cifar10/test', 2]);
    expect([train.exampleShape, train.numStates]).toEqual([[32, 32, 3], 256]);
    expect([...train.labels!]).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
    expect([...test.labels!]).toEqual([5, 6]);
    // The first pixel of each image: the number of its file.
    expect(Array.from({ length: 10 }, (_, i) => train.images[i * 3072])).toEqual([0, 0, 10, 10, 20, 20, 30, 30, 40, 40]);
    expect(test.images[3071]).toBe(100);
  });

  it('mirrors the training images and never the test images', async () => {
    const path = await folderOf('inner', allFiles());
    const { train, test } = await readCifar10({ path });
    const flipsOf = ({ examples, images }: typeof train, index: number): number =>
      Array.from({ length: 200 }, (_, seed) => examples([index], createRng(seed)).values[0] === images[index * 3072]).filter(
        (same) => !same,
      ).length;
    // 100 ± 7.1 of 200; 4.5 standard deviations.
    expect(Math.abs(flipsOf(train, 3) - 100)).toBeLessThan(32);
    expect(flipsOf(test, 1)).toBe(0);
    expect(flipsOf((await readCifar10({ path, flips: 'none' })).train, 3)).toBe(0);
  });

  it('takes bytes to levels', async () => {
    const { train } = await readCifar10({ path: await folderOf('inner', allFiles()), levels: 4 });
    expect([train.numStates, train.images[5 * 3072], train.images[3071]]).toEqual([4, 0, 1]);
  });

  it('without a path is what lies in the cache folder, and says how to get it', async () => {
    vi.stubEnv('D3PM_CACHE', join(root, 'cache'));
    await expect(cifar10Plugin.load(cifar10Plugin.parse({}))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('fetch it with "d3pm download cifar10", or give the path of your copy') as string,
    });
    await folderOf('cache/data', { 'cifar-10-binary.tar.gz': archive });
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const { train } = await readCifar10({ download: { ...knownDownloads.cifar10, size: archive.length, sha256 } });
    expect(train.size).toBe(10);
    await expect(readCifar10()).rejects.toMatchObject(refusal(`it has ${archive.length} bytes, expected 170052171`));
  });

  it('[61] refuses what is not CIFAR-10, with its path', async () => {
    const without = allFiles();
    delete without['data_batch_3.bin'];
    const missing = await folderOf('missing', without);
    await expect(readCifar10({ path: missing })).rejects.toMatchObject(
      refusal(`cannot read "${join(missing, 'data_batch_3.bin')}": there is no such file`),
    );
    const short = await folderOf('short', { ...allFiles(), 'test_batch.bin': fileOf(1).subarray(1) });
    await expect(readCifar10({ path: short })).rejects.toMatchObject(
      refusal('"cifar-10-batches-bin/test_batch.bin": 6145 bytes are 1 records of 3073 and 3072 more'),
    );
    const label = fileOf(1);
    label[3073] = 10;
    const labels = await folderOf('labels', { ...allFiles(), 'data_batch_2.bin': label });
    await expect(readCifar10({ path: labels })).rejects.toMatchObject(refusal('record 1 of 0…1 has label 10'));
    await expect(readCifar10({ path: join(root, 'nothing') })).rejects.toMatchObject(refusal('readCifar10: cannot read '));
    await expect(readCifar10({ path: labels, levels: 1 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('[61] refuses a training file that is shorter than those beside it, but for the last of a stand-in', async () => {
    const images = (count: number): Uint8Array => encodeCifar10({ images: new Uint8Array(count * 3072), labels: new Uint8Array(count) });
    const read = async (name: string, counts: readonly number[]): Promise<number> => {
      const files = Object.fromEntries(counts.map((count, i) => [NAMES[i]!, images(count)]));
      return (await readCifar10({ path: await folderOf(name, files) })).train.size;
    };
    expect(await read('short-last', [3, 3, 3, 3, 1, 2])).toBe(13);
    await expect(read('short-second', [3, 2, 3, 3, 3, 2])).rejects.toMatchObject(
      refusal('"cifar-10-batches-bin/data_batch_2.bin" has 2 images where another file of training has 3'),
    );
    await expect(read('long-last', [3, 3, 3, 3, 4, 2])).rejects.toMatchObject(refusal('data_batch_1.bin" has 3 images'));
  });

  it('[61] refuses a last file of CIFAR-10 itself that is cut off', { timeout: 60_000 }, async () => {
    const file = (count: number): Uint8Array => encodeCifar10({ images: new Uint8Array(count * 3072), labels: new Uint8Array(count) });
    const full = file(10_000);
    const files = Object.fromEntries(NAMES.map((name) => [name, full]));
    const path = await folderOf('cut-last', { ...files, 'data_batch_5.bin': file(9_999) });
    // Of what is read the size alone, for a failure would print all of it.
    await expect(readCifar10({ path }).then(({ train }) => train.size)).rejects.toMatchObject(
      refusal('data_batch_5.bin" has 9999 images where another file of training has 10000'),
    );
    await rm(path, { recursive: true });
  });

  it('[60] refuses an archive that is cut off, lacks a file, or has one twice', async () => {
    const member = { name: `${FOLDER}/test_batch.bin`, content: Buffer.from(fileOf(0)) };
    const folder = await folderOf('archives', {
      'cut.tar.gz': archive.subarray(0, -20),
      'other.tar.gz': gzipSync(Buffer.concat([tarOf(member), END])),
      'twice.tar.gz': gzipSync(Buffer.concat([tarOf(member, member), END])),
      'plain.tar': Buffer.concat([tarOf(member), END]),
    });
    const read = (name: string): Promise<unknown> => readCifar10({ path: join(folder, name) });
    await expect(read('cut.tar.gz')).rejects.toMatchObject(refusal('cut.tar.gz" is damaged'));
    await expect(read('other.tar.gz')).rejects.toMatchObject(refusal('has no member "cifar-10-batches-bin/data_batch_1.bin"'));
    await expect(read('twice.tar.gz')).rejects.toMatchObject(refusal('has the member "cifar-10-batches-bin/test_batch.bin" twice'));
    await expect(read('plain.tar')).rejects.toMatchObject(refusal('no gzip'));
  });
});

describe('cifar10Plugin', () => {
  it('loads what a JSON config names', async () => {
    const path = await folderOf('inner', allFiles());
    const config: unknown = JSON.parse(JSON.stringify({ path, flips: 'none', levels: 16 }));
    const { train } = await cifar10Plugin.load(cifar10Plugin.parse(config));
    expect(train).toMatchObject({ size: 10, numStates: 16 });
  });

  it.each([
    [{ path: '' }, 'cifar10: path is "", expected the path of an archive or a folder'],
    [{ flips: true }, 'cifar10: flips is true, expected "horizontal" or "none"'],
    [{ levels: 300 }, 'cifar10: levels is 300, expected an integer in 2…256'],
    [{ level: 3 }, 'cifar10: no option is named "level"; did you mean "levels"?'],
  ])('names the field of a wrong option, %#', (options, message) => {
    expect(() => cifar10Plugin.parse(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
