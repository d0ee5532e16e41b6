import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { prepareEngine } from '@d3pm/engine';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { latestCheckpoint } from '../../src/node/checkpoint/latest-checkpoint.ts';
import { acquireRunLock, type RunLock } from '../../src/node/run/run-lock.ts';
import { trainRun } from '../../src/node/run/train-run.ts';
import { allEvents } from './all-events.ts';
import { checkpointNames, folderContent, runContent } from './run-content.ts';
import { tinyTrainRun } from './tiny-train-run.ts';

interface Child {
  readonly process: ChildProcess;
  /** All that it has said. */
  readonly said: string[];
  /** Returns when it has said this. */
  readonly hears: (line: string) => Promise<void>;
  readonly answer: () => void;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
}

let folder: string;
let whole: Readonly<Record<string, string>>;
let children: ChildProcess[];

function start(waitAt = '', misdeed = ''): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'train-run-child.ts'), folder, waitAt, misdeed], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  const said: string[] = [];
  const lines = createInterface(child.stdio[3] as Readable);
  lines.on('line', (line) => said.push(line));
  child.stdout!.resume();
  child.stderr!.resume();
  return {
    process: child,
    said,
    answer: () => child.send('go on'),
    ended: once(child, 'close') as Promise<[number | null, string | null]>,
    hears: async (line) => {
      while (!said.includes(line)) {
        const [next] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
        if (next === undefined) throw new Error(`it ended without "${line}": ${said.join(', ')}`);
      }
    },
  };
}

async function goOn(): Promise<void> {
  const { model, options } = tinyTrainRun(folder);
  await allEvents(trainRun(model, options));
  model.dispose();
}

/** Files of owners: a lock without one is free. */
const locks = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.startsWith('run.lock') && path.endsWith('.json'));
const newestStep = async (): Promise<number | undefined> =>
  (await latestCheckpoint(folder, { onSkipped: ({ name }) => expect.unreachable(name) }))?.step;

