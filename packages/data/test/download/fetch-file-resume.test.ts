import { mkdirSync, writeFileSync } from 'node:fs';
import { fetchFile } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { content, downloadBed, fails, other, sha256, type DownloadBed } from './download-bed.ts';
import { cutAt, sendFile, sendSlowly, sendUntil, serve } from './test-server.ts';

let bed: DownloadBed;
beforeEach(() => {
  bed = downloadBed();
});
afterEach(() => bed.remove());

describe('a download that is cut', () => {
  it('[55] a download cut at byte n is resumed', async () => {
    await using server = await serve((response, request, count) =>
      count < 4
        ? sendUntil(count * 30_000, bed.progress, response, request, content, '"v1"')
        : sendFile(response, request, content, '"v1"'),
    );
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=30000-', 'bytes=60000-', 'bytes=90000-']);
    expect(bed.delays).toEqual([1000, 1000, 1000]);
    expect(bed.notices[0]).toBe(
      `file.bin: ${server.url}: the connection was cut (UND_ERR_SOCKET), at byte 30000 of 100000; trying again in 1000 ms`,
    );
    expect(bed.files()).toEqual(['file.bin']);
  });

  it('[55] a file that grows with each try is not given up', async () => {
    await using server = await serve((response, request, count) =>
      sendUntil(count * 10_000, bed.progress, response, request, content, '"v1"'),
    );
    expect(await fetchFile(bed.options(server.url, { retries: 1 }))).toMatchObject({ sha256 });
    expect(server.ranges).toHaveLength(10);
  });

  it('[55] a server that has only a date is asked with the date', async () => {
    const date = 'Mon, 01 Jan 2024 00:00:00 GMT';
    await using server = await serve((response, request) => {
      const rest = request.headers['if-range'] === date;
      const range = rest ? { 'content-range': 'bytes 30000-99999/100000' } : {};
      response.writeHead(rest ? 206 : 200, {
        'last-modified': date,
        etag: 'W/"weak"',
        'content-length': rest ? 70_000 : 100_000,
        ...range,
      });
      response.write(rest ? content.subarray(30_000) : content.subarray(0, 30_000));
      if (!rest) cutAt(30_000, bed.progress, response);
    });
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=30000-']);
  });

  it('[55] a file without ETag and date is begun anew', async () => {
    await using server = await serve((response, _, count) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, count === 1 ? 30_000 : undefined));
      if (count === 1) cutAt(30_000, bed.progress, response);
    });
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'whole']);
  });

  it.each([
    ['is no JSON', '{"url'],
    ['is JSON of another kind', 'null'],
    ['has fields of other kinds', '{"url":1,"etag":[]}'],
    ['is of another address', '{"url":"http://127.0.0.1:9/","etag":"\\"v1\\"","size":100000}'],
    ['says that the file is shorter', '{"url":"URL","etag":"\\"v1\\"","size":100}'],
  ])('[55] a partial file is begun anew where its state %s', async (_, state) => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    mkdirSync(bed.folder, { recursive: true });
    writeFileSync(`${bed.path}.partial`, other.subarray(0, 30_000));
    writeFileSync(`${bed.path}.partial.json`, state.replace('URL', server.url));
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole']);
    expect(bed.files()).toEqual(['file.bin']);
  });

  it('[55] a partial file that is complete needs no request', async () => {
    mkdirSync(bed.folder, { recursive: true });
    writeFileSync(`${bed.path}.partial`, content);
    const url = 'http://127.0.0.1:9/file.bin';
    writeFileSync(`${bed.path}.partial.json`, JSON.stringify({ url, etag: '"v1"', size: content.length }));
    expect(await fetchFile(bed.options(url))).toMatchObject({ sha256 });
    expect(bed.files()).toEqual(['file.bin']);
  });
});

describe('a server that changes its mind', () => {
  it('[55] a server that ignores Range is heard from the start', async () => {
    await using server = await serve((response, _, count) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': content.length });
      response.write(content.subarray(0, count === 1 ? 30_000 : undefined));
      if (count === 1) cutAt(30_000, bed.progress, response);
    });
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=30000-']);
    expect(bed.notices.at(-1)).toBe('file.bin: the server sends the whole file again');
  });

  it('[55] a server that ignores Range and is cut at the same byte each time is given up', async () => {
    await using server = await serve((response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': content.length });
      response.write(content.subarray(0, 30_000));
      cutAt(30_000, bed.progress, response);
    });
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject(fails('at byte 30000 of 100000'));
    expect(server.ranges).toHaveLength(4);
    expect(bed.delays).toEqual([1000, 2000, 4000]);
  });

  it('[55] a file that changes between its parts is fetched anew, by If-Range', async () => {
    await using server = await serve((response, request, count) =>
      count === 1 ? sendUntil(30_000, bed.progress, response, request, other, '"v1"') : sendFile(response, request, content, '"v2"'),
    );
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=30000-']);
  });

  it.each([
    ['has another ETag', { 'content-range': 'bytes 30000-99999/100000', etag: '"v2"' }, 'the file has changed on the server'],
    ['has another length', { 'content-range': 'bytes 30000-99998/99999' }, 'the file has changed on the server'],
    ['begins elsewhere', { 'content-range': 'bytes 0-99999/100000' }, 'the server sends another part than asked for'],
    ['does not say where it begins', {}, 'the server sends another part than asked for'],
  ])('[55] a part that %s is not put after the first', async (_, headers, reason) => {
    await using server = await serve((response, request, count) => {
      if (count === 1) sendUntil(30_000, bed.progress, response, request, other, '"v1"');
      else if (count === 2) response.writeHead(206, { etag: '"v1"', ...headers }).end(content.subarray(30_000));
      else sendFile(response, request, content, '"v2"');
    });
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=30000-', 'whole']);
    expect(bed.notices[1]).toContain(reason);
    expect(bed.delays).toEqual([1000, 0]);
  });

  it('[55] a part that nobody asked for is refused', async () => {
    await using server = await serve((response) =>
      response.writeHead(206, { 'content-range': 'bytes 0-9/100000' }).end(content.subarray(0, 10)),
    );
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject(fails('it answers 206 Partial Content'));
  });
});

describe('a connection on which nothing comes', () => {
  it('[55] before the answer is given up', async () => {
    await using server = await serve(() => undefined);
    await expect(fetchFile(bed.options(server.url, { idleTimeoutMs: 60, retries: 1 }))).rejects.toMatchObject(
      fails('nothing came for 60 ms'),
    );
    expect(server.ranges).toHaveLength(2);
  });

  it('[55] in the middle is given up, and gone on with', async () => {
    await using server = await serve((response, request, count) => {
      if (count > 1) sendFile(response, request, content, '"v1"');
      else response.writeHead(200, { etag: '"v1"', 'content-length': content.length }).write(content.subarray(0, 30_000));
    });
    expect(await fetchFile(bed.options(server.url, { idleTimeoutMs: 800 }))).toMatchObject({ sha256 });
    expect(bed.notices[0]).toContain('nothing came for 800 ms, at byte 30000 of 100000');
    expect(server.ranges).toEqual(['whole', 'bytes=30000-']);
  });

  it('is not one that is slow', async () => {
    const parts = Array.from({ length: 10 }, (_, i) => content.subarray(i * 10_000, (i + 1) * 10_000));
    await using server = await serve((response) => sendSlowly(response.writeHead(200, { 'content-length': content.length }), parts, 150));
    expect(await fetchFile(bed.options(server.url, { idleTimeoutMs: 1200 }))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole']);
  });
});
