import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fetchFile, type FetchFileOptions } from '@d3pm/data/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { content, downloadBed, sha256, type DownloadBed } from './download-bed.ts';
import { sendFile, serve } from './test-server.ts';

let bed: DownloadBed;
beforeEach(() => {
  bed = downloadBed();
  mkdirSync(dirname(bed.folder));
});
afterEach(() => bed.remove());

describe('a folder that does not serve', () => {
  const beside = (name: string): string => join(dirname(bed.folder), name);

  it.each([
    ['is a file', (folder: string) => writeFileSync(folder, 'x'), 'a part of it is a file (ENOTDIR)'],
    [
      'is a link that leads nowhere',
      (folder: string) => symlinkSync(beside('none'), folder),
      'a part of it is a link that leads nowhere, or it was removed (ENOENT)',
    ],
    ['is a link in a circle', (folder: string) => symlinkSync(folder, folder), 'it is a link that leads in a circle (ELOOP)'],
  ])('[57] one that %s is told', async (_, make, reason) => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    make(bed.folder);
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message:
        `fetchFile: the folder "${bed.folder}" does not serve: ${reason}, 100000 bytes are needed; ` +
        'give another folder with D3PM_CACHE or the option folder',
    });
    expect(server.ranges).toEqual([]);
  });

  it('[57] one under a file is told', async () => {
    writeFileSync(beside('file'), 'x');
    await expect(fetchFile(bed.options('http://127.0.0.1:9/', { folder: join(beside('file'), 'data') }))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('does not serve: a part of it is a file (ENOTDIR)') as string,
    });
  });

  it('[57] a folder in the place of the file is told', async () => {
    mkdirSync(bed.path, { recursive: true });
    await expect(fetchFile(bed.options('http://127.0.0.1:9/'))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: `fetchFile: "${bed.path}" is no file; move it away, or give another folder`,
    });
  });

  it('[57] a folder in the place of the partial file is told', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    mkdirSync(`${bed.path}.partial`, { recursive: true });
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('the file that is to be written there is a folder (EISDIR)') as string,
    });
    expect(existsSync(`${bed.path}.lock`)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('[57] a full disk is told, which /dev/full always is', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    mkdirSync(bed.folder);
    symlinkSync('/dev/full', `${bed.path}.partial`);
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('does not serve: its disk is full (ENOSPC), 100000 bytes are needed') as string,
    });
    expect(server.ranges).toEqual(['whole']);
  });

  it('[57] a link that leads nowhere in the place of the file is replaced', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    mkdirSync(bed.folder);
    symlinkSync(beside('none'), bed.path);
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(existsSync(beside('none'))).toBe(false);
  });
});

/** A process that fetches, and what it prints. */
interface Child {
  readonly process: ChildProcess;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly ended: Promise<unknown>;
}

function fetchInChild(options: Partial<FetchFileOptions>): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fetch-child.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Readonly<Record<string, unknown>>[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>));
  return { process: child, lines, ended: new Promise((resolve) => child.once('close', resolve)) };
}

