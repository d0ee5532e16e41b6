import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SaveReport } from './save-child.ts';

const STRACE: string = 'strace';
const CHILD = fileURLToPath(new URL('save-child.ts', import.meta.url));

export interface TracedSaveInput {
  readonly run: string;
  readonly step: number;
  /** File for the trace. */
  readonly log: string;
  /** Of strace: `trace=…`, `inject=…`. */
  readonly expressions: readonly string[];
}

export interface TracedSave {
  readonly exit: number | NodeJS.Signals;
  readonly report: SaveReport | undefined;
  readonly stderr: string;
  /** The calls that were traced, in order, each with the paths of its descriptors. */
  readonly calls: readonly string[];
}

/**
 * Lets a process save a checkpoint while strace holds the one thread that does its file operations. The other threads, and all that
 * happened before, are neither counted nor hit: neither the start of Node, nor what it prints.
 */
export async function tracedSave({ run, step, log, expressions }: TracedSaveInput): Promise<TracedSave> {
  const child = spawn(process.execPath, [CHILD, run, String(step)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map(collect) as [() => string, () => string];
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), ended]);
  if (child.exitCode !== null) throw new Error(`the child that saves did not start: ${stderr()}`);
  const strace = await attach(await fileThread(child.pid!), { log, expressions }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  child.stdin.end('go\n');
  const [code, signal] = await ended;
  if (strace.exitCode === null) await once(strace, 'close');
  const said = stdout()
    .split('\n')
    .find((line) => line.startsWith('{'));
  const trace = await readFile(log, 'utf8');
  return {
    exit: code ?? signal!,
    report: said === undefined ? undefined : (JSON.parse(said) as SaveReport),
    stderr: stderr(),
    calls: trace.split('\n').filter((line) => line.includes('(') && !line.startsWith('---') && !line.startsWith('+++')),
  };
}

/** Why strace cannot be used here; undefined where it can. */
export function straceProblem(): string | undefined {
  if (process.platform !== 'linux') return 'strace is a program of Linux';
  return spawnSync(STRACE, ['-V'], { stdio: 'ignore' }).status === 0 ? undefined : 'there is no strace (apt-get install strace)';
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: string[] = [];
  stream.setEncoding('utf8').on('data', (part: string) => parts.push(part));
  return () => parts.join('');
}

/** The number of the thread of libuv's pool. */
async function fileThread(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const names = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8')));
  const found = threads.filter((_, i) => names[i]!.trim() === 'libuv-worker');
  if (found.length !== 1) throw new Error(`the child has ${found.length} threads named libuv-worker, expected 1`);
  return Number(found[0]);
}

async function attach(thread: number, { log, expressions }: Pick<TracedSaveInput, 'expressions' | 'log'>): Promise<ChildProcess> {
  const args = ['-p', String(thread), '-y', '-o', log, ...expressions.flatMap((expression) => ['-e', expression])];
  const strace = spawn(STRACE, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      if (said.includes(' attached')) resolve();
    });
    strace.on('error', reject).on('close', () => reject(new Error(`strace cannot attach: ${said.trim()}`)));
  });
  return strace;
}
