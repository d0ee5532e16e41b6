import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTimeOf } from '../../src/node/run/process-state.ts';
import { acquireRunLock, type RunLock } from '../../src/node/run/run-lock.ts';

const isLinux = process.platform === 'linux';
const HOUR_MS = 3_600_000;

interface Child {
  readonly process: ChildProcess;
  /** Sends a message and returns the answer. */
  readonly ask: (message: 'release' | 'take') => Promise<string>;
  /** The next message that it sends. */
  readonly next: () => Promise<string>;
}

let folder: string;
let children: ChildProcess[];
const onLost = (error: Error): never => {
  throw error;
};
const take = (staleMs = 60_000): Promise<RunLock> => acquireRunLock(folder, { staleMs, onLost });

async function startChild(staleMs = 60_000): Promise<Child> {
  const child = fork(join(import.meta.dirname, 'lock-child.ts'), [folder, String(staleMs)], { execArgv: [] });
  children.push(child);
  const next = async (): Promise<string> => String((await once(child, 'message'))[0]);
  await next();
  return { process: child, next, ask: (message) => (child.send(message), next()) };
}

/** A lock as another process has left it: its owner file, last touched so long ago. */
function leaveLock(owner: object | string, silentMs = 0): void {
  mkdirSync(join(folder, 'run.lock'));
  const file = join(folder, 'run.lock', '0123456789abcdef.json');
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify(owner));
  const touched = new Date(Date.now() - silentMs);
  utimesSync(file, touched, touched);
}

const ownerFile = (): { readonly pid: number; readonly namespace?: string } =>
  JSON.parse(readFileSync(join(folder, 'run.lock', readdirSync(join(folder, 'run.lock'))[0]!), 'utf8'));

