import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRng } from '@d3pm/core';
import { latestCheckpoint } from '@d3pm/train/node';

const CHILD = fileURLToPath(new URL('tiny-run-child.ts', import.meta.url));
/** What two runs that are the same have the same, to the byte. */
const COMPARED = ['model.safetensors', 'ema.safetensors', 'optimizer.safetensors', 'state.json'] as const;

export interface KillReport {
  readonly kills: number;
  /** Runs that were killed and gone on with until their end. */
  readonly finished: number;
  /** Kills after which the newest checkpoint loads and none is damaged, those before the first one included. */
  readonly loaded: number;
  /** Kills after which the newest checkpoint is as new as what the run has said that it saved, and as the one before the kill. */
  readonly kept: number;
  /** Finished runs that are, byte for byte, the run that was never killed. */
  readonly identical: number;
  /** Kills that hit a run after its first checkpoint. */
  readonly afterFirstCheckpoint: number;
  readonly seed: string;
}

export interface KillOptions {
  /** SIGKILLs that hit a running process. */
  readonly kills: number;
  /** Of the moments. */
  readonly seed: string;
  /** @defaultValue 'cpu' */
  readonly engine?: 'cpu' | 'native';
  readonly onKill?: (done: number) => void;
}

/**
 * Kills a training run again and again at moments drawn at random over its whole duration, and goes on with it each time, until `kills`
 * are reached and the last run is finished.
 */
export async function killRuns({ kills, seed, engine = 'cpu', onKill }: KillOptions): Promise<KillReport> {
  const root = await mkdtemp(join(tmpdir(), 'd3pm-kill-'));
  try {
    const whole = join(root, 'whole');
    const started = performance.now();
    await child(whole, { engine });
    const duration = performance.now() - started;
    const expected = await contentOf(whole);
    const rng = createRng(seed);
    const report = { kills: 0, finished: 0, loaded: 0, kept: 0, identical: 0, afterFirstCheckpoint: 0 };
    for (let tries = 0; report.kills < kills || tries === 0;) {
      const folder = join(root, `run-${report.finished}`);
      for (let lastStep = -1; ;) {
        // Once all kills are done, the run is left to finish.
        const delay = report.kills < kills ? rng.float64(tries++) * duration : Infinity;
        const { killed, savedStep } = await child(folder, { engine, delay });
        if (!killed) break;
        report.kills++;
        onKill?.(report.kills);
        let damaged = 0;
        const step = (await latestCheckpoint(folder, { onSkipped: () => damaged++ }))?.step ?? -1;
        if (damaged === 0) report.loaded++;
        if (step >= Math.max(lastStep, savedStep)) report.kept++;
        if (step >= 0) report.afterFirstCheckpoint++;
        lastStep = step;
      }
      report.finished++;
      if (sameContent(expected, await contentOf(folder))) report.identical++;
      await rm(folder, { recursive: true });
    }
    return { ...report, seed };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

interface ChildOptions {
  readonly engine: string;
  /** Milliseconds. */
  readonly delay?: number;
}

interface ChildEnd {
  /** Whether the kill hit it; else it has finished. */
  readonly killed: boolean;
  /** Of the last checkpoint that it said it has saved; −1 before one. */
  readonly savedStep: number;
}

/** Runs the child in a folder and kills it after `delay` milliseconds. */
async function child(folder: string, { engine, delay = Infinity }: ChildOptions): Promise<ChildEnd> {
  const running = spawn(process.execPath, [CHILD, folder, engine], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, errors] = ['', ''];
  running.stdout.on('data', (part: Buffer) => (said += part.toString()));
  running.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  const timer = delay === Infinity ? undefined : setTimeout(() => running.kill('SIGKILL'), delay);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    running.on('close', (...end) => resolve(end)),
  );
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the run in ${folder} ended with ${code ?? signal}: ${errors}`);
  const saved = [...said.matchAll(/^saved (\d+)\n/gmu)].map(([, step]) => Number(step));
  return { killed: signal === 'SIGKILL', savedStep: saved.at(-1) ?? -1 };
}

/** The metrics and the newest checkpoint of a finished run. */
async function contentOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const newest = (await readdir(folder))
    .filter((name) => name.startsWith('ckpt-'))
    .sort()
    .at(-1)!;
  const paths = ['metrics.jsonl', ...COMPARED.map((name) => join(newest, name))];
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path))] as const)));
}

function sameContent(expected: ReadonlyMap<string, Buffer>, found: ReadonlyMap<string, Buffer>): boolean {
  return expected.size === found.size && [...expected].every(([path, bytes]) => found.get(path)?.equals(bytes) === true);
}
