import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeMachine } from '../../src/native/describe-machine.ts';
import { nativeBuilds, type NativeBuild } from '../../src/native/native-build.ts';
import { installationFolder, nativeRoot } from '../../src/native/native-folder.ts';
import { provisionBuild, provisionNative } from '../../src/native/provision-native.ts';
import { environmentWith } from './environment-with.ts';
import { sha256Of, tinyBuild, type TinyBuild } from './tiny-build.ts';

// pip, the compiler and the file system are the real ones; only the wheel is small, and comes from a folder.
const isLinux = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!isLinux)('provisionNative', () => {
  let folder: string;
  let tiny: TinyBuild;
  let cacheFolder: string;
  let steps: string[];

  const provision = (build: NativeBuild = tiny.build, signal?: AbortSignal): ReturnType<typeof provisionBuild> =>
    provisionBuild(build, {
      cacheFolder,
      sources: tiny.sources,
      onProgress: ({ step }) => steps.push(step),
      ...(signal === undefined ? {} : { signal }),
    });
  const installed = (): string => installationFolder(nativeRoot(cacheFolder), tiny.build);
  const names = (): string[] => readdirSync(nativeRoot(cacheFolder)).sort();
  const kept = (): string => join(nativeRoot(cacheFolder), 'downloads', `${tiny.build.wheels[0]!.sha256}.whl`);
  const keepWheel = (bytes: Buffer): void => {
    mkdirSync(join(nativeRoot(cacheFolder), 'downloads'), { recursive: true });
    writeFileSync(kept(), bytes);
  };
  const onlyOnPath = (...programs: string[]): void => {
    for (const [name, value] of Object.entries(environmentWith(join(folder, 'bin'), programs))) vi.stubEnv(name, value);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'd3pm-native-'));
    cacheFolder = join(folder, 'cache');
    tiny = tinyBuild(folder);
    steps = [];
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', tiny.index);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes an installation that Node loads, keeps nothing else, and does nothing the second time', async () => {
    const installation = await provision();
    expect(installation).toEqual({
      folder: installed(),
      version: '1.0',
      variant: 'cpu',
      operations: false,
      binding: join(installed(), 'binding', 'tfjs_binding.node'),
    });
    expect(new Set(steps)).toEqual(new Set(['download', 'verify', 'extract', 'compile', 'check']));
    expect(createRequire(import.meta.url)(join(installed(), 'binding', 'tfjs_binding.node'))).toMatchObject({ answer: 42 });
    expect(readdirSync(installed()).sort()).toEqual(['binding', 'installation.json', 'lib', 'licences', 'tfjs-node']);
    expect(readdirSync(join(installed(), 'tfjs-node', 'dist'))).toEqual(['nodejs_kernel_backend.js', 'proto']);
    expect(names()).toEqual(['downloads', installed().split('/').at(-1)]);
    expect(readdirSync(join(nativeRoot(cacheFolder), 'downloads'))).toEqual([]);
    steps = [];
    expect(await provision()).toEqual(installation);
    expect(steps).toEqual([]);
  });

  it('is named among those of other versions by one that would not load it, and no other folder is', async () => {
    const { folder: other } = await provision();
    cpSync(other, installationFolder(nativeRoot(cacheFolder), nativeBuilds.cpu), { recursive: true });
    mkdirSync(join(nativeRoot(cacheFolder), 'half-an-installation'));
    expect((await describeMachine(cacheFolder)).otherInstallations).toEqual([other]);
  });

  it('uses a wheel that is there and right, without pip', async () => {
    keepWheel(readFileSync(tiny.wheel));
    onlyOnPath('g++', 'as', 'ld');
    await provision();
    expect(steps).toEqual(['verify', 'extract', 'compile', 'check']);
  });

  it('fetches a wheel again that is there and wrong', async () => {
    keepWheel(readFileSync(tiny.wheel).subarray(0, 1000));
    await provision();
    expect(steps.filter((step, i) => step !== steps[i - 1])).toEqual(['verify', 'download', 'verify', 'extract', 'compile', 'check']);
  });

  it('refuses a wheel whose checksum is wrong, and leaves nothing of it', async () => {
    const bytes = readFileSync(tiny.wheel);
    const sha256 = 'a'.repeat(64);
    const build = { ...tiny.build, wheels: [{ ...tiny.build.wheels[0]!, sha256 }] };
    await expect(provision(build)).rejects.toMatchObject({
      code: 'ENGINE',
      message: `tiny-tensorflow==1.0: sha256 is ${sha256Of(bytes)}, expected ${sha256}; the index has another file than the one that is known`,
    });
    expect(names()).toEqual(['downloads']);
    expect(readdirSync(join(nativeRoot(cacheFolder), 'downloads'))).toEqual([]);
  });

  it('sweeps what a broken try has left, and replaces a damaged installation', async () => {
    keepWheel(readFileSync(tiny.wheel));
    await provision();
    keepWheel(readFileSync(tiny.wheel));
    truncateSync(join(installed(), 'lib', 'libtensorflow_cc.so.2'), 100);
    mkdirSync(`${installed()}.partial-dead`);
    mkdirSync(`${kept()}.partial-dead`);
    const dead = `${installed()}.lock`;
    mkdirSync(dead);
    utimesSync(dead, 1, 1);
    expect(await provision()).toMatchObject({ folder: installed() });
    expect(steps.filter((step) => step === 'compile')).toHaveLength(2);
    expect(names()).toEqual(['downloads', installed().split('/').at(-1)]);
    expect(readdirSync(join(nativeRoot(cacheFolder), 'downloads'))).toEqual([]);
  });

  it('is done by one of two processes that ask at once', async () => {
    keepWheel(readFileSync(tiny.wheel));
    const argument = JSON.stringify({ build: tiny.build, cacheFolder, sources: tiny.sources });
    const child = async (): Promise<{ code: number | null; out: string; errors: string }> => {
      const started = spawn(process.execPath, [join(import.meta.dirname, 'provision-child.ts'), argument], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const code = new Promise<number | null>((resolve) => started.on('close', resolve));
      const [out, errors] = await Promise.all([text(started.stdout), text(started.stderr)]);
      return { code: await code, out, errors };
    };
    const results = await Promise.all([child(), child()]);
    expect(results.map(({ code, errors }) => [code, errors])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const all = results.flatMap(({ out }) => out.trim().split('\n'));
    expect(all.filter((step) => step === 'compile')).toHaveLength(1);
    expect(all).toContain('wait');
    expect(names()).toEqual(['downloads', installed().split('/').at(-1)]);
  });

  it('stops when it is told to, with that reason, and leaves no half of it', async () => {
    keepWheel(readFileSync(tiny.wheel));
    const controller = new AbortController();
    const reason = new Error('enough');
    const stopped = provisionBuild(tiny.build, {
      cacheFolder,
      sources: tiny.sources,
      signal: controller.signal,
      onProgress: ({ step }) => step === 'compile' && controller.abort(reason),
    });
    await expect(stopped).rejects.toBe(reason);
    expect(names()).toEqual(['downloads']);
    expect(readdirSync(join(nativeRoot(cacheFolder), 'downloads'))).toHaveLength(1);
  });

  it('says that there is no compiler, before anything is fetched, and what else was tried', async () => {
    onlyOnPath();
    await expect(provisionNative({ cacheFolder, gpu: false, onProgress: ({ step }) => steps.push(step) })).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(
        /^provisionNative: there is no C\+\+ compiler \(tried g\+\+, clang\+\+ and c\+\+; install one, Debian: apt-get install g\+\+, or set CXX\); then: npm install @tensorflow\/tfjs-node@4\.22\.0 failed: .*ENOENT; until then the wasm engine is used$/,
      ),
    });
    expect(steps).toEqual(['failed', 'install', 'failed']);
  });

  it('says that there is no pip, and where a wheel can be put by hand', async () => {
    onlyOnPath('g++');
    await expect(provision()).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(
        new RegExp(`there is no pip \\(install python3-pip.*\\(or put tiny-tensorflow==1\\.0 at ${kept()}\\)$`),
      ),
    });
  });

  it('passes on what pip says when the index has no such wheel', async () => {
    rmSync(tiny.wheel);
    await expect(provision()).rejects.toMatchObject({ code: 'ENGINE', message: expect.stringMatching(/No matching distribution found/) });
  });

  it('passes on what the compiler says', async () => {
    keepWheel(readFileSync(tiny.wheel));
    writeFileSync(join(tiny.sources.folder, 'binding', 'tfjs_backend.cc'), '#error no good\n');
    await expect(provision()).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/did not compile the binding:.*no good/s),
    });
    expect(names()).toEqual(['downloads']);
  });

  it('refuses a binding that Node cannot load', async () => {
    keepWheel(readFileSync(tiny.wheel));
    writeFileSync(join(tiny.sources.folder, 'binding', 'tfjs_backend.cc'), 'int other() { return 1; }\n');
    await expect(provision()).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/^Node v[\d.]+ cannot load .*tfjs_binding\.node:.*undefined symbol/s),
    });
    expect(existsSync(installed())).toBe(false);
  });

  it('says that a disk has too little room', async () => {
    await expect(provision({ ...tiny.build, diskBytes: 1e18 })).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(
        /the disk of .*cache\/native has \d+ MB free, 1000000000000 MB are needed; free some, or set D3PM_CACHE/,
      ),
    });
  });

  it('says that a cache folder cannot be written', async () => {
    writeFileSync(cacheFolder, 'a file');
    await expect(provision()).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/cannot be written \(ENOTDIR\); set D3PM_CACHE/),
    });
  });
});
