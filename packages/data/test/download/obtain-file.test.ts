import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { knownDownloads, obtainFile, type KnownDownload } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { content, downloadBed, sha256, without, type DownloadBed } from './download-bed.ts';
import { sendFile, serve } from './test-server.ts';

let bed: DownloadBed;
let own: string;
beforeEach(() => {
  bed = downloadBed();
  own = join(dirname(dirname(bed.folder)), 'my-copy');
});
afterEach(() => bed.remove());

const known: KnownDownload = {
  name: 'made',
  homepage: 'http://127.0.0.1:9/',
  urls: ['http://127.0.0.1:9/file.bin'],
  fileName: 'file.bin',
  format: 'zip',
  size: content.length,
  sha256,
  members: ['made'],
};
const common = (): Pick<Parameters<typeof obtainFile>[0], 'folder' | 'wait' | 'onNotice'> => {
  const { folder, wait, onNotice } = bed.options('');
  return { folder: folder!, wait: wait!, onNotice: onNotice! };
};

describe('obtainFile', () => {
  it('fetches what is not there, and then has it', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    const name = { ...known, urls: [server.url] };
    expect(await obtainFile({ ...common(), name })).toEqual({ path: bed.path, sha256, size: content.length, fetched: true });
    expect(await obtainFile({ ...common(), name, offline: true })).toMatchObject({ path: bed.path, fetched: false });
  });

  it('uses a copy of the user in its place, and leaves it as it is', async () => {
    writeFileSync(own, content);
    expect(await obtainFile({ ...common(), name: known, fromFile: own })).toEqual({
      path: own,
      sha256,
      size: content.length,
      fetched: false,
    });
    expect(readFileSync(own)).toEqual(content);
  });

  it.each([
    ['is missing', () => undefined, 'there is no such file'],
    ['is a folder', () => mkdirSync(own), 'it is no file'],
    ['is shorter', () => writeFileSync(own, content.subarray(1)), 'it is not file.bin as published: it has 99999 bytes, expected 100000'],
    ['is another', () => writeFileSync(own, content.toReversed()), `expected ${sha256}`],
  ])('[56] refuses a copy of the user that %s', async (_, make, reason) => {
    make();
    await expect(obtainFile({ ...common(), name: known, fromFile: own })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining(reason) as string,
    });
    await expect(obtainFile({ ...common(), name: known, fromFile: own })).rejects.toThrow(`obtainFile: fromFile "${own}" does not serve: `);
  });

  it('tells the digest of what has none pinned', async () => {
    writeFileSync(own, content);
    expect(await obtainFile({ ...common(), name: without(known, 'sha256', 'size'), fromFile: own })).toMatchObject({ sha256 });
    expect(bed.notices).toEqual([`file.bin: no sha256 is known for it; this one has ${sha256}`]);
  });

  it('says what it is and how to place it by hand when it may not fetch', async () => {
    await expect(obtainFile({ ...common(), name: 'text8', offline: true })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message:
        `obtainFile: "${join(bed.folder, 'text8.zip')}" is not there, and offline is set; to place it by hand, save it as ` +
        `"${join(bed.folder, 'text8.zip')}" (31344016 bytes, sha256 a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232), ` +
        'or name your copy with --from-file (fromFile)',
    });
  });

  it('[69] says what fetches several files', async () => {
    await expect(obtainFile({ ...common(), name: 'mnist' as 'text8', offline: true })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'obtainFile: "mnist" is 4 files; obtainFiles fetches them',
    });
  });

  it.each(['text9', '__proto__', 'constructor'])('refuses the name %s', async (name) => {
    await expect(obtainFile({ ...common(), name: name as 'text8', offline: true })).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });
});

describe('knownDownloads', () => {
  it.each(['text8', 'cifar10', 'lm1b'] as const)('%s is complete', (known) => {
    const { name, urls, fileName, sha256, size, members, format } = knownDownloads[known];
    expect(name).toBe(known);
    expect(urls.every((url) => new URL(url).pathname.endsWith(`/${fileName}`))).toBe(true);
    expect(fileName.endsWith(`.${format}`)).toBe(true);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(size).toBeGreaterThan(1e7);
    expect(members.length).toBeGreaterThan(0);
  });

  it.each(['mnist', 'fashion-mnist'] as const)('%s is complete', (known) => {
    const { name, files } = knownDownloads[known];
    expect(name).toBe(known);
    expect(files.map(({ fileName }) => fileName)).toEqual([
      'train-images-idx3-ubyte.gz',
      'train-labels-idx1-ubyte.gz',
      't10k-images-idx3-ubyte.gz',
      't10k-labels-idx1-ubyte.gz',
    ]);
    for (const { urls, fileName, sha256, size } of files) {
      expect(urls.every((url) => new URL(url).pathname.endsWith(`/${fileName}`))).toBe(true);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(size).toBeGreaterThan(4000);
    }
  });

  it('has the sizes that the formats come to', () => {
    expect(knownDownloads.text8.memberBytes).toBe(1e8);
    expect(knownDownloads.cifar10.memberBytes).toBe(10_000 * 3073);
    expect(knownDownloads.cifar10.members).toHaveLength(6);
  });
});
