import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dataFolder, fetchFile } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { content, downloadBed, sha256, without, type DownloadBed } from './download-bed.ts';
import { sendFile, sendUntil, serve } from './test-server.ts';

let bed: DownloadBed;
beforeEach(() => {
  bed = downloadBed();
});
afterEach(() => bed.remove());

describe('fetchFile', () => {
  it('fetches a file once', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    const expected = { path: bed.path, sha256, size: content.length };
    expect(await fetchFile(bed.options(server.url))).toEqual({ ...expected, fetched: true });
    expect(readFileSync(bed.path)).toEqual(content);
    expect(bed.files()).toEqual(['file.bin']);
    expect(await fetchFile(bed.options(server.url))).toEqual({ ...expected, fetched: false });
    expect(server.ranges).toEqual(['whole']);
    expect(bed.notices).toEqual([]);
  });

  it('tells how far it is', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    await fetchFile(bed.options(server.url));
    expect(bed.progress.at(-1)).toEqual({ received: content.length, total: content.length, resumedFrom: 0 });
    expect(bed.progress.map(({ received }) => received)).toEqual(bed.progress.map(({ received }) => received).toSorted((a, b) => a - b));
  });

  it('returns and tells the digest of a file that has none pinned', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    const options = without(bed.options(server.url), 'sha256', 'size');
    expect(await fetchFile(options)).toMatchObject({ sha256, size: content.length });
    expect(bed.notices).toEqual([`file.bin: no sha256 is known for it; this one has ${sha256}, give that to have it checked`]);
  });

  it('fetches an empty file and one of unknown length', async () => {
    await using server = await serve((response, { url }) => {
      response.writeHead(200);
      for (const part of url === '/file.bin' ? [content, content] : []) response.write(part);
      response.end();
    });
    const options = without(bed.options(server.url), 'sha256', 'size');
    expect(await fetchFile(options)).toMatchObject({ size: 2 * content.length });
    expect(bed.progress.at(-1)).toEqual({ received: 2 * content.length, total: undefined, resumedFrom: 0 });
    expect(await fetchFile({ ...options, fileName: 'empty', url: new URL('/empty', server.url).href })).toMatchObject({ size: 0 });
  });

  it('asks a mirror where an address has not got it', async () => {
    await using none = await serve((response) => response.writeHead(404).end('no'));
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    expect(await fetchFile(bed.options([none.url, server.url]))).toMatchObject({ sha256, fetched: true });
    expect(bed.notices).toEqual([`file.bin: ${none.url}: it answers 404 Not Found; trying another address`]);
  });

  it('names every address and its reason when there is none left', async () => {
    await using none = await serve((response) => response.writeHead(404).end('no'));
    await using secret = await serve((response) => response.writeHead(403, 'not "you"').end('no'));
    await expect(fetchFile(bed.options([none.url, `${secret.url}?token=secret`]))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message:
        `fetchFile: "file.bin" could not be fetched; ${none.url}: it answers 404 Not Found; ${secret.url}: it answers 403 not \\"you\\"; ` +
        `to place it by hand, save it as "${bed.path}" (${content.length} bytes, sha256 ${sha256}), or name your copy with --from-file (fromFile)`,
    });
    expect(bed.files()).toEqual([]);
  });

  it('stops when it is told to, and goes on from there the next time', async () => {
    await using server = await serve((response, request, count) =>
      count === 1
        ? void response.writeHead(200, { etag: '"v1"', 'content-length': content.length }).write(content.subarray(0, 40_000))
        : sendFile(response, request, content, '"v1"'),
    );
    const controller = new AbortController();
    const reason = new Error('enough');
    const stopped = fetchFile(
      bed.options(server.url, { signal: controller.signal, onProgress: ({ received }) => received === 40_000 && controller.abort(reason) }),
    );
    await expect(stopped).rejects.toBe(reason);
    expect(bed.files()).toEqual(['file.bin.partial', 'file.bin.partial.json']);
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=40000-']);
    expect(bed.progress.at(-1)).toEqual({ received: content.length, total: content.length, resumedFrom: 40_000 });
  });

  it('passes on what a callback throws', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    const reason = new Error('of the caller');
    const onProgress = (): never => {
      throw reason;
    };
    await expect(fetchFile(bed.options(server.url, { onProgress }))).rejects.toBe(reason);
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
  });

  it('offline, uses what is there and touches no socket', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>();
    const options = bed.options('http://127.0.0.1:9/file.bin', { offline: true, fetch });
    await expect(fetchFile(options)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(
        /^fetchFile: ".*file\.bin" is not there, and offline is set; to place it by hand, save it as ".*--from-file/,
      ) as string,
    });
    mkdirSync(bed.folder, { recursive: true });
    writeFileSync(bed.path, content);
    expect(await fetchFile(options)).toMatchObject({ sha256, fetched: false });
    expect(fetch).not.toHaveBeenCalled();
    expect(bed.files()).toEqual(['file.bin']);
  });

  it.each([
    [{ url: [] }, 'url is [], expected at least one address'],
    [{ url: 'file:///etc/passwd' }, 'url is "file:///etc/passwd", expected an address of http or https'],
    [{ url: 'http://me:secret@127.0.0.1/' }, 'expected an address of http or https, without a name or password'],
    [{ url: 'nonsense' }, 'url is "nonsense"'],
    [{ fileName: '../file' }, 'fileName is "../file", expected the plain name of a file'],
    [{ fileName: '..' }, 'fileName is ".."'],
    [{ fileName: '' }, 'fileName is ""'],
    [{ fileName: 'a\\b' }, 'fileName is "a\\\\b"'],
    [{ fileName: 'a\u0000b' }, 'fileName is "a\\u0000b"'],
    [{ fileName: 'x'.repeat(300) }, 'at most 100 characters'],
    [{ sha256: 'abc' }, 'sha256 is "abc", expected 64 hexadecimal digits'],
    [{ size: 0 }, 'size is 0, expected an integer at least 1'],
    [{ retries: -1 }, 'retries is -1'],
    [{ idleTimeoutMs: 0 }, 'idleTimeoutMs is 0'],
  ])('refuses options that are none: %o', async (wrong, message) => {
    const error = await fetchFile(bed.options('http://127.0.0.1:9/', wrong)).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string });
  });

  it('takes a fetch of the caller, whose answers are of a class of its own', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    const fetch = async (...request: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      const { status, statusText, headers, body } = await globalThis.fetch(...request);
      return { status, statusText, headers, body } as Response;
    };
    expect(await fetchFile(bed.options(server.url, { fetch }))).toMatchObject({ sha256 });
  });

  it('takes a digest in capitals', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    expect(await fetchFile(bed.options(server.url, { sha256: sha256.toUpperCase() }))).toMatchObject({ sha256 });
  });

  it('keeps what a later address can go on with', async () => {
    await using server = await serve((response, request) => sendUntil(50_000, bed.progress, response, request, content, '"v1"'));
    const url = `${server.url}?token=secret`;
    await expect(fetchFile(bed.options(url, { retries: 0 }))).rejects.toMatchObject({ code: 'DOWNLOAD' });
    expect(readFileSync(`${bed.path}.partial`)).toEqual(content.subarray(0, 50_000));
    expect(JSON.parse(readFileSync(`${bed.path}.partial.json`, 'utf8'))).toEqual({ url: server.url, etag: '"v1"', size: content.length });
  });
});

describe('dataFolder', () => {
  afterEach(() => vi.unstubAllEnvs());
  it('is in D3PM_CACHE, else in the cache of the user', () => {
    vi.stubEnv('D3PM_CACHE', '/somewhere');
    expect(dataFolder()).toMatch(/somewhere[/\\]data$/);
    vi.stubEnv('D3PM_CACHE', '');
    expect(dataFolder()).toMatch(/d3pm.*[/\\]data$/);
  });
});
