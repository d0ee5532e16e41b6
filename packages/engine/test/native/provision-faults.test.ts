import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NativeBuild } from '../../src/native/native-build.ts';
import { nativeRoot } from '../../src/native/native-folder.ts';
import { provisionBuild } from '../../src/native/provision-native.ts';
import { runCommand } from '../../src/native/run-command.ts';
import { tinyBuild, type TinyBuild } from './tiny-build.ts';

const isLinux = process.platform === 'linux' && process.arch === 'x64';

const CXX = process.env['CXX'] ?? 'g++';
const [MOUNT, UNMOUNT] = ['mount', 'umount'] as const;

/** Whether this user may make a small disk. */
const canMount =
  isLinux &&
  (() => {
    const at = mkdtempSync(join(tmpdir(), 'd3pm-mount-'));
    const { status } = spawnSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
    if (status === 0) spawnSync(UNMOUNT, [at]);
    rmSync(at, { recursive: true });
    return status === 0;
  })();

describe.skipIf(!isLinux)('provisionNative, when something breaks', () => {
  let folder: string;
  let tiny: TinyBuild;
  let cacheFolder: string;
  const provision = (build: NativeBuild = tiny.build): ReturnType<typeof provisionBuild> =>
    provisionBuild(build, { cacheFolder, sources: tiny.sources });
  const keepWheel = (): void => {
    const downloads = join(nativeRoot(cacheFolder), 'downloads');
    mkdirSync(downloads, { recursive: true });
    writeFileSync(join(downloads, `${tiny.build.wheels[0]!.sha256}.whl`), readFileSync(tiny.wheel));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'd3pm-fault-'));
    cacheFolder = join(folder, 'cache');
    tiny = tinyBuild(folder);
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', tiny.index);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['an error of the library', 'throw 1;', 'ended by SIGABRT'],
    ['a wrong address', 'int *at = nullptr; *(volatile int *)at = 1;', 'ended by SIGSEGV'],
    ['an instruction that the processor has not', '__builtin_trap();', 'ended by SIGILL'],
  ])('survives a binding that ends its process by %s', async (_, statement, expected) => {
    keepWheel();
    const source = `extern "C" int answer();\n__attribute__((constructor)) void start() { ${statement} }\nint fromLibrary() { return answer(); }\n`;
    writeFileSync(join(tiny.sources.folder, 'binding', 'tfjs_backend.cc'), source);
    await expect(provision()).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(new RegExp(`^Node v[\\d.]+ cannot load .*${expected}$`, 's')),
    });
    expect(readdirSync(nativeRoot(cacheFolder))).toEqual(['downloads']);
  });

  it('goes on with wasm where an installed package ends the process that loads it', () => {
    const lib = join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8');
    mkdirSync(lib, { recursive: true });
    writeFileSync(join(lib, '..', '..', 'package.json'), '{ "name": "@tensorflow/tfjs-node" }');
    const crash = '__attribute__((constructor)) void start() { __builtin_trap(); }\n';
    execFileSync(CXX, ['-shared', '-fPIC', '-xc++', '-', '-o', join(lib, 'tfjs_binding.node')], { input: crash });
    const env = { ...process.env, NODE_PATH: join(folder, 'node_modules'), D3PM_CACHE: cacheFolder, D3PM_ENGINE: '' };
    const { stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'engine-child.ts')], { env, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'wasm',
      reason: expect.stringMatching(/^first that started, after native: Node v\S+ cannot load .*tfjs_binding\.node: .*ended by SIGILL/s),
    });
  });

  describe.skipIf(!canMount)(`on a disk of its own${canMount ? '' : ' (this user may not mount one)'}`, () => {
    const mount = (options: string): void => {
      mkdirSync(cacheFolder, { recursive: true });
      execFileSync(MOUNT, ['-t', 'tmpfs', '-o', options, 'tmpfs', cacheFolder]);
    };
    afterEach(() => execFileSync(UNMOUNT, [cacheFolder]));

    it('says that it became full while pip wrote', async () => {
      mount('size=64k');
      await expect(provision({ ...tiny.build, diskBytes: 1 })).rejects.toMatchObject({
        code: 'ENGINE',
        message: expect.stringMatching(
          /^the disk of .*cache\/native is full, 1 MB are needed; free some, or set D3PM_CACHE to a folder on another disk$/,
        ),
      });
    }, 120_000);

    it('says that it became full while the wheel was unpacked, and leaves nothing but the wheel', async () => {
      mount(`size=${Math.ceil(readFileSync(tiny.wheel).length / 4096) * 4 + 28}k`);
      keepWheel();
      await expect(provision({ ...tiny.build, diskBytes: 1 })).rejects.toMatchObject({
        message: expect.stringMatching(/^the disk of .*cache\/native is full/),
      });
      expect(readdirSync(nativeRoot(cacheFolder))).toEqual(['downloads']);
    });

    it('says that it can only be read', async () => {
      mount('ro');
      await expect(provision()).rejects.toMatchObject({
        code: 'ENGINE',
        message: expect.stringMatching(
          /cache\/native cannot be written \(EROFS\); set D3PM_CACHE, or the option cacheFolder, to a folder that can$/,
        ),
      });
    });
  });

  it('ends what it has started when it is interrupted, and the next try sweeps what is left', async () => {
    // An index that takes the question and never answers.
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = once(server, 'request');
    const index = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'provision-child.ts'), JSON.stringify({ build: tiny.build, cacheFolder, sources: tiny.sources })],
      {
        env: { ...process.env, PIP_NO_INDEX: '', PIP_FIND_LINKS: '', PIP_INDEX_URL: index },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    );
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const ended = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(signal ?? `status ${code}`)));
    const before = ended.then(async (how) => Promise.reject(new Error(`${how} before it has asked: ${(await said).join('\n')}`)));
    try {
      const late = setTimeout(60_000, undefined, { ref: false }).then(
        () => `after a minute there are: ${membersOf(child.pid!).map(commandOf).join('; ')}`,
      );
      expect(await Promise.race([asked.then(() => 'asked'), before, late])).toBe('asked');
      // As a terminal does: to the whole group.
      process.kill(-child.pid!, 'SIGINT');
      expect(await Promise.race([ended, late])).toBe('SIGINT');
      await expect.poll(() => membersOf(child.pid!), { timeout: 30_000 }).toEqual([]);
    } finally {
      // Silent where nothing is left, so that it hides no failure.
      spawnSync('kill', ['-KILL', '--', `-${child.pid!}`]);
      server.close();
      server.closeAllConnections();
    }
    expect(readdirSync(nativeRoot(cacheFolder)).filter((name) => name.includes('.partial-'))).toHaveLength(1);
    const { folder: made } = await provision();
    expect(readdirSync(nativeRoot(cacheFolder)).sort()).toEqual(['downloads', made.split('/').at(-1)]);
  }, 120_000);

  it('ends a program with all that it has started', async () => {
    const controller = new AbortController();
    const pids = join(folder, 'pids');
    const script = `sh -c 'echo $$ > ${pids}; sleep 60; true' & sleep 60; wait`;
    const running = runCommand('sh', ['-c', script], { signal: controller.signal });
    while (!existsSync(pids) || readFileSync(pids, 'utf8') === '') await setTimeout(20);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const stat = `/proc/${Number(readFileSync(pids, 'utf8'))}/stat`;
    // An orphan that has ended is there as long as nobody has asked for its status.
    await expect.poll(() => !existsSync(stat) || readFileSync(stat, 'utf8').includes(') Z ')).toBe(true);
  });
});

/** The processes of a group, but for those that have ended and that nobody has asked for their status. */
function membersOf(group: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => {
    const [state, , itsGroup] = ofProcess(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state !== 'Z' && Number(itsGroup) === group;
  });
}

const commandOf = (pid: number): string => ofProcess(pid, 'cmdline').replaceAll('\0', ' ');

/** Nothing where the process has gone meanwhile. */
function ofProcess(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
