import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRng } from '@d3pm/core';
import { fashionMnistPlugin, knownDownloads, mnistPlugin, readIdxImages, type KnownFileSet } from '@d3pm/data/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeIdx } from './formats/encode-idx.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'd3pm-idx-'));
});
afterAll(() => rm(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const [HEIGHT, WIDTH] = [3, 2];
const ramp = (count: number, most: number): number[] => Array.from({ length: count }, (_, i) => i % most);
const images = (count: number, width = WIDTH): Uint8Array =>
  encodeIdx({ dtype: 'uint8', shape: [count, HEIGHT, width], values: ramp(count * HEIGHT * width, 256) });
const labels = (count: number, most = 10): Uint8Array => encodeIdx({ dtype: 'uint8', shape: [count], values: ramp(count, most) });
const four = (): Record<string, Uint8Array> => ({
  'train-images-idx3-ubyte': images(12),
  'train-labels-idx1-ubyte': labels(12),
  't10k-images-idx3-ubyte': images(4),
  't10k-labels-idx1-ubyte': labels(4),
});
const packed = (files: Readonly<Record<string, Uint8Array>>): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));

async function folderOf(name: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  return folder;
}
const refusal = (message: string): object => ({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string });
const mnist = async (path: string): ReturnType<typeof readIdxImages> => readIdxImages({ name: 'mnist', path });

