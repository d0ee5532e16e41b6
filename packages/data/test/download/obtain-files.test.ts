import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { obtainFiles, type KnownFileSet } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { content, downloadBed, other, sha256, without, type DownloadBed } from './download-bed.ts';
import { sendFile, serve, type TestServer } from './test-server.ts';

let bed: DownloadBed;
beforeEach(() => {
  bed = downloadBed();
});
afterEach(() => bed.remove());

const size = content.length;
const set: KnownFileSet = {
  name: 'made-set',
  homepage: 'http://127.0.0.1:9/',
  files: ['a.gz', 'b.gz', 'c.gz'].map((fileName) => ({ fileName, urls: [`http://127.0.0.1:9/${fileName}`], size, sha256 })),
};
const common = (): Omit<Parameters<typeof obtainFiles>[0], 'name'> => {
  const { folder, wait, onNotice, onProgress } = bed.options('');
  return { folder: folder!, wait: wait!, onNotice: onNotice!, onProgress: onProgress! };
};
const fileServer = async (broken?: string): Promise<TestServer & { readonly paths: string[] }> => {
  const paths: string[] = [];
  const server = await serve((response, request) => {
    paths.push(request.url!);
    if (request.url === broken) response.writeHead(404).end();
    else sendFile(response, request, content, '"v1"');
  });
  return Object.assign(server, { paths });
};
const setAt = ({ url }: TestServer): KnownFileSet => ({
  ...set,
  files: set.files.map((file) => ({ ...file, urls: [new URL(file.fileName, url).href] })),
});

describe('obtainFiles', () => {
  it('fetches each of several files into a folder of their name, and then has them', async () => {
    await using server = await fileServer();
    const name = setAt(server);
    const folder = join(bed.folder, 'made-set');
    const { path, files } = await obtainFiles({ ...common(), name });
    expect(path).toBe(folder);
    expect(files).toEqual(set.files.map(({ fileName }) => ({ path: join(folder, fileName), sha256, size, fetched: true })));
    expect(readdirSync(folder).sort()).toEqual(['a.gz', 'b.gz', 'c.gz']);
    expect(server.paths).toEqual(['/a.gz', '/b.gz', '/c.gz']);
    const again = await obtainFiles({ ...common(), name, offline: true });
    expect(again.files.map(({ fetched }) => fetched)).toEqual([false, false, false]);
  });

  it('tells the progress of all files together', async () => {
    await using server = await fileServer();
    await obtainFiles({ ...common(), name: setAt(server) });
    const received = bed.progress.map((event) => event.received);
    expect(received).toEqual(received.toSorted((a, b) => a - b));
    expect(received.at(-1)).toBe(3 * size);
    expect(new Set(bed.progress.map(({ total }) => total))).toEqual(new Set([3 * size]));
  });

  it('of files whose size is not known tells no total', async () => {
    await using server = await fileServer();
    const name = setAt(server);
    const [first, ...rest] = name.files;
    await obtainFiles({ ...common(), name: { ...name, files: [without(first!, 'size'), ...rest] } });
    expect(new Set(bed.progress.map(({ total }) => total))).toEqual(new Set([undefined]));
    expect(bed.progress.at(-1)!.received).toBe(3 * size);
  });

  it('goes on with the file that was missing', async () => {
    await using server = await fileServer('/b.gz');
    const name = setAt(server);
    await expect(obtainFiles({ ...common(), name })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(/^obtainFiles: "b\.gz" could not be fetched; .*404/) as string,
    });
    await using repaired = await fileServer();
    const { files } = await obtainFiles({ ...common(), name: setAt(repaired) });
    expect(files.map(({ fetched }) => fetched)).toEqual([false, true, true]);
    expect(repaired.paths).toEqual(['/b.gz', '/c.gz']);
  });

  it("uses a folder of the user's in their place, checked", async () => {
    const own = join(dirname(dirname(bed.folder)), 'own');
    mkdirSync(own);
    for (const { fileName } of set.files) writeFileSync(join(own, fileName), content);
    const { path, files } = await obtainFiles({ ...common(), name: set, fromFile: own });
    expect([path, ...files.map((file) => file.path)]).toEqual([own, ...['a.gz', 'b.gz', 'c.gz'].map((name) => join(own, name))]);
    writeFileSync(join(own, 'c.gz'), other);
    await expect(obtainFiles({ ...common(), name: set, fromFile: own })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining('it is not c.gz as published: its sha256 is ') as string,
    });
  });

  it('takes what is one archive as one file', async () => {
    await using server = await fileServer();
    const [file] = setAt(server).files;
    const name = { ...file!, name: 'made', homepage: 'http://127.0.0.1:9/', format: 'zip', members: ['made'] } as const;
    expect(await obtainFiles({ ...common(), name })).toEqual({
      path: join(bed.folder, 'a.gz'),
      files: [{ path: join(bed.folder, 'a.gz'), sha256, size, fetched: true }],
    });
  });

  it('says where to place a file when it may not fetch', async () => {
    await expect(obtainFiles({ ...common(), name: 'mnist', offline: true })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining(
        `save it as "${join(bed.folder, 'mnist', 'train-images-idx3-ubyte.gz')}" (9912422 bytes, sha256 440fcabf`,
      ) as string,
    });
  });

  it.each(['mnst', '__proto__'])('refuses the name %s', async (name) => {
    await expect(obtainFiles({ ...common(), name: name as 'mnist', offline: true })).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });
});
