import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DashMessages } from '../src/dash/dash-message.ts';
import { sampleName } from '../src/dash/sample-name.ts';
import { startDash, type Dash } from '../src/dash/start-dash.ts';
import { boundLine, makeRun, trainLine } from './made-run.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const SECRET = 'the secret outside of the run';
const HOSTILE = '<script>alert(1)</script>';

let folder: string;
let run: string;
let dashes: Dash[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'd3pm-dash-')));
  run = join(folder, 'run-1');
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  dashes = [];
});
afterEach(async () => {
  for (const dash of dashes) await dash.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (of: Parameters<typeof makeRun>[1] = {}): Promise<Dash> => {
  const dash = await startDash({ folder: makeRun(run, of), port: 0, pollMs: 20 });
  dashes.push(dash);
  return dash;
};

interface Asked {
  readonly method?: string;
  /** As it stands in the request line. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const open = async (url: string, { method = 'GET', path = '/', headers = {} }: Asked = {}): Promise<IncomingMessage> => {
  const { port } = new URL(url);
  const asked = request({ host: '127.0.0.1', port, method, path, headers: { Host: `127.0.0.1:${port}`, ...headers }, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
};

const ask = async (url: string, asked: Asked = {}): Promise<Answer> => {
  const response = await open(url, asked);
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode!, headers: response.headers, text: Buffer.concat(parts).toString() };
};

interface Listener {
  readonly messages: { readonly [Name in keyof DashMessages]: readonly DashMessages[Name][] };
  /** All points, as the page has them. */
  points(): Omit<DashMessages['points'], 'reset'>;
  close(): void;
}

/** Looks on as the page does. */
const listen = async (url: string): Promise<Listener> => {
  const response = await open(url, { path: '/events' });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const messages: { [Name in keyof DashMessages]: DashMessages[Name][] } = { run: [], status: [], points: [], samples: [], log: [] };
  let rest = '';
  response.setEncoding('utf8').on('data', (part: string) => {
    const events = `${rest}${part}`.split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      if (name !== undefined) (messages[name as keyof DashMessages] as unknown[]).push(JSON.parse(data!));
    }
  });
  response.on('error', () => undefined); // the server is closed first
  await expect.poll(() => messages.points.length, { timeout: 20_000 }).toBeGreaterThan(0);
  return {
    messages,
    points: () =>
      messages.points.reduce(
        (all, { reset, train, bound, pace }) =>
          reset
            ? { train, bound, pace }
            : { train: [...all.train, ...train], bound: [...all.bound, ...bound], pace: [...all.pace, ...pace] },
        { train: [], bound: [], pace: [] } as Omit<DashMessages['points'], 'reset'>,
      ),
    close: () => response.destroy(),
  };
};

const losses = (listener: Listener): readonly (readonly [number, number | null])[] =>
  listener.points().train.map(([step, loss]) => [step, loss]);
const within = { timeout: 20_000, interval: 10 };

describe('the server of d3pm dash', () => {
  it('gives the page, its scripts and styles, and all that they name, without a word of another host', async () => {
    const { url } = await start();
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
    const { url } = await start({ samples: { 'a.txt': HOSTILE } });
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
    const { url } = await start();
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
    const { url } = await start();
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
    const { url } = await start();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status, headers } = await ask(url, { method });
      expect([status, headers['allow']], method).toEqual([405, 'GET, HEAD']);
    }
    const [head, get] = [await ask(url, { method: 'HEAD' }), await ask(url)];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
    expect(await ask(url, { method: 'HEAD', path: '/events' })).toMatchObject({ status: 200, text: '' });
  });

  it('[70] listens on 127.0.0.1 alone', async () => {
    const { port } = new URL((await start()).url);
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
    const { url } = await start({ metrics: trainLine(1, 4), log: 'log', samples: { 'a.txt': 'a sample' } });
    symlinkSync(join(folder, 'secret.txt'), join(run, 'secret.txt'));
    expect(await ask(url, { path })).toMatchObject({ status: 404, text: 'there is nothing here\n' });
    expect((await ask(url, { path: '/samples/a.txt' })).text).toBe('a sample');
  });

  it('[70] follows no link, opens no pipe, and shows no page of others', async () => {
    const { url } = await start({
      samples: { 'page.html': HOSTILE, 'picture.svg': '<svg/>', 'code.js': '1', '.hidden.txt': 'x', 'good.txt': 'good' },
    });
    symlinkSync(join(folder, 'secret.txt'), join(run, 'samples', 'link.txt'));
    symlinkSync('good.txt', join(run, 'samples', 'inside.txt'));
    symlinkSync('/dev/zero', join(run, 'samples', 'endless.png'));
    mkdirSync(join(run, 'samples', 'folder.txt'));
    expect(spawnSync('mkfifo', [join(run, 'samples', 'pipe.txt')]).status).toBe(0);
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

  it('[70] follows no link to a folder, and tells of files that are links', async () => {
    makeRun(run, { log: 'a log' });
    rmSync(join(run, 'samples'), { recursive: true });
    symlinkSync(folder, join(run, 'samples'));
    symlinkSync(join(folder, 'secret.txt'), join(run, 'metrics.jsonl'));
    mkdirSync(join(run, 'ckpt-00000010'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ config: { secret: SECRET }, environment: {} }));
    symlinkSync(join(folder, 'config.json'), join(run, 'ckpt-00000010', 'config.json'));
    rmSync(join(run, 'run.log'));
    symlinkSync(join(folder, 'secret.txt'), join(run, 'run.log'));
    const dash = await startDash({ folder: run, port: 0, pollMs: 20 });
    dashes.push(dash);
    expect((await ask(dash.url, { path: '/samples/secret.txt' })).status).toBe(404);
    const { messages } = await listen(dash.url);
    expect(JSON.stringify(messages)).not.toContain(SECRET);
    expect(messages.status.at(-1)!.notes.map((note) => note.replace(/^".*\/|" is.*$/g, ''))).toEqual(
      expect.arrayContaining(['metrics.jsonl', 'run.log']),
    );
  });

  it('[70] shows hostile names and texts as they are, and never as a page', async () => {
    const name = `"><img src=x onerror=alert(1)> ü %2e.txt`;
    const { url } = await start({
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
    const root = join(folder, 'samples');
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
    const { url } = await start({ samples: { 'a.png': png, 'b.gif': 'GIF89a', 'long.txt': 'x'.repeat(300_000), 'empty.txt': '' } });
    expect((await ask(url, { path: '/samples/a.png' })).headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '6' });
    expect((await ask(url, { path: '/samples/b.gif' })).headers['content-type']).toBe('image/gif');
    expect((await ask(url, { path: '/samples/long.txt' })).text).toBe('x'.repeat(256 * 1024));
    expect(await ask(url, { path: '/samples/empty.txt' })).toMatchObject({ status: 200, text: '' });
    writeFileSync(join(run, 'samples', 'huge.png'), '');
    truncateSync(join(run, 'samples', 'huge.png'), 33 * 2 ** 20);
    expect((await ask(url, { path: '/samples/huge.png' })).status).toBe(404);
  });

  it('[70] lets a bounded number of pages look on, and others when they have gone', async () => {
    const { url } = await start({ metrics: trainLine(1, 4) });
    const pages: Listener[] = [];
    for (let i = 0; i < 16; i++) pages.push(await listen(url));
    expect(await ask(url, { path: '/events' })).toMatchObject({ status: 503, text: 'too many pages are open\n' });
    expect((await ask(url)).status).toBe(200);
    pages[3]!.close();
    await expect.poll(async () => (await open(url, { path: '/events' })).statusCode, within).toBe(200);
  });

  it('refuses a header that is too long', async () => {
    const { url } = await start();
    expect((await ask(url, { headers: { Cookie: 'x'.repeat(20_000) } })).status).toBe(431);
  });
});

describe('what d3pm dash tells of a run', () => {
  it('has all that is there, and then every line as it comes', async () => {
    const { url } = await start({
      metrics: trainLine(10, 4) + boundLine(10, 4.5) + trainLine(20, 'NaN', { skipped: [15, 16] }),
      config: { seed: 1, training: { numSteps: 40 } },
      environment: { backend: 'cpu' },
      log: '2026-01-01T00:00:00.000Z begun\n',
      samples: { 'step-00000010.txt': 'abc', 'step-00000020.txt': 'abd' },
    });
    const page = await listen(url);
    expect(page.points()).toEqual({
      train: [
        [10, 4, 4, 0.1, 0.001],
        [20, null, null, 0.05, 0.001],
      ],
      bound: [[10, 4.5, 0.1]],
      pace: [],
    });
    expect(page.messages.run).toEqual([
      {
        name: 'run-1',
        folder: run,
        checkpoint: 'ckpt-00000010',
        config: [
          ['seed', '1'],
          ['training.numSteps', '40'],
        ],
        environment: [['backend', 'cpu']],
      },
    ]);
    expect(page.messages.status.at(-1)).toMatchObject({
      state: 'stopped',
      step: 20,
      numSteps: 40,
      notes: ['2 updates left out by the trainer: the loss or gradient was not finite.'],
    });
    expect(page.messages.samples).toEqual([{ names: ['step-00000020.txt', 'step-00000010.txt'] }]);
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(30, 3));
    await expect
      .poll(() => losses(page), within)
      .toEqual([
        [10, 4],
        [20, null],
        [30, 3],
      ]);
    expect(page.messages.points.map(({ reset }) => reset)).toEqual([true, false]);
    appendFileSync(join(run, 'run.log'), '2026-01-01T00:01:00.000Z finished\n');
    writeFileSync(join(run, 'samples', 'step-00000030.txt'), 'new');
    await expect.poll(() => page.messages.status.at(-1)!.state, within).toBe('finished');
    await expect.poll(() => page.messages.samples.at(-1)!.names[0], within).toBe('step-00000030.txt');
    expect(page.messages.log.at(-1)!.text).toMatch(/begun\n.*finished\n$/);
  });

  it('waits for a run that has not begun, and for the end of half a line', async () => {
    const { url } = await start();
    const page = await listen(url);
    expect(page.messages.status.at(-1)).toMatchObject({ state: 'waiting', step: 0, notes: [] });
    const line = trainLine(10, 4, { note: 'ü' });
    const bytes = Buffer.from(line);
    writeFileSync(join(run, 'metrics.jsonl'), bytes.subarray(0, bytes.length - 4));
    writeFileSync(join(run, 'run.log'), '2026-01-01T00:00:00.000Z begun\n');
    await expect.poll(() => page.messages.log.at(-1)!.text, within).toContain('begun');
    expect(losses(page)).toEqual([]);
    appendFileSync(join(run, 'metrics.jsonl'), bytes.subarray(-4));
    await expect.poll(() => losses(page), within).toEqual([[10, 4]]);
  });

  it('forgets what was cut off or replaced, as when a run goes on from an earlier step', async () => {
    const { url } = await start({ metrics: [10, 20, 30].map((step) => trainLine(step, step)).join('') });
    const page = await listen(url);
    writeFileSync(join(run, 'next'), trainLine(10, 10) + trainLine(20, 5));
    renameSync(join(run, 'next'), join(run, 'metrics.jsonl'));
    await expect
      .poll(() => losses(page), within)
      .toEqual([
        [10, 10],
        [20, 5],
      ]);
    truncateSync(join(run, 'metrics.jsonl'), trainLine(10, 10).length);
    await expect.poll(() => losses(page), within).toEqual([[10, 10]]);
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(20, 1));
    await expect
      .poll(() => losses(page), within)
      .toEqual([
        [10, 10],
        [20, 1],
      ]);
    rmSync(join(run, 'metrics.jsonl'));
    await expect.poll(() => losses(page), within).toEqual([]);
    rmSync(run, { recursive: true });
    await expect.poll(() => page.messages.status.at(-1)!.notes.length, within).toBeGreaterThan(0);
    makeRun(run, { metrics: trainLine(1, 1) });
    await expect.poll(() => losses(page), within).toEqual([[1, 1]]);
  });

  it('leaves damaged lines out, and counts them', async () => {
    const { url } = await start({
      metrics: `${trainLine(10, 4)}{"kind":\n\u0000\n${trainLine(20, 3)}{"kind":"train","step":-1}\n{"kind":"new","step":30}\n`,
    });
    const page = await listen(url);
    expect(losses(page)).toEqual([
      [10, 4],
      [20, 3],
    ]);
    expect(page.messages.status.at(-1)).toMatchObject({ step: 30, notes: ['3 lines of metrics.jsonl cannot be read, and are left out.'] });
  });

  it('tells several pages the same, whenever they come', async () => {
    const { url } = await start({ metrics: trainLine(1, 1) });
    const first = await listen(url);
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(2, 2));
    const [second, third] = await Promise.all([listen(url), listen(url)]);
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(3, 3));
    for (const page of [first, second!, third!])
      await expect
        .poll(() => losses(page), within)
        .toEqual([
          [1, 1],
          [2, 2],
          [3, 3],
        ]);
    for (const page of [first, second!, third!]) page.close();
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(4, 4));
    expect(losses(await listen(url))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
  });

  it('keeps to a bounded number of points of a long run, from its first to its last', async () => {
    const steps = Array.from({ length: 30_000 }, (_, i) => i + 1);
    const { url } = await start({ metrics: steps.map((step) => trainLine(step, 1)).join('') });
    const shown = losses(await listen(url)).map(([step]) => step);
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([15_000, 1, 29_999]);
  });

  it('shows a real run while it is trained: its steps, times, state and what is left', async () => {
    const { url } = await start();
    const page = await listen(url);
    const config = join(folder, 'text.yaml');
    writeFileSync(
      config,
      `data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 30, batchSize: 4, eventEvery: 2 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 10 }
`,
    );
    const child = spawn(process.execPath, [CLI, 'train', config, '--out', run, '--engine', 'cpu', '--quiet']);
    expect(await once(child, 'close')).toEqual([0, null]);
    await expect.poll(() => page.messages.status.at(-1)!.state, within).toBe('finished');
    await expect.poll(() => page.points().pace.length, within).toBe(15);
    expect(page.points().train.map(([step]) => step)).toEqual(Array.from({ length: 15 }, (_, i) => 2 * i + 2));
    expect(page.points().bound.map(([step]) => step)).toEqual([10, 20, 30]);
    expect(page.points().pace.every(([, seconds]) => seconds! > 0)).toBe(true);
    const running = page.messages.status.filter(({ state }) => state === 'running');
    expect(running[0]!.words).toBe(`process ${child.pid} on host ${hostname()}`);
    expect(running.some(({ endsAt, numSteps }) => numSteps === 30 && endsAt! > Date.now() - 600_000)).toBe(true);
    expect(page.messages.run.at(-1)!.config).toContainEqual(['model.name', 'transformer']);
    expect(page.messages.samples.at(-1)!.names).toEqual(['step-00000030.txt', 'step-00000020.txt', 'step-00000010.txt']);
  });
});

