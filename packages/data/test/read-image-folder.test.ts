import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRng } from '@d3pm/core';
import { imageFolderPlugin, readImageFolder, type ReadImageFolderOptions } from '@d3pm/data/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenImage } from './images/golden-images.ts';
import { pngOf } from './images/png-of.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'd3pm-images-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A PNG of one grey or colour. */
const plain = (levels: readonly number[], width = 2, height = 2): Buffer =>
  pngOf({
    width,
    height,
    depth: 8,
    colorType: levels.length === 1 ? 0 : 2,
    samples: Array.from({ length: width * height }, () => levels).flat(),
  });

let numFolders = 0;
async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = join(root, String(numFolders++));
  await mkdir(folder);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}
const read = async (
  files: Readonly<Record<string, Uint8Array | string>>,
  options: Omit<ReadImageFolderOptions, 'path'> = {},
): ReturnType<typeof readImageFolder> => readImageFolder({ path: await folderOf(files), testEvery: 2, ...options });
const refusal = (message: string): object => ({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string });
/** The first value of each image. */
const firsts = ({ images, size }: { readonly images: Uint8Array; readonly size: number }): number[] =>
  Array.from({ length: size }, (_, i) => images[(i * images.length) / size]!);

describe('readImageFolder', () => {
  it('reads all PNG and JPEG below a folder, in the order of the code units of their names, every n-th for the test', async () => {
    const files = { 'b.png': [3], 'B.PNG': [1], 'a/z.png': [2], 'é.png': [6], 'c.png': [4], 'd/e/f.png': [5], '10.png': [0] };
    const { train, test } = await read(
      { ...Object.fromEntries(Object.entries(files).map(([name, grey]) => [name, plain(grey)])), 'read.me': 'x', 'labels.csv': 'x' },
      { testEvery: 3 },
    );
    expect([train.name, test.name, train.numStates, train.exampleShape]).toEqual([
      'image-folder/train',
      'image-folder/test',
      256,
      [2, 2, 3],
    ]);
    expect([firsts(train), firsts(test)]).toEqual([
      [0, 1, 3, 4, 6],
      [2, 5],
    ]);
  });

  it('reads JPEG by what is in it, whatever its name', async () => {
    const { file, width, height } = goldenImage('jpeg-444');
    const { train } = await read({ 'a.jpg': file, 'b.JPEG': file, 'c.png': file, 'd.jpg': goldenImage('png-rgb').file });
    expect(train.exampleShape).toEqual([height, width, 3]);
    expect(train.images.subarray(0, train.images.length / 2)).toEqual(train.images.subarray(train.images.length / 2));
  });

  it('makes grey of colour by luma, and colour of grey', async () => {
    const files = { 'a.png': plain([255, 0, 0]), 'b.png': plain([9]), 'c.png': plain([0, 255, 0]), 'd.png': plain([0, 0, 255]) };
    const grey = await read(files, { channels: 1 });
    expect(grey.train.exampleShape).toEqual([2, 2, 1]);
    // 0.299, 0.587 and 0.114 of 255
    expect([firsts(grey.train), firsts(grey.test)]).toEqual([
      [76, 150],
      [9, 29],
    ]);
    const colour = await read(files);
    expect([...colour.test.images.subarray(0, 6)]).toEqual([9, 9, 9, 9, 9, 9]);
  });

  it('takes bytes to levels, and mirrors train alone when asked to', async () => {
    const image = pngOf({ width: 2, height: 1, depth: 8, colorType: 0, samples: [0, 255] });
    const { train, test } = await read({ 'a.png': image, 'b.png': image }, { levels: 4, flips: 'horizontal', channels: 1, name: 'made' });
    const looks = ({ examples }: typeof train): Set<string> =>
      new Set(Array.from({ length: 40 }, (_, seed) => examples([0], createRng(seed)).values.join()));
    expect([train.name, train.numStates]).toEqual(['made/train', 4]);
    expect([looks(train), looks(test)]).toEqual([new Set(['0,3', '3,0']), new Set(['0,3'])]);
  });

  it('crops the middle', async () => {
    const samples = Array.from({ length: 20 }, (_, i) => i);
    const image = pngOf({ width: 5, height: 4, depth: 8, colorType: 0, samples });
    const files = { 'a.png': image, 'b.png': plain([7], 9, 9) };
    const { train, test } = await read(files, { crop: { height: 3, width: 2 }, channels: 1 });
    expect(train.exampleShape).toEqual([3, 2, 1]);
    expect([...train.images]).toEqual([1, 2, 6, 7, 11, 12]);
    expect([...test.images]).toEqual([7, 7, 7, 7, 7, 7]);
    await expect(read(files, { crop: { height: 5, width: 5 } })).rejects.toMatchObject(
      refusal('a.png": it has 4 × 5 pixels, less than the crop of 5 × 5'),
    );
  });

  it('puts transparent images over a background', async () => {
    const clear = pngOf({ width: 1, height: 1, depth: 8, colorType: 6, samples: [10, 20, 30, 0] });
    const { train } = await read({ 'a.png': clear, 'b.png': clear }, { background: [1, 2, 3] });
    expect([...train.images]).toEqual([1, 2, 3]);
    await expect(read({ 'a.png': clear, 'b.png': clear })).rejects.toMatchObject(refusal('a.png": it is transparent in row 0, column 0'));
  });

  it('follows links, to files and to folders, and passes over what begins with a dot', async () => {
    const [elsewhere, other] = [await folderOf({ 'x.png': plain([1]) }), await folderOf({ 'x.png': plain([1]), 'y.png': plain([2]) })];
    const path = await folderOf({ 'c.png': plain([3]), '._c.png': 'x', '.git/d.png': 'x' });
    await symlink(join(elsewhere, 'x.png'), join(path, 'a.png'));
    await symlink(other, join(path, 'b'));
    await symlink(join(path, 'nothing'), join(path, 'notes'));
    const { train, test } = await readImageFolder({ path, testEvery: 2 });
    expect([firsts(train), firsts(test)]).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  it('refuses to read an image twice, by a link to it or to its folder, whatever the order', async () => {
    const folders = await folderOf({ 'm/1.png': plain([1]), 'm/2.png': plain([2]) });
    for (const link of ['a', 'z']) {
      await symlink(join(folders, 'm'), join(folders, link));
      const [first, second] = [link, 'm'].sort();
      await expect(readImageFolder({ path: folders, testEvery: 2 })).rejects.toMatchObject(
        refusal(`"${first}/1.png" and "${second}/1.png" in "${folders}" are one file, which would be read twice; remove the link`),
      );
      await rm(join(folders, link));
    }
    const file = await folderOf({ 'b.png': plain([1]) });
    await symlink(join(file, 'b.png'), join(file, 'a.png'));
    await expect(readImageFolder({ path: file, testEvery: 2 })).rejects.toMatchObject(refusal('"a.png" and "b.png"'));
  });

  it('refuses a link that leads nowhere, and one that leads in a circle', async () => {
    const broken = await folderOf({ 'c.png': plain([3]) });
    await symlink(join(broken, 'nothing'), join(broken, 'a.png'));
    await expect(readImageFolder({ path: broken })).rejects.toMatchObject(
      refusal(`cannot read "${join(broken, 'a.png')}": there is no such file`),
    );
    const circle = await folderOf({ 'c/d.png': plain([3]) });
    await symlink(circle, join(circle, 'c', 'up'));
    await expect(readImageFolder({ path: circle })).rejects.toMatchObject(
      refusal(`"${join(circle, 'c', 'up')}" is a link back to a folder that it is in`),
    );
  });

  it('refuses images of two sizes, naming one of each', async () => {
    const files = { 'a.png': plain([1]), 'b\n.png': plain([1]), 'c.png': plain([1], 3, 2) };
    await expect(read(files)).rejects.toMatchObject(
      refusal('"a.png" has 2 × 2, "c.png" has 2 × 3; give a crop that fits into all, or make them one size'),
    );
  });

  it.each([
    ['a.gif', '"a.gif', 'GIF89a'],
    ['below/photo.HEIC', 'photo.HEIC', ''],
    ['x.tif', 'x.tif', ''],
  ])('refuses %s, an image of another format', async (name, _, content) => {
    await expect(read({ 'a.png': plain([1]), 'b.png': plain([1]), [name]: content })).rejects.toMatchObject(
      refusal(`${name}" is neither PNG nor JPEG by its name; convert it, or move it away`),
    );
  });

  it.each([
    ['an empty file', '', 'begins with "", expected a PNG or a JPEG'],
    ['a page', '<!doctype html>', 'it is a page of HTML'],
    ['another format', 'GIF89a\u0001\u0000', 'begins with "GIF89a\\u0001\\u0000", expected a PNG or a JPEG'],
    ['a PNG that is cut short', plain([1]).subarray(0, -5), 'it is cut short'],
    ['a JPEG that is cut short', goldenImage('jpeg-444').file.subarray(0, -50), 'it is cut short'],
  ])('refuses %s, with its path', async (_, content, message) => {
    const path = await folderOf({ 'a.png': plain([1]), 'b.png': content });
    await expect(readImageFolder({ path, testEvery: 2 })).rejects.toMatchObject(refusal(message));
    await expect(readImageFolder({ path, testEvery: 2 })).rejects.toThrow(
      `readImageFolder: "${join(path, 'b.png')}": decodeImage: "b.png": `,
    );
  });

  it('refuses more pixels than maxPixels', async () => {
    await expect(read({ 'a.png': plain([1]), 'b.png': plain([1]) }, { maxPixels: 3 })).rejects.toMatchObject(
      refusal('more than maxPixels = 3'),
    );
  });

  it('refuses too few images, and no folder', async () => {
    await expect(read({ 'a.png': plain([1]) })).rejects.toMatchObject(refusal('has 1 images; one in testEvery = 2 is for the test'));
    await expect(read({})).rejects.toMatchObject(refusal('has 0 images'));
    await expect(readImageFolder({ path: join(root, 'nothing') })).rejects.toMatchObject(refusal('there is no such file or folder'));
    const file = join(await folderOf({ 'a.png': plain([1]) }), 'a.png');
    await expect(readImageFolder({ path: file })).rejects.toMatchObject(refusal('readImageFolder: cannot read '));
  });

  it.each([
    [{ channels: 2 as 3 }, 'channels is 2, expected 1 or 3'],
    [{ levels: 1 }, 'levels is 1'],
    [{ testEvery: 1 }, 'testEvery is 1'],
    [{ crop: { height: 0, width: 2 } }, 'crop.height is 0'],
    [{ background: [0, 0, 256] as const }, 'background is [0,0,256]'],
    [{ maxPixels: 0 }, 'maxPixels is 0'],
  ])('refuses the options %j', async (options, message) => {
    await expect(read({ 'a.png': plain([1]), 'b.png': plain([1]) }, options)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('imageFolderPlugin', () => {
  it('loads what a JSON config names', async () => {
    const path = await folderOf({ 'a.png': plain([255]), 'b.png': plain([1]) });
    const config: unknown = JSON.parse(
      JSON.stringify({
        path,
        levels: 2,
        channels: 1,
        crop: { height: 1, width: 1 },
        testEvery: 2,
        background: [0, 0, 0],
        maxPixels: 9,
        name: 'x',
      }),
    );
    const { train } = await imageFolderPlugin.load(imageFolderPlugin.parse(config));
    expect(train).toMatchObject({ name: 'x/train', size: 1, numStates: 2, exampleShape: [1, 1, 1] });
  });

  it.each([
    [{}, 'image-folder: path is missing, expected the path of a folder'],
    [{ path: 'x', channels: 4 }, 'image-folder: channels is 4, expected 1 or 3'],
    [{ path: 'x', crop: 32 }, 'image-folder: crop is 32, expected { height, width }'],
    [{ path: 'x', crop: { height: 1, width: 1, top: 0 } }, 'image-folder: crop is {"height":1'],
    [{ path: 'x', background: [1, 2] }, 'image-folder: background is [1,2]'],
    [{ path: 'x', extension: 'png' }, 'image-folder: no option is named "extension"'],
  ])('names the field of a wrong option, %#', (options, message) => {
    expect(() => imageFolderPlugin.parse(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
