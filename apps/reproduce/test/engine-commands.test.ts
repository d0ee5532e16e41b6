import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoctorReport } from '../src/doctor/doctor-report.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

const PYTHON = spawnSync('python3', ['-c', 'import pip, sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim() ?? '';
const isLinux = process.platform === 'linux' && process.arch === 'x64';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-engine-'));
  cache = join(folder, 'cache');
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts programs of this machine where the command finds them; it finds no others. */
const give = (...programs: string[]): void => {
  for (const program of programs) {
    const found = process.env['PATH']!.split(delimiter).find((at) => existsSync(join(at, program)))!;
    symlinkSync(join(found, program), join(folder, 'bin', program));
  }
};

/** The compiler, and a pip as `python3 -m pip`: what stands on the PATH may be a script that looks for more. */
const givePip = (): void => {
  give('g++');
  symlinkSync(PYTHON, join(folder, 'bin', 'python3'));
};

/** With no engine prepared, and no network: nothing answers at port 1. */
const environment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: join(folder, 'bin'),
  CXX: '',
  D3PM_CACHE: cache,
  D3PM_ENGINE: '',
  PIP_NO_INDEX: '',
  PIP_FIND_LINKS: '',
  PIP_INDEX_URL: 'http://127.0.0.1:1',
  PIP_RETRIES: '0',
  ...more,
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
const d3pm = (args: readonly string[], more?: Readonly<Record<string, string>>): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder, env: environment(more) });
  return { code: status, out: stdout, err: stderr };
};
const figure = (more: Readonly<Record<string, string>>, ...flags: string[]): Ended => d3pm(['figure-1', '--smoke', ...flags], more);
describe('--engine and --threads', () => {
  it('are in the result, with the reason', () => {
    const { err, code } = figure({}, '--engine', 'wasm', '--threads', '1', '--out', 'run');
    expect(err).toMatch(/^engine wasm: TensorFlow\.js \d+\.\d+\.\d+ on the processor, 1 thread \(asked for\)\n/u);
    expect(code).toBe(0);
    const { origin } = JSON.parse(readFileSync(join(folder, 'run', 'results.json'), 'utf8'));
    expect(origin).toMatchObject({
      command: 'd3pm figure-1 --out run --seed 1 --engine wasm --threads 1 --smoke',
      engine: { name: 'wasm', backend: 'wasm', reason: 'asked for', device: 'processor', threads: 1 },
    });
    expect(readFileSync(join(folder, 'run', 'index.html'), 'utf8')).toContain('<dt>engine</dt><dd>wasm: TensorFlow.js');
  });

  it('give way to nothing, and D3PM_ENGINE to them', () => {
    expect(figure({ D3PM_ENGINE: 'cpu' }, '--engine', 'wasm').err).toMatch(/^engine wasm: .* \(asked for\)\n/u);
    expect(figure({ D3PM_ENGINE: 'wasm' }).err).toMatch(/^engine wasm: .* \(asked for by D3PM_ENGINE\)\n/u);
  });

  it.skipIf(!isLinux)('refuse an engine that is not there with the way out', () => {
    const { code, err } = figure({}, '--engine', 'native');
    expect(err).toMatch(
      /^error ENGINE: prepareEngine: backend "native" cannot be used \(native: not prepared \(to prepare it: npx @d3pm\/reproduce setup,/u,
    );
    expect(code).toBe(1);
  });
});

describe.skipIf(!isLinux || PYTHON === '')('setup', () => {
  it('says what is missing, keeps nothing, and wasm goes on working', () => {
    givePip();
    const { code, err } = d3pm(['setup', '--no-gpu']);
    expect(err).toMatch(/^ {2}fetching tensorflow-cpu==2\.16\.2\n {2}that did not work: pip download/u);
    expect(err).toMatch(
      /\nerror ENGINE: provisionNative: pip download tensorflow-cpu==2\.16\.2 failed: .*; then: there is no Maven .*; then: npm install .* failed: .*; until then the wasm engine is used\n$/u,
    );
    expect(code).toBe(1);
    expect(readdirSync(join(cache, 'native'))).toEqual(['downloads']);
    expect(figure({}).err).toMatch(/^engine wasm: .*first that started, after native: not prepared/u);
  }, 120_000);

  it('takes the folder that it is given, and names one that it cannot write', () => {
    give('g++');
    writeFileSync(join(folder, 'a-file'), '');
    const { code, err } = d3pm(['setup', '--no-gpu', '--cache', join(folder, 'a-file')]);
    expect(err).toMatch(/^error ENGINE: provisionNative: .*a-file\/native cannot be written \(ENOTDIR\); set D3PM_CACHE/mu);
    expect(code).toBe(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops at %s, with what it has started',
    async (signal) => {
      givePip();
      // An index that takes the question and never answers.
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const asked = once(server, 'request') as Promise<[IncomingMessage]>;
      const env = environment({ PIP_INDEX_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      const child = spawn(process.execPath, [CLI, 'setup', '--no-gpu'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const ended = new Promise((resolve) => child.once('close', resolve));
      const err = text(child.stderr);
      const [{ socket }] = await asked;
      const closed = once(socket, 'close');
      child.kill(signal);
      // The command alone has the signal: the program at the other end of the connection is ended by it.
      await closed;
      expect(await ended).toBe(128 + constants.signals[signal]);
      expect(await err).toMatch(new RegExp(`\\nstopped by ${signal}; what has been fetched is kept for the next time\\n$`, 'u'));
      expect(readdirSync(join(cache, 'native'))).toEqual(['downloads']);
      server.close();
    },
    120_000,
  );
});

describe.skipIf(!isLinux || PYTHON === '')('--setup', () => {
  it('goes on with wasm and one sentence where the native engine would take long', () => {
    const { err, code } = figure({}, '--setup');
    expect(err).toMatch(/^the native engine is not prepared: there is no C\+\+ compiler; see d3pm doctor\nengine wasm: /u);
    expect(code).toBe(0);
    expect(existsSync(cache)).toBe(false);
  });

  it('goes on with wasm where the attempt fails', () => {
    givePip();
    const { err, code } = figure({}, '--setup');
    expect(err).toMatch(
      /^preparing the native engine, once for this user .*\nthe native engine is not prepared: provisionNative: pip download .*\nengine wasm: /su,
    );
    expect(code).toBe(0);
  });

  it('prepares nothing where another engine is asked for', () => {
    givePip();
    expect(figure({ D3PM_ENGINE: 'wasm' }, '--setup').err).toMatch(/^engine wasm: /u);
    expect(figure({}, '--setup', '--engine', 'wasm').err).toMatch(/^engine wasm: /u);
    expect(existsSync(cache)).toBe(false);
  });
});

describe('doctor', () => {
  it('tries every engine, and says what is missing and what to do', () => {
    const { code, out, err } = d3pm(['doctor', '--json', '--threads', '1']);
    expect([code, err]).toEqual([0, '']);
    const { engines, node, machine, chosen, advice } = JSON.parse(out) as DoctorReport & { readonly advice: readonly string[] };
    expect(node).toMatchObject({ version: process.versions.node, supported: true });
    expect(machine).toMatchObject({ programs: {}, cacheFolder: join(cache, 'native'), cacheBytes: 0, freeBytes: expect.any(Number) });
    expect(engines.map(({ name }) => name)).toEqual(['native', 'webgpu', 'wasm', 'cpu']);
    const [native, , wasm, cpu] = engines;
    expect(native!.obstacle).toEqual(expect.any(String));
    expect(wasm!.probe!.speed.gigaflops).toBeGreaterThan(cpu!.probe!.speed.gigaflops);
    expect(wasm!.probe!.missingKernels).toContain('Einsum');
    expect(cpu!.probe).toMatchObject({ missingKernels: [], info: { library: expect.stringMatching(/^TensorFlow\.js/u) } });
    expect(chosen).toMatchObject({ reason: expect.stringContaining('first that started, after native: ') });
    if (!isLinux) return;
    expect(advice[0]).toMatch(/npx @d3pm\/reproduce setup\. It needs a C\+\+ compiler \(Debian: apt-get install g\+\+\), pip .* first\.$/u);
  }, 120_000);
});