describe('the command d3pm dash', () => {
  const begun: ChildProcess[] = [];
  afterEach(() => {
    for (const child of begun.splice(0)) child.kill('SIGKILL');
  });
  const dash = async (
    ...args: readonly string[]
  ): Promise<{ readonly child: ChildProcess; readonly url: string; readonly err: () => string }> => {
    const child = spawn(process.execPath, [CLI, 'dash', ...args], { cwd: folder });
    begun.push(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    await expect.poll(() => out, { timeout: 60_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    return { child, url: out.trim(), err: () => err };
  };

  it.skipIf(process.platform === 'win32')(
    'prints its address, and ends with 0 on SIGINT and SIGTERM, also while a page looks on',
    async () => {
      makeRun(run, { metrics: trainLine(1, 4) });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const { child, url, err } = await dash('run-1', '--port', '0');
        expect(losses(await listen(url))).toEqual([[1, 4]]);
        child.kill(signal);
        expect(await once(child, 'close')).toEqual([0, null]);
        expect(err()).toBe('');
      }
    },
  );

  it('has its address for a program as well', async () => {
    makeRun(run, {});
    const child = spawn(process.execPath, [CLI, 'dash', 'run-1', '--port', '0', '--json'], { cwd: folder });
    begun.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { readonly url: string };
    expect((await ask(url)).status).toBe(200);
  });

  it('says that a port is taken, and the way out', async () => {
    makeRun(run, {});
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(startDash({ folder: run, port })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: `dash: port ${port} of 127.0.0.1 is taken; give another with --port, or 0 for any that is free`,
    });
    const child = spawnSync(process.execPath, [CLI, 'dash', 'run-1', '--port', String(port)], { encoding: 'utf8', cwd: folder });
    expect(child).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(`dash: port ${port} of 127.0.0.1 is taken`) });
    server.close();
  });

  it.each([
    [['nowhere'], 'error INVALID_OPTIONS: dash: "nowhere" is not there; give the folder that d3pm train --out named'],
    [['secret.txt'], 'dash: "secret.txt" is no folder'],
    [['.', '--port', '65536'], 'expected an integer from 0 to 65535'],
    [['.', '--port', ''], 'expected an integer from 0 to 65535'],
    [['.', '--host', '0.0.0.0'], "unknown option '--host'"],
    [[], "missing required argument 'run'"],
  ])('[70] refuses %j', (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'dash', ...args], { encoding: 'utf8', cwd: folder });
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