/** The owner file that this process writes. */
async function owner(): Promise<object> {
  const lock = await take();
  const written = ownerFile();
  await lock.release();
  return written;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-lock-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('acquireRunLock', () => {
  it('writes who has the folder, and leaves nothing behind when it gives it back', async () => {
    const lock = await take();
    expect(ownerFile()).toMatchObject({ pid: process.pid, host: hostname(), since: expect.stringMatching(/^20.*Z$/) });
    expect(readdirSync(folder)).toEqual(['run.lock']);
    await lock.release();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a second taker in the same process, who takes it after the first', async () => {
    const first = await take();
    await expect(take()).rejects.toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining(`process ${process.pid} on host`) });
    await first.release();
    await (await take()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([0, 1999, Number.NaN, Infinity])('refuses staleMs = %s', async (staleMs) => {
    await expect(take(staleMs)).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringContaining('at least 2000') });
  });

  it('passes on what the file system says of a folder that is not there', async () => {
    rmSync(folder, { recursive: true });
    await expect(take()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives the folder back when the process ends', async () => {
    const child = await startChild();
    expect(await child.ask('take')).toBe('taken');
    child.process.kill('SIGTERM');
    await once(child.process, 'exit');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[20] refuses a second process at once, with process, host and age', async () => {
    const child = await startChild();
    await child.ask('take');
    const start = Date.now();
    await expect(take()).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringMatching(
        new RegExp(
          `^acquireRunLock: ${folder}: process ${child.process.pid} on host ${hostname()} has had it for \\d s; stop it, or choose another folder$`,
        ),
      ),
    });
    expect(Date.now() - start).toBeLessThan(500);
  });

  it('[20] tells the age as a person says it', async () => {
    const since = new Date(Date.now() - 3 * HOUR_MS - 1000).toISOString();
    leaveLock({ ...(await owner()), since });
    await expect(take()).rejects.toThrow('has had it for 3 h');
  });

  it('[20] lets one of several win who try at the same time, 20 times', async () => {
    const takers = await Promise.all([startChild(), startChild(), startChild()]);
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(takers.map((taker) => taker.ask('take')));
      expect(answers.map((answer) => answer.slice(0, 10)).sort()).toEqual(['RUN_LOCKED', 'RUN_LOCKED', 'taken']);
      await Promise.all(takers.map((taker) => taker.ask('release')));
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[21] lets one of several win who take over the lock of a dead process, 20 times', async () => {
    const takers = await Promise.all([startChild(), startChild(), startChild()]);
    const dead = { ...(await owner()), startTime: '1' };
    for (let round = 0; round < 20; round++) {
      leaveLock(dead);
      const answers = await Promise.all(takers.map((taker) => taker.ask('take')));
      expect(answers.map((answer) => answer.slice(0, 10)).sort()).toEqual(['RUN_LOCKED', 'RUN_LOCKED', 'taken']);
      await Promise.all(takers.map((taker) => taker.ask('release')));
    }
  });

  it('[21] takes over at once from a process that was killed', async () => {
    for (let round = 0; round < 3; round++) {
      const child = await startChild();
      expect(await child.ask('take')).toBe('taken');
      process.kill(child.process.pid!, 'SIGKILL');
      await once(child.process, 'exit');
      await (await take()).release();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!isLinux)('[21] takes over from a process that was killed and whose parent does not ask for its status', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(parent);
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    const startTime = await startTimeOf(pid);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    leaveLock({ ...(await owner()), pid, startTime });
    await (await take()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!isLinux)('[21] takes over when the number of the dead process was given out again', async () => {
    leaveLock({ ...(await owner()), startTime: '1' });
    const lock = await take();
    expect(ownerFile()).toMatchObject({ pid: process.pid, startTime: await startTimeOf(process.pid) });
    await lock.release();
  });

  it('[21] leaves the lock of another host while it is touched, and takes it when it is not', async () => {
    const other = { ...(await owner()), pid: 2 ** 22 + 1, host: 'elsewhere.example', since: new Date(Date.now() - 200_000).toISOString() };
    leaveLock(other, 50_000);
    await expect(take()).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringContaining('process 4194305 on host elsewhere.example has had it for 3 min; stop it'),
    });
    rmSync(join(folder, 'run.lock'), { recursive: true });
    leaveLock(other, 61_000);
    await (await take()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!isLinux)('[21] reads the start time of a process as the system tells it', async () => {
    const child = spawn('sleep', ['60']);
    children.push(child);
    await once(child, 'spawn');
    const field = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
    expect(await startTimeOf(child.pid!)).toBe(field);
    expect(await startTimeOf(2 ** 22 + 1)).toBeUndefined();
  });

  it.skipIf(!isLinux)('[21] does not mistake the process numbers of a container for its own', async () => {
    leaveLock({ ...(await owner()), pid: 2 ** 22 + 1, namespace: 'pid:[1]' });
    await expect(take()).rejects.toMatchObject({ code: 'RUN_LOCKED' });
  });

  it.skipIf(!isLinux)('[21] leaves the lock of a process that runs and is too busy to touch it', async () => {
    leaveLock({ ...(await owner()), pid: process.ppid, startTime: await startTimeOf(process.ppid) }, HOUR_MS);
    await expect(take()).rejects.toThrow('has had it for 0 s, and has not touched it for 1 h; stop it, or choose another folder');
  });

  it.each(['', '{', 'null', '[]', '{"pid":-1,"host":"a","since":"2026-01-01"}', '{"pid":1,"host":"a","since":"yesterday"}'])(
    '[21] waits for a damaged owner file to become old: %s',
    async (text) => {
      leaveLock(text);
      await expect(take()).rejects.toMatchObject({
        code: 'RUN_LOCKED',
        message: expect.stringMatching(
          /damaged owner file does not name has it, and touched it \d s ago; wait 1 min, or choose another folder$/,
        ),
      });
      rmSync(join(folder, 'run.lock'), { recursive: true });
      leaveLock(text, 61_000);
      await (await take()).release();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('[21] takes a lock without an owner: nobody who has one is without', async () => {
    mkdirSync(join(folder, 'run.lock'));
    await (await take()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[21] escapes the name of a host', async () => {
    leaveLock({ pid: 1, host: 'a\n\u001B[31m\u202Eb', since: new Date().toISOString() });
    await expect(take()).rejects.toThrow(String.raw`on host "a\n\u001b[31m\u{202E}b" has`);
  });

  it('[21] sweeps what a killed taker had prepared, and nothing of one that is at work', async () => {
    const written = await owner();
    const prepare = (name: string, content: object): void => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'a.json'), JSON.stringify(content));
    };
    prepare('run.lock.new-dead', { ...written, pid: 2 ** 22 + 1 });
    prepare('run.lock.new-alive', written);
    mkdirSync(join(folder, 'run.lock.new-empty'));
    mkdirSync(join(folder, 'run.lock.new-old'));
    utimesSync(join(folder, 'run.lock.new-old'), 1, 1);
    await (await take()).release();
    expect(readdirSync(folder).sort()).toEqual(['run.lock.new-alive', 'run.lock.new-empty']);
  });

  it.skipIf(!isLinux)('[21] tells a suspended owner that its lock was taken, and keeps that lock', async () => {
    const owner = await startChild(2000);
    expect(await owner.ask('take')).toBe('taken');
    process.kill(owner.process.pid!, 'SIGSTOP');
    await expect(take(2000)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    let lock: RunLock | undefined;
    await expect.poll(async () => (lock = await take(2000).catch(() => undefined)), { timeout: 4500, interval: 100 }).toBeDefined();
    const lost = owner.next();
    process.kill(owner.process.pid!, 'SIGCONT');
    expect(await lost).toMatch(
      new RegExp(
        `^lost: RUN_LOCKED: acquireRunLock: this process has lost ${folder}: process ${process.pid} on host .*; write nothing more there$`,
      ),
    );
    expect(await owner.ask('release')).toBe('released');
    expect(ownerFile()).toMatchObject({ pid: process.pid });
    await lock!.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!isLinux)('[21] keeps the new lock when a suspended owner gives its own back before it knows', async () => {
    const owner = await startChild(2000);
    await owner.ask('take');
    process.kill(owner.process.pid!, 'SIGSTOP');
    await setTimeout(20);
    // As a process of another host would have done it.
    rmSync(join(folder, 'run.lock'), { recursive: true });
    const lock = await take(2000);
    owner.process.send('release');
    const first = owner.next();
    process.kill(owner.process.pid!, 'SIGCONT');
    expect(['released', 'lost: RUN_LO']).toContain((await first).slice(0, 12));
    expect(ownerFile()).toMatchObject({ pid: process.pid });
    await lock.release();
  });
});