describe('readIdxImages', () => {
  it('reads the four files, each as it is or packed', async () => {
    const { 'train-labels-idx1-ubyte': plain, ...rest } = four();
    for (const path of [
      await folderOf('plain', four()),
      await folderOf('packed', packed(four())),
      await folderOf('mixed', { ...packed(rest), 'train-labels-idx1-ubyte': plain! }),
    ]) {
      const { train, test } = await mnist(path);
      expect([train.name, train.size, test.name, test.size]).toEqual(['mnist/train', 12, 'mnist/test', 4]);
      expect([train.exampleShape, train.numStates]).toEqual([[HEIGHT, WIDTH, 1], 256]);
      expect([[...train.images], [...train.labels!], [...test.labels!]]).toEqual([ramp(72, 256), [...ramp(10, 10), 0, 1], [0, 1, 2, 3]]);
    }
  });

  it('takes bytes to levels, and mirrors train alone when asked to', async () => {
    const path = await folderOf('plain', four());
    const { train } = await readIdxImages({ name: 'made', path, levels: 8 });
    expect([train.name, train.numStates]).toEqual(['made/train', 8]);
    expect([...train.images]).toEqual(ramp(72, 256).map((x) => Math.floor((x * 8) / 256)));
    const looks = ({ examples }: typeof train): number =>
      new Set(Array.from({ length: 50 }, (_, seed) => examples([2], createRng(seed)).values.join())).size;
    const mirrored = await readIdxImages({ name: 'made', path, flips: 'horizontal' });
    expect([looks(mirrored.train), looks(mirrored.test), looks(train)]).toEqual([2, 1, 1]);
  });

  it.each([
    ['another count of labels', { 'train-labels-idx1-ubyte': labels(11) }, 'train-images-idx3-ubyte" has 12 images, '],
    [
      'a label above 9',
      { 't10k-labels-idx1-ubyte': labels(4, 2).map((x, i) => (i === 10 ? 26 : x)) },
      't10k-labels-idx1-ubyte": label 2 is 26, expected 0…9',
    ],
    ['labels for images', { 'train-images-idx3-ubyte': labels(12) }, 'it holds uint8 of shape [12], expected uint8 with 3 axes'],
    [
      'another dtype',
      { 't10k-images-idx3-ubyte': encodeIdx({ dtype: 'int16', shape: [4, 3, 2], values: ramp(24, 9) }) },
      'it holds int16 of shape [4, 3, 2], expected uint8',
    ],
    ['no images', { 't10k-images-idx3-ubyte': images(0) }, 'it holds uint8 of shape [0, 3, 2], expected uint8 with 3 axes, none of them 0'],
    ['images of another size', { 't10k-images-idx3-ubyte': images(4, 3) }, 'has images of 3 × 2 to train on and of 3 × 3 to test'],
    ['a file that is cut short', { 'train-images-idx3-ubyte': images(12).subarray(0, -1) }, 'train-images-idx3-ubyte": decodeIdx: '],
    ['gzip without its name', { 'train-images-idx3-ubyte': gzipSync(images(12)) }, 'it is compressed by gzip'],
  ])('[62] refuses %s, with the path', async (_, change, message) => {
    const path = await folderOf(`bad-${Object.keys(change)[0]}-${message.length}`, { ...four(), ...change });
    await expect(mnist(path)).rejects.toMatchObject(refusal(message));
    await expect(mnist(path)).rejects.toThrow(path);
  });

  it('[58] refuses gzip that is cut off, a file that is missing, and a path to a file', async () => {
    const { 't10k-images-idx3-ubyte.gz': cut, ...rest } = packed(four());
    const path = await folderOf('cut', { ...rest, 't10k-images-idx3-ubyte.gz': cut!.subarray(0, -9) });
    await expect(mnist(path)).rejects.toMatchObject(refusal('t10k-images-idx3-ubyte.gz" is damaged'));
    const missing = await folderOf('missing', rest);
    await expect(mnist(missing)).rejects.toMatchObject(
      refusal(`readIdxImages: "${missing}" has neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz`),
    );
    await expect(mnist(join(path, 't10k-images-idx3-ubyte.gz'))).rejects.toMatchObject(refusal('there is no such file or folder'));
    await expect(readIdxImages({ name: 'mnist', path, levels: 257 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('without a path', () => {
  it('Fashion-MNIST is what a package of the system has, in the first folder that has it', async () => {
    vi.stubEnv('D3PM_CACHE', join(root, 'no-cache'));
    vi.stubEnv('XDG_DATA_DIRS', `relative::${join(root, 'share-1')}:${join(root, 'share-2')}`);
    await folderOf('share-2/datasets/fashion-mnist', packed(four()));
    const { train } = await fashionMnistPlugin.load(fashionMnistPlugin.parse({ levels: 4 }));
    expect(train).toMatchObject({ name: 'fashion-mnist/train', size: 12, numStates: 4 });
  });

  it('what has been fetched comes first, and must be what was published', async () => {
    vi.stubEnv('D3PM_CACHE', join(root, 'cache'));
    const files = packed(four());
    await folderOf('cache/data/mnist', files);
    const download: KnownFileSet = {
      ...knownDownloads.mnist,
      files: Object.entries(files).map(([fileName, bytes]) => ({
        fileName,
        urls: [`http://127.0.0.1:9/${fileName}`],
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })),
    };
    expect((await readIdxImages({ name: 'mnist', download })).train.size).toBe(12);
    const { length } = files['train-images-idx3-ubyte.gz']!;
    await expect(mnistPlugin.load(mnistPlugin.parse({}))).rejects.toMatchObject(
      refusal(`obtainFiles: "train-images-idx3-ubyte.gz" is not the expected file: it has ${length} bytes, expected 9912422`),
    );
  });

  it('else an error says every way out', async () => {
    vi.stubEnv('D3PM_CACHE', join(root, 'no-cache'));
    vi.stubEnv('XDG_DATA_DIRS', `relative::${join(root, 'share-1')}`);
    const [kept, shared] = [
      join(root, 'no-cache', 'data', 'fashion-mnist', 'train-images-idx3-ubyte.gz'),
      join(root, 'share-1', 'datasets', 'fashion-mnist'),
    ];
    await expect(fashionMnistPlugin.load({})).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: `readIdxImages: no path is given, and "${kept}" is not there, nor is there a folder "${shared}"; fetch it with "d3pm download fashion-mnist", install the package dataset-fashion-mnist of Debian, or give the path of the folder with your copy`,
    });
    await expect(mnistPlugin.load({})).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(
        /is not there; fetch it with "d3pm download mnist", or give the path of the folder with your copy$/,
      ) as string,
    });
    await expect(readIdxImages({ name: 'kmnist' })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('"kmnist" needs a path') as string,
    });
  });

  it.each([
    [{ path: 5 }, 'mnist: path is 5, expected the path of a folder'],
    [{ name: 'x' }, 'mnist: no option is named "name"'],
    [{ flips: 'vertical' }, 'mnist: flips is "vertical"'],
  ])('names the field of a wrong option, %#', (options, message) => {
    expect(() => mnistPlugin.parse(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
