import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleName } from '../src/dash/sample-name.ts';
import { ask, dashBed, listen, open, within, type DashBed, type Listener } from './dash-bed.ts';
import { makeRun, trainLine } from './made-run.ts';

const SECRET = 'the secret outside of the run';
const HOSTILE = '<script>alert(1)</script>';

let bed: DashBed;
beforeEach(() => {
  bed = dashBed();
  writeFileSync(join(bed.folder, 'secret.txt'), SECRET);
});
afterEach(() => bed.remove());

describe('the server of d3pm dash', () => {
  it('gives the page, its scripts and styles, and all that they name, without a word of another host', async () => {
    const { url } = await bed.start();
    const page = await ask(url);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const named = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(4);
    for (const path of named) expect((await ask(url, { path })).status, path).toBe(200);
    const scripts = await ask(url, { path: '/page/main.js' });
    for (const [, name] of scripts.text.matchAll(/from "\.\/([\w-]+\.js)"/g)) {
      expect((await ask(url, { path: `/page/${name}` })).headers['content-type']).toBe('text/javascript; charset=utf-8');
    }
    expect(page.text).not.toMatch(/https?:\/\//);
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|javascript:|style=/i);
  });

  it('[70] says to a browser to run nothing but its own scripts, and to give nothing to others', async () => {
    const { url } = await bed.start({ samples: { 'a.txt': HOSTILE } });
    for (const path of ['/', '/page/main.js', '/nothing', '/samples/a.txt']) {
      const { headers } = await ask(url, { path });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; /);
      expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect((await ask(url, { path: '/samples/a.txt' })).headers['content-security-policy']).toContain('sandbox');
  });

  it('[70] answers to its own names with its own port, and to no other', async () => {
    const { url } = await bed.start();
    const { port } = new URL(url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect((await ask(url, { headers: { Host: host } })).status, host).toBe(200);
    }
    const others = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      'localhost',
      `127.0.0.1:${Number(port) + 1}`,
      `localhost.:${port}`,
    ];
    for (const host of [...others, `127.0.0.1:${port}.evil.example`, `x@127.0.0.1:${port}`, `127.0.0.1:${port}, evil.example`]) {
      for (const path of ['/', '/events', '/samples/a.txt', '/page/main.js']) {
        const { status, text } = await ask(url, { path, headers: { Host: host } });
        expect([status, text], `${host} ${path}`).toEqual([421, `this answers as 127.0.0.1:${port} alone\n`]);
      }
    }
    const nameless = connect({ host: '127.0.0.1', port: Number(port) }).end('GET / HTTP/1.0\r\n\r\n');
    expect(String(((await once(nameless, 'data')) as [Buffer])[0])).toMatch(/^HTTP\/1\.1 421 /);
  });

  it('[70] refuses what a page of another origin asks for, and lets a person come from one by a link', async () => {
    const { url } = await bed.start();
    const { port } = new URL(url);
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: `http://127.0.0.1:${Number(port) + 1}` },
      { Origin: `https://127.0.0.1:${port}` },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' },
      { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors' },
    ]) {
      expect((await ask(url, { path: '/events', headers })).status, JSON.stringify(headers)).toBe(403);
    }
    expect((await ask(url, { headers: { Origin: `http://localhost:${port}`, 'Sec-Fetch-Site': 'same-origin' } })).status).toBe(200);
    expect((await ask(url, { headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } })).status).toBe(200);
  });

  it('[70] only reads: every other method is refused, and HEAD has no body', async () => {
    const { url } = await bed.start();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status, headers } = await ask(url, { method });
      expect([status, headers['allow']], method).toEqual([405, 'GET, HEAD']);
    }
    const [head, get] = [await ask(url, { method: 'HEAD' }), await ask(url)];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
    expect(await ask(url, { method: 'HEAD', path: '/events' })).toMatchObject({ status: 200, text: '' });
  });

  it('[70] listens on 127.0.0.1 alone', async () => {
    const { port } = new URL((await bed.start()).url);
    const reach = (host: string): Promise<string> =>
      new Promise((done) => {
        const socket = connect({ host, port: Number(port) });
        socket.once('connect', () => done('connected')).once('error', (error: NodeJS.ErrnoException) => done(error.code!));
        socket.once('connect', () => socket.destroy());
      });
    expect(await reach('127.0.0.1')).toBe('connected');
    const others = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.filter(({ internal }) => !internal));
    for (const host of ['127.0.0.2', '::1', ...others.map(({ address }) => address)]) expect(await reach(host), host).not.toBe('connected');
  });

  it.each([
    '/../secret.txt',
    '/samples/../secret.txt',
    '/samples/../../secret.txt',
    '/samples/..%2f..%2fsecret.txt',
    '/samples/%2e%2e/%2e%2e/secret.txt',
    '/samples/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/samples/..%5c..%5csecret.txt',
    '/samples/..\\..\\secret.txt',
    '/samples/%252e%252e%252f%252e%252e%252fsecret.txt',
    '/samples/%c0%ae%c0%ae/secret.txt',
    '/samples//../../secret.txt',
    '/samples/a.txt/../../../secret.txt',
    '/samples/%00.txt',
    '/samples/a.txt%00.png',
    '/samples/..',
    '/samples/.',
    '/samples/',
    '/samples',
    '/samples/%',
    '/samples/C:secret.txt',
    '/page/../../../secret.txt',
    '/page/main.js.map',
    '/page/__proto__',
    '/constructor',
    '/metrics.jsonl',
    '/run.log',
    '//etc/passwd',
    'http://127.0.0.1/samples/a.txt',
    '*',
  ])('[70] has nothing at %s', async (path) => {
    const { url } = await bed.start({ metrics: trainLine(1, 4), log: 'log', samples: { 'a.txt': 'a sample' } });
    symlinkSync(join(bed.folder, 'secret.txt'), join(bed.run, 'secret.txt'));
    expect(await ask(url, { path })).toMatchObject({ status: 404, text: 'there is nothing here\n' });
    expect((await ask(url, { path: '/samples/a.txt' })).text).toBe('a sample');
  });

  it('[70] follows no link, opens no pipe, and shows no page of others', async () => {
    const { url } = await bed.start({
      samples: { 'page.html': HOSTILE, 'picture.svg': '<svg/>', 'code.js': '1', '.hidden.txt': 'x', 'good.txt': 'good' },
    });
    symlinkSync(join(bed.folder, 'secret.txt'), join(bed.run, 'samples', 'link.txt'));
    symlinkSync('good.txt', join(bed.run, 'samples', 'inside.txt'));
    symlinkSync('/dev/zero', join(bed.run, 'samples', 'endless.png'));
    mkdirSync(join(bed.run, 'samples', 'folder.txt'));
    expect(spawnSync('mkfifo', [join(bed.run, 'samples', 'pipe.txt')]).status).toBe(0);
    for (const name of [
      'link.txt',
      'inside.txt',
      'endless.png',
      'folder.txt',
      'pipe.txt',
      'page.html',
      'picture.svg',
      'code.js',
      '.hidden.txt',
    ]) {
      expect(await ask(url, { path: `/samples/${name}` }), name).toMatchObject({ status: 404, text: 'there is nothing here\n' });
    }
    const { messages } = await listen(url);
    expect(messages.samples.at(-1)).toEqual({ names: ['good.txt'] });
  });

  it('[70] follows no link to a bed.folder, and tells of files that are links', async () => {
    makeRun(bed.run, { log: 'a log' });
    rmSync(join(bed.run, 'samples'), { recursive: true });
    symlinkSync(bed.folder, join(bed.run, 'samples'));
    symlinkSync(join(bed.folder, 'secret.txt'), join(bed.run, 'metrics.jsonl'));
    mkdirSync(join(bed.run, 'ckpt-00000010'));
    writeFileSync(join(bed.folder, 'config.json'), JSON.stringify({ config: { secret: SECRET }, environment: {} }));
    symlinkSync(join(bed.folder, 'config.json'), join(bed.run, 'ckpt-00000010', 'config.json'));
    rmSync(join(bed.run, 'run.log'));
    symlinkSync(join(bed.folder, 'secret.txt'), join(bed.run, 'run.log'));
    const { url } = await bed.start();
    expect((await ask(url, { path: '/samples/secret.txt' })).status).toBe(404);
    const { messages } = await listen(url);
    expect(JSON.stringify(messages)).not.toContain(SECRET);
    expect(messages.status.at(-1)!.notes.map((note) => note.replace(/^".*\/|" is.*$/g, ''))).toEqual(
      expect.arrayContaining(['metrics.jsonl', 'run.log']),
    );
  });

  it('[70] shows hostile names and texts as they are, and never as a page', async () => {
    const name = `"><img src=x onerror=alert(1)> ü %2e.txt`;
    const { url } = await bed.start({
      samples: { [name]: HOSTILE },
      log: `2026-01-01T00:00:00.000Z warning: ${HOSTILE}\u202E`,
      config: { [HOSTILE]: HOSTILE },
    });
    const { messages } = await listen(url);
    expect(messages.samples[0]).toEqual({ names: [name] });
    expect(messages.log[0]!.text).toContain(`${HOSTILE}\\u{202E}`);
    expect(messages.run[0]!.config).toEqual([[`[${JSON.stringify(HOSTILE)}]`, HOSTILE]]);
    const sample = await ask(url, { path: `/samples/${encodeURIComponent(name)}` });
    expect([sample.status, sample.text, sample.headers['content-type']]).toEqual([200, HOSTILE, 'text/plain; charset=utf-8']);
    expect((await ask(url)).text).not.toContain('alert(');
  });

  it('[70] no path of a request leads out of the samples', () => {
    const arbPart = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '%2e',
        '%2E%2e',
        '%2f',
        '%5C',
        '%00',
        '%25',
        'samples',
        'a',
        '.txt',
        '.png',
        ':',
        '~',
        ' ',
        '%',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc
        .string({ unit: 'binary', maxLength: 4 })
        .filter((text) => !/\p{Cs}/u.test(text))
        .map(encodeURIComponent),
    );
    const root = join(bed.folder, 'samples');
    let found = 0;
    fc.assert(
      fc.property(fc.array(arbPart, { maxLength: 8 }), fc.constantFrom('.txt', '.png', '.gif', '', '/'), (parts, end) => {
        const name = sampleName(`/samples/${parts.join('')}${end}`);
        found += name === undefined ? 0 : 1;
        expect(name === undefined || dirname(resolve(root, name)) === root).toBe(true);
        expect(name ?? 'a.txt').toMatch(/^[^./\\:\0][^/\\:\0]*\.(txt|png|gif)$/);
      }),
      { numRuns: 3000 },
    );
    expect(found).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
        const name = `x${text.replaceAll(/[/\\:\p{Cc}\p{Cs}]/gu, '-')}.png`;
        expect(sampleName(`/samples/${encodeURIComponent(name)}`)).toBe(name);
      }),
    );
  });

  it('gives pictures as pictures, and of a long text its beginning', async () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
    const { url } = await bed.start({ samples: { 'a.png': png, 'b.gif': 'GIF89a', 'long.txt': 'x'.repeat(300_000), 'empty.txt': '' } });
    expect((await ask(url, { path: '/samples/a.png' })).headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '6' });
    expect((await ask(url, { path: '/samples/b.gif' })).headers['content-type']).toBe('image/gif');
    expect((await ask(url, { path: '/samples/long.txt' })).text).toBe('x'.repeat(256 * 1024));
    expect(await ask(url, { path: '/samples/empty.txt' })).toMatchObject({ status: 200, text: '' });
    writeFileSync(join(bed.run, 'samples', 'huge.png'), '');
    truncateSync(join(bed.run, 'samples', 'huge.png'), 33 * 2 ** 20);
    expect((await ask(url, { path: '/samples/huge.png' })).status).toBe(404);
  });

  it('[70] lets a bounded number of pages look on, and others when they have gone', async () => {
    const { url } = await bed.start({ metrics: trainLine(1, 4) });
    const pages: Listener[] = [];
    for (let i = 0; i < 16; i++) pages.push(await listen(url));
    expect(await ask(url, { path: '/events' })).toMatchObject({ status: 503, text: 'too many pages are open\n' });
    expect((await ask(url)).status).toBe(200);
    pages[3]!.close();
    await expect.poll(async () => (await open(url, { path: '/events' })).statusCode, within).toBe(200);
  });

  it('refuses a header that is too long', async () => {
    const { url } = await bed.start();
    expect((await ask(url, { headers: { Cookie: 'x'.repeat(20_000) } })).status).toBe(431);
  });
});
