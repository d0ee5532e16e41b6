import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fetchFile } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { content, downloadBed, fails, other, sha256, without, type DownloadBed } from './download-bed.ts';
import { cutAt, sendFile, sendSlowly, serve } from './test-server.ts';

let bed: DownloadBed;
beforeEach(() => {
  bed = downloadBed();
});
afterEach(() => bed.remove());

describe('a body that is not the file', () => {
  it.each([
    ['says so', { 'content-type': 'text/html; charset=utf-8' }, 'log in'],
    ['begins so', { 'content-type': 'application/zip' }, '<!DOCTYPE html><html>log in</html>'],
    ['begins so after blanks', {}, '\ufeff\r\n <html lang="en">'],
  ])('[55] a page with status 200 that %s is refused', async (_, headers, page) => {
    await using server = await serve((response) => response.writeHead(200, headers).end(page));
    const options = without(bed.options(server.url), 'sha256', 'size');
    await expect(fetchFile(options)).rejects.toMatchObject(fails('it sends a web page where the file should be'));
    expect(bed.files()).toEqual([]);
    expect(server.ranges).toHaveLength(1);
  });

  it('[55] a page that comes byte by byte is known all the same', async () => {
    await using server = await serve((response) => sendSlowly(response.writeHead(200), [...'<!doctype html>and so on'], 2));
    await expect(fetchFile(without(bed.options(server.url), 'sha256', 'size'))).rejects.toMatchObject(fails('it sends a web page'));
    expect(bed.files()).toEqual([]);
  });

  it('[55] a content-length that is too long is not believed for ever', async () => {
    await using server = await serve((response, request) => {
      if (request.headers.range === undefined) response.writeHead(200, { etag: '"v1"', 'content-length': content.length + 5000 });
      else response.writeHead(206, { etag: '"v1"', 'content-range': `bytes ${content.length}-104999/105000`, 'content-length': 5000 });
      if (request.headers.range === undefined) response.write(content);
      response.flushHeaders();
      if (request.headers.range === undefined) cutAt(content.length, bed.progress, response);
      else setTimeout(() => response.destroy(), 20);
    });
    const options = without(bed.options(server.url), 'sha256', 'size');
    await expect(fetchFile(options)).rejects.toMatchObject(fails('at byte 100000 of 105000'));
    expect(server.ranges).toHaveLength(4);
    expect(bed.files()).toEqual(['file.bin.partial', 'file.bin.partial.json']);
  });

  it('[55] a content-length that is too short gives no complete file', async () => {
    await using server = await serve((response) => response.writeHead(200, { 'content-length': 1000 }).end(content));
    await expect(fetchFile(without(bed.options(server.url), 'size'))).rejects.toMatchObject({ code: 'INVALID_DATA' });
    expect(bed.files()).not.toContain('file.bin');
  });

  it('[55] a file of another length than expected is not even begun', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    await expect(fetchFile(bed.options(server.url, { size: 99_999 }))).rejects.toMatchObject(
      fails('it has a file of 100000 bytes, expected 99999'),
    );
    expect(bed.files()).toEqual([]);
  });

  it.each([
    ['more', content.length - 1, 'it sends more than the 99999 bytes of the file'],
    ['less', content.length + 1, 'it has sent 100000 bytes, expected 100001'],
  ])('[55] a file of no said length with %s bytes than expected is refused', async (_, size, reason) => {
    await using server = await serve((response) => {
      response.writeHead(200).write(content);
      response.end();
    });
    await expect(fetchFile(bed.options(server.url, { size }))).rejects.toMatchObject(fails(reason));
    expect(bed.files()).toEqual([]);
  });

  it('a body in an encoding of its own is refused, since its bytes are not those of the file', async () => {
    await using server = await serve((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content)));
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject(fails('it sends the file in an encoding of its own, "gzip"'));
  });

  it('an answer that is no HTTP is told', async () => {
    await using server = await serve((response) => response.socket!.end('SSH-2.0-none\r\n'));
    await expect(fetchFile(bed.options(server.url, { retries: 0 }))).rejects.toMatchObject(fails(/the answer is no HTTP \(HPE_\w+\)/));
  });
});

describe('a checksum that differs', () => {
  const bad = (): string =>
    createHash('sha256')
      .update(readFileSync(`${bed.path}.bad`))
      .digest('hex');

  it('[56] keeps what came as .bad, shows both, and fetches anew the next time', async () => {
    await using server = await serve((response, request, count) => sendFile(response, request, count === 1 ? other : content, '"v1"'));
    const got = createHash('sha256').update(other).digest('hex');
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message:
        `fetchFile: "file.bin" is not the expected file: its sha256 is ${got}, expected ${sha256}; ` +
        `it is kept as "${bed.path}.bad"; call again to fetch it anew, and compare the address if it comes to the same`,
    });
    expect(bed.files()).toEqual(['file.bin.bad']);
    expect(bad()).toBe(got);
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256, fetched: true });
  });

  it('[56] is found in a file that was there', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    mkdirSync(bed.folder, { recursive: true });
    writeFileSync(bed.path, other);
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject({ code: 'INVALID_DATA' });
    expect(server.ranges).toEqual([]);
    expect(bed.files()).toEqual(['file.bin.bad']);
    writeFileSync(bed.path, content.subarray(1));
    await expect(fetchFile(bed.options(server.url))).rejects.toThrow('it has 99999 bytes, expected 100000');
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256, fetched: true });
  });

  it('[56] is not passed over by asking a mirror', async () => {
    await using wrong = await serve((response, request) => sendFile(response, request, other, '"v1"'));
    await using right = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    await expect(fetchFile(bed.options([wrong.url, right.url]))).rejects.toMatchObject({ code: 'INVALID_DATA' });
    expect(right.ranges).toEqual([]);
  });
});
