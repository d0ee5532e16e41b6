import { writeFileSync } from 'node:fs';
import { fetchFile } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOfNetwork } from '../../src/node/download/download-failure.ts';
import { content, downloadBed, fails, other, sha256, without, type DownloadBed } from './download-bed.ts';
import { cutAt, sendFile, sendUntil, serve } from './test-server.ts';

let bed: DownloadBed;
beforeEach(() => {
  bed = downloadBed();
});
afterEach(() => bed.remove());

describe('a status that is no success', () => {
  it('[55] 416 begins anew where the file has become shorter', async () => {
    await using server = await serve((response, request, count) => {
      if (count === 1) sendUntil(30_000, bed.progress, response, request, other, '"v1"');
      else if (count === 2) response.writeHead(416, { 'content-range': 'bytes */20000' }).end();
      else sendFile(response, request, content, '"v2"');
    });
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=30000-', 'whole']);
  });

  it('[55] 416 is success where all was there already', async () => {
    await using server = await serve((response, request, count) => {
      // Without a length, so that the first try cannot know that it has everything.
      if (count > 1) return sendFile(response, request, content, '"v1"');
      response.writeHead(200, { etag: '"v1"' }).write(content);
      cutAt(content.length, bed.progress, response);
    });
    expect(await fetchFile(without(bed.options(server.url), 'size'))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', `bytes=${content.length}-`]);
  });

  it('[55] 416 begins anew where a file of the same length is another', async () => {
    await using server = await serve((response, request, count) => {
      if (count === 2) return response.writeHead(416, { 'content-range': `bytes */${content.length}`, etag: '"v2"' }).end();
      if (count === 3) return sendFile(response, request, content, '"v2"');
      response.writeHead(200, { etag: '"v1"' }).write(other);
      return cutAt(content.length, bed.progress, response);
    });
    expect(await fetchFile(without(bed.options(server.url), 'size'))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', `bytes=${content.length}-`, 'whole']);
  });

  it('[55] 416 without a question is refused', async () => {
    await using server = await serve((response) => response.writeHead(416).end());
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject(fails('it answers 416'));
  });

  it.each([
    ['in seconds', { 'retry-after': '7' }, 7000],
    ['as a date', { 'retry-after': 'Mon, 01 Jan 2024 00:00:30 GMT', date: 'Mon, 01 Jan 2024 00:00:18 GMT' }, 12_000],
    ['as a date that has passed', { 'retry-after': 'Mon, 01 Jan 2024 00:00:00 GMT', date: 'Mon, 01 Jan 2024 00:00:18 GMT' }, 0],
    ['longer than the longest wait', { 'retry-after': '86400' }, 60_000],
    ['that means nothing', { 'retry-after': 'soon' }, 1000],
    ['not at all', {}, 1000],
  ])('[55] 429 with Retry-After %s is waited for', async (_, headers, expected) => {
    await using server = await serve((response, request, count) =>
      count === 1 ? void response.writeHead(429, headers).end() : sendFile(response, request, content, '"v1"'),
    );
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(bed.delays).toEqual([expected]);
  });

  it('[55] 5xx is tried again with growing delays, not for ever', async () => {
    await using server = await serve((response) => response.writeHead(503).end('busy'));
    await expect(fetchFile(bed.options(server.url, { retries: 4, maxRetryDelayMs: 5000 }))).rejects.toMatchObject(fails('it answers 503'));
    expect(server.ranges).toHaveLength(5);
    expect(bed.delays).toEqual([1000, 2000, 4000, 5000]);
  });

  it('[55] 5xx once is no failure', async () => {
    await using server = await serve((response, request, count) =>
      count === 1 ? void response.writeHead(500).end() : sendFile(response, request, content, '"v1"'),
    );
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
  });

  it('waits as long as it says, where nothing else is given', async () => {
    await using server = await serve((response, request, count) =>
      count === 1 ? void response.writeHead(503).end() : sendFile(response, request, content, '"v1"'),
    );
    const start = performance.now();
    await fetchFile(without(bed.options(server.url, { retryDelayMs: 150 }), 'wait'));
    expect(performance.now() - start).toBeGreaterThan(140);
  });
});

describe('redirects', () => {
  it('are followed, with the range', async () => {
    await using server = await serve((response, request, count) => {
      if (request.url === '/file.bin') response.writeHead(302, { location: '/elsewhere' }).end();
      else if (count === 2) sendUntil(30_000, bed.progress, response, request, content, '"v1"');
      else sendFile(response, request, content, '"v1"');
    });
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'whole', 'bytes=30000-', 'bytes=30000-']);
  });

  it.each([
    ['in a circle', (count: number) => `/${count % 3}`, 'it redirects in a circle'],
    ['to itself', () => '/file.bin', 'it redirects in a circle'],
    ['on and on', (count: number) => `/${count}`, 'it redirects more than 10 times'],
    ['to a file of this machine', () => 'file:///etc/passwd', 'neither http nor https'],
    ['to no address', () => 'http://', 'it redirects to no address'],
  ])('[55] that go %s are refused', async (_, location, reason) => {
    await using server = await serve((response, _, count) => response.writeHead(301, { location: location(count) }).end());
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject(fails(reason));
    expect(server.ranges.length).toBeLessThan(13);
    expect(bed.delays).toEqual([]);
  });
});

describe('no network', () => {
  it('[55] the message says how to place the file by hand, and that is then used', async () => {
    const closed = await serve(() => undefined);
    await closed[Symbol.asyncDispose]();
    const options = bed.options(closed.url);
    await expect(fetchFile(options)).rejects.toMatchObject(
      fails(
        /the server refuses the connection \(ECONNREFUSED\); to place it by hand, save it as ".*file\.bin" \(100000 bytes, sha256 [0-9a-f]{64}\), or .*--from-file/,
      ),
    );
    expect(bed.delays).toEqual([1000, 2000, 4000]);
    writeFileSync(bed.path, content);
    expect(await fetchFile(options)).toMatchObject({ path: bed.path, fetched: false });
  });

  const wrapped = (code: string): TypeError => new TypeError('fetch failed', { cause: Object.assign(new Error('inner'), { code }) });
  it.each([
    ['ENOTFOUND', /^the name of the server is not known: there is no network, or no such server \(ENOTFOUND\)$/, true],
    ['EAI_AGAIN', /there is no network/, true],
    ['ENETUNREACH', /there is no network/, true],
    ['ETIMEDOUT', /does not answer/, true],
    ['UND_ERR_CONNECT_TIMEOUT', /does not answer/, true],
    [
      'CERT_HAS_EXPIRED',
      /^the certificate or the encryption of the server is not accepted \(CERT_HAS_EXPIRED\): set NODE_EXTRA_CA_CERTS/,
      false,
    ],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate/, false],
    ['SOMETHING_NEW', /^fetch failed \(SOMETHING_NEW\)$/, true],
  ])('[55] %s is told in words', (code, reason, retry) => {
    expect(failureOfNetwork(wrapped(code))).toMatchObject({ reason: expect.stringMatching(reason) as string, retry });
  });

  it('[55] the error of a name with several addresses is told too', () => {
    const several = new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' })]);
    expect(failureOfNetwork(new TypeError('fetch failed', { cause: several })).reason).toBe(
      'the server refuses the connection (ECONNREFUSED)',
    );
    expect(failureOfNetwork('a text')).toMatchObject({ reason: 'a text', retry: true });
  });
});