describe('several processes', () => {
  it('[57] two on one folder fetch the file once, and the second tells whom it waits for', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await using server = await serve((response, request) => void released.then(() => sendFile(response, request, content, '"v1"')));
    const options = { url: server.url, folder: bed.folder, fileName: 'file.bin', sha256 };
    const first = fetchInChild(options);
    await expect.poll(() => server.ranges, { timeout: 20_000 }).toHaveLength(1);
    const second = fetchInChild(options);
    const waiting = expect.stringMatching(
      new RegExp(`^file.bin: waiting for process ${first.process.pid} on .*, which fetches it$`),
    ) as string;
    await expect.poll(() => second.lines, { timeout: 20_000 }).toContainEqual({ notice: waiting });
    release();
    await Promise.all([first.ended, second.ended]);
    const result = { path: bed.path, sha256, size: content.length };
    expect(first.lines.at(-1)).toEqual({ result: { ...result, fetched: true } });
    expect(second.lines).toEqual([{ notice: waiting }, { result: { ...result, fetched: false } }]);
    expect(server.ranges).toEqual(['whole']);
    expect(bed.files()).toEqual(['file.bin']);
  });

  it('[55] one that was killed is gone on with by another', async () => {
    await using server = await serve((response, request, count) => {
      if (count > 1) sendFile(response, request, content, '"v1"');
      else response.writeHead(200, { etag: '"v1"', 'content-length': content.length }).write(content.subarray(0, 40_000));
    });
    const child = fetchInChild({ url: server.url, folder: bed.folder, fileName: 'file.bin', sha256 });
    await expect.poll(() => child.lines, { timeout: 20_000 }).toContainEqual({ received: 40_000 });
    child.process.kill('SIGKILL');
    await child.ended;
    expect(bed.files()).toEqual(['file.bin.lock', 'file.bin.owner.json', 'file.bin.partial', 'file.bin.partial.json']);
    // The owner is dead, so its lock becomes old: here at once.
    utimesSync(`${bed.path}.lock`, new Date(0), new Date(0));
    expect(await fetchFile(bed.options(server.url))).toMatchObject({ sha256 });
    expect(server.ranges).toEqual(['whole', 'bytes=40000-']);
    expect(bed.files()).toEqual(['file.bin']);
  });

  it('an owner file that is no JSON does not matter', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    mkdirSync(`${bed.path}.lock`, { recursive: true });
    writeFileSync(`${bed.path}.owner.json`, '{');
    const fetching = fetchFile(bed.options(server.url));
    await expect.poll(() => bed.notices, { timeout: 20_000 }).toEqual(['file.bin: waiting for another process, which fetches it']);
    utimesSync(`${bed.path}.lock`, new Date(0), new Date(0));
    expect(await fetching).toMatchObject({ sha256 });
  });

  it('stops to wait when it is told to', async () => {
    mkdirSync(`${bed.path}.lock`, { recursive: true });
    const controller = new AbortController();
    const reason = new Error('enough');
    const options = bed.options('http://127.0.0.1:9/', { signal: controller.signal, onNotice: () => controller.abort(reason) });
    await expect(fetchFile(options)).rejects.toBe(reason);
  });
});

const OPENSSL = 'openssl';
const hasOpenssl = spawnSync(OPENSSL, ['version']).status === 0;
describe.skipIf(!hasOpenssl)(`TLS${hasOpenssl ? '' : ' (openssl is not here to make a certificate)'}`, () => {
  /** A certificate that nobody has signed but itself. */
  const certificate = (): { readonly key: Buffer; readonly cert: Buffer; readonly path: string } => {
    const [key, path] = ['key.pem', 'cert.pem'].map((name) => join(dirname(bed.folder), name)) as [string, string];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync(OPENSSL, ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', path], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(path), path };
  };

  it('[55] a certificate that is not trusted is refused, at once', async () => {
    await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'), certificate());
    await expect(fetchFile(bed.options(server.url))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(
        /the server is not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT\): set NODE_EXTRA_CA_CERTS .*--from-file/,
      ) as string,
    });
    expect(bed.delays).toEqual([]);
    expect(server.ranges).toEqual([]);
  });

  it('[55] a redirect from https to http is refused', async () => {
    await using plain = await serve((response, request) => sendFile(response, request, content, '"v1"'));
    const trusted = certificate();
    await using server = await serve((response) => response.writeHead(302, { location: `${plain.url}?token=secret` }).end(), trusted);
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'fetch-child.ts'), JSON.stringify({ url: server.url, folder: bed.folder, fileName: 'file.bin' })],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted.path }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) lines.push(line);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        code: 'DOWNLOAD',
        message: expect.stringContaining(
          `it redirects from https to ${plain.url}, where the file could be changed on its way; to place`,
        ) as string,
      },
    ]);
    expect(plain.ranges).toEqual([]);
  });
});

it('[55] a server that has no TLS is told', async () => {
  await using server = await serve((response, request) => sendFile(response, request, content, '"v1"'));
  await expect(fetchFile(bed.options(server.url.replace('http:', 'https:')))).rejects.toMatchObject({
    code: 'DOWNLOAD',
    message: expect.stringMatching(/the encryption of the server is not accepted \((ERR_SSL_\w+|EPROTO)\)/) as string,
  });
});