beforeAll(async () => {
  await prepareEngine({ backend: 'cpu' });
  folder = mkdtempSync(join(tmpdir(), 'd3pm-signals-'));
  await goOn();
  whole = runContent(folder);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-signals-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

// Windows ends a process instead of telling it.
describe.skipIf(process.platform === 'win32')('a process that trains', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('[25] [26] finishes the step and saves at the first %s, and exits with %i', async (signal, code) => {
    const child = start('step 9');
    await child.hears('step 9');
    child.process.kill(signal);
    await child.hears(`end ${signal}`);
    child.answer();
    expect(await child.ended).toEqual([code, null]);
    expect(child.said.slice(-3)).toEqual([`end ${signal}`, 'saved 9', 'done']);
    expect(locks()).toEqual([]);
    await goOn();
    expect(runContent(folder)).toEqual(whole);
  });

  it('[25] ends at once at the second, touches nothing, and leaves the folder good', async () => {
    const child = start('step 9');
    await child.hears('step 9');
    const before = folderContent(folder);
    child.process.kill('SIGINT');
    await child.hears('end SIGINT');
    child.process.kill('SIGINT');
    expect(await child.ended).toEqual([130, null]);
    const isLock = ([path]: readonly [string, string]): boolean => path.startsWith('run.lock');
    expect(folderContent(folder)).toEqual(Object.fromEntries(Object.entries(before).filter((entry) => !isLock(entry))));
    expect(await newestStep()).toBe(6);
    await goOn();
    expect(runContent(folder)).toEqual(whole);
  });

  it('[25] [26] ends with the code of the second signal, whichever it is', async () => {
    const child = start('step 9');
    await child.hears('step 9');
    child.process.kill('SIGINT');
    await child.hears('end SIGINT');
    child.process.kill('SIGTERM');
    expect(await child.ended).toEqual([143, null]);
    expect(await newestStep()).toBe(6);
  });

  it.each([0, 2, 5, 9])('[27] is not kept from a save by a signal %i ms into it', async (delay) => {
    const child = start();
    await child.hears('step 6');
    await setTimeout(delay);
    child.process.kill('SIGINT');
    const [code] = await child.ended;
    expect([0, 130]).toContain(code);
    expect(await newestStep()).toBe(Number(checkpointNames(folder).at(-1)!.slice(5, 13)));
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    await goOn();
    expect(runContent(folder)).toEqual(whole);
  });

  it.each([0, 2, 5, 9])('[27] that is ended at once %i ms into a save leaves the older checkpoint', async (delay) => {
    const child = start();
    await child.hears('step 12');
    child.process.kill('SIGINT');
    await setTimeout(delay);
    child.process.kill('SIGINT');
    // A run that is done before the second signal watches none any more, and the signal ends the process by itself.
    const [code, signal] = await child.ended;
    expect([0, 130, 'SIGINT']).toContain(code ?? signal);
    expect(await newestStep()).toBeGreaterThanOrEqual(6);
    expect(locks()).toEqual([]);
    await goOn();
    expect(runContent(folder)).toEqual(whole);
  });

  it('[28] goes on after SIGHUP, and without readers of its two outputs', async () => {
    const child = start('step 3');
    await child.hears('step 3');
    child.process.stdout!.destroy();
    child.process.stderr!.destroy();
    child.process.kill('SIGHUP');
    child.answer();
    expect(await child.ended).toEqual([0, null]);
    expect(child.said).not.toContain('end SIGHUP');
    expect(child.said.at(-1)).toBe('done');
    expect(locks()).toEqual([]);
    expect(runContent(folder)).toEqual(whole);
  });

  it('[28] goes on in a pipe to a program that has ended', async () => {
    const command = `"${process.execPath}" "${join(import.meta.dirname, 'train-run-child.ts')}" "${folder}" 3>/dev/null 2>&1 | head -n 1; exit \${PIPESTATUS[0]}`;
    const [code] = (await once(spawn('bash', ['-c', command], { stdio: 'ignore' }), 'close')) as [number];
    expect(code).toBe(0);
    expect(runContent(folder)).toEqual(whole);
  });

  it('[29] goes on after it was suspended, and keeps its lock', async () => {
    const child = start('step 9');
    await child.hears('step 9');
    child.process.kill('SIGTSTP');
    await setTimeout(50);
    await expect(acquireRunLock(folder, { onLost: () => undefined })).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    child.process.kill('SIGCONT');
    child.answer();
    expect(await child.ended).toEqual([0, null]);
    expect(locks()).toEqual([]);
    expect(runContent(folder)).toEqual(whole);
  });

  it.skipIf(process.platform !== 'linux')('[29] writes nothing more when its lock was taken while it was suspended', async () => {
    const child = start('step 9');
    await child.hears('step 9');
    child.process.kill('SIGSTOP');
    await setTimeout(50);
    const [name] = readdirSync(join(folder, 'run.lock'));
    utimesSync(join(folder, 'run.lock', name!), 1, 1); // an hour goes by
    const lock: RunLock = await acquireRunLock(folder, { onLost: () => undefined });
    const before = folderContent(folder);
    child.process.kill('SIGCONT');
    child.answer();
    expect(await child.ended).toEqual([1, null]);
    expect(child.said.at(-2)).toMatch(/^failed D3pmError: (trainRun: another process has taken|acquireRunLock: this process has lost)/);
    expect(folderContent(folder)).toEqual(before);
    await lock.release();
    await goOn();
    expect(runContent(folder)).toEqual(whole);
  });

  it.each([
    ['throws', 'Error: nobody catches this'],
    ['rejects', 'Error: nobody catches this'],
    ['throwsOften', 'Error: again and again'],
  ])('[32] in which something %s saves, and exits with 1', async (misdeed, message) => {
    const child = start('step 9', misdeed);
    await child.hears(`end ${message}`);
    child.answer();
    expect(await child.ended).toEqual([1, null]);
    expect(child.said).toContain('saved 9');
    expect(child.said.at(-1)).toBe('done');
    expect(locks()).toEqual([]);
    await goOn();
    expect(runContent(folder)).toEqual(whole);
  });

  it('that is killed leaves a lock, which the next one takes over at once', async () => {
    const child = start('step 9');
    await child.hears('step 9');
    child.process.kill('SIGKILL');
    expect(await child.ended).toEqual([null, 'SIGKILL']);
    expect(existsSync(join(folder, 'run.lock'))).toBe(true);
    await goOn();
    expect(locks()).toEqual([]);
    expect(runContent(folder)).toEqual(whole);
  });

  it('[20] refuses its folder to a second process at once', async () => {
    const first = start('step 9');
    await first.hears('step 9');
    const second = start();
    expect(await second.ended).toEqual([1, null]);
    expect(second.said[0]).toMatch(
      new RegExp(`^failed D3pmError: acquireRunLock: .*process ${first.process.pid} on host .* has had it for \\d+ s; stop it`),
    );
    first.answer();
    expect(await first.ended).toEqual([0, null]);
    expect(runContent(folder)).toEqual(whole);
  });
});
