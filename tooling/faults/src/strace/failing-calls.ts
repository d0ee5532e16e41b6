import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveCheckpoint } from '@d3pm/train/node';
import { checkpointOf } from '../checkpoint/checkpoint-of.ts';
import { inspectRun, leftovers } from '../checkpoint/inspect-run.ts';
import { tracedSave, type TracedSave } from './traced-save.ts';

/** System calls that a save makes on its files. */
const CALLS = ['openat', 'write', 'fsync', 'close', 'rename', 'unlink', 'mkdir', 'rmdir', 'read', 'getdents64', 'statx'] as const;
const ERRORS = ['ENOSPC', 'EIO', 'EACCES'] as const;
/** Node does not tell when a folder that it has listed cannot be closed; nothing depends on it. */
const UNTOLD: readonly string[] = ['close'];
/** A thread of libuv wakes the main one by a write, and aborts when that fails: only single writes, to files, are let fail. */
const ONCE_ONLY: readonly string[] = ['write'];
const STEP = 3;

export interface FailingCallsReport {
  /** How many calls of each kind a save makes on its files: each of them failed in turn. */
  readonly counts: Readonly<Record<string, number>>;
  /** Saves with a call that failed. */
  readonly saves: number;
  /** After which the save was refused with an error, and after which it was done and the failure told as a problem. */
  readonly refused: number;
  readonly told: number;
  /** A folder that was listed could not be closed: done, and nothing to tell. */
  readonly untold: number;
  readonly problems: readonly string[];
}

interface Fault {
  readonly call: string;
  readonly error: string;
  readonly when: string;
}

/** Lets every system call of a save on its files fail, one after the other, with each error, once and from then on, in real processes. */
export async function failingCalls(onSave: (done: number, all: number) => void): Promise<FailingCallsReport> {
  const root = await mkdtemp(join(tmpdir(), 'd3pm-strace-'));
  try {
    const template = join(root, 'template');
    for (const step of [1, 2]) await saveCheckpoint(template, checkpointOf(step), { keepLast: 2 });
    const places = await placesOf(root, template);
    const faults = CALLS.flatMap((call) =>
      (places.get(call) ?? []).flatMap((n) =>
        ERRORS.flatMap((error) => [`${n}`, ...(ONCE_ONLY.includes(call) ? [] : [`${n}+`])].map((when): Fault => ({ call, error, when }))),
      ),
    );
    const problems: string[] = [];
    let [saves, refused, told, untold] = [0, 0, 0, 0];
    for (const fault of faults) {
      const run = join(root, 'run');
      await cp(template, run, { recursive: true });
      const { save, hit } = await saveWith(root, run, fault);
      const found = await problemsAfter(run, fault, save);
      if (!hit) found.push('the call that failed was not one of the files');
      problems.push(...found.map((problem) => `${fault.call} ${fault.when} ${fault.error}: ${problem}`));
      if (save.report?.saved === false) refused++;
      else if (save.report !== undefined && save.report.errors.length > 0) told++;
      else if (save.report !== undefined) untold++;
      await rm(run, { recursive: true });
      onSave(++saves, faults.length);
    }
    return {
      counts: Object.fromEntries(CALLS.map((call) => [call, places.get(call)?.length ?? 0])),
      saves,
      refused,
      told,
      untold,
      problems,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Of each call, which of its kind are made on files of the run, counted from 1, in a save that nothing disturbs. */
async function placesOf(root: string, template: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const run = join(root, 'run');
  await cp(template, run, { recursive: true });
  const { calls, exit } = await tracedSave({ run, step: STEP, log: join(root, 'log'), expressions: [`trace=${CALLS.join(',')}`] });
  if (exit !== 0) throw new Error(`a save that nothing disturbs ended with ${exit}`);
  await rm(run, { recursive: true });
  return new Map(
    CALLS.map((call) => {
      const own = calls.filter((line) => line.startsWith(`${call}(`));
      return [call, own.flatMap((line, i) => (line.includes(run) ? [i + 1] : []))];
    }),
  );
}

async function saveWith(root: string, run: string, { call, error, when }: Fault): Promise<{ save: TracedSave; hit: boolean }> {
  const expressions = [`trace=${call}`, `inject=${call}:error=${error}:when=${when}`];
  const save = await tracedSave({ run, step: STEP, log: join(root, 'log'), expressions });
  const injected = save.calls.filter((line) => line.includes('(INJECTED)'));
  return { save, hit: injected.length > 0 && injected.every((line) => line.includes(run)) };
}

/** Nothing good is lost, the error is clear, a fresh save works, and a sweep leaves nothing. */
async function problemsAfter(run: string, { call, error }: Fault, { exit, report, stderr }: TracedSave): Promise<string[]> {
  const problems: string[] = [];
  if (report === undefined) return [`the process ended with ${exit} and no report: ${stderr.trim().split('\n').at(-1)}`];
  if (exit !== (report.saved ? 0 : 1) || stderr !== '') problems.push(`the process ended with ${exit}: ${stderr}`);
  if (report.errors.length === 0 && !UNTOLD.includes(call)) problems.push('nothing was told of it');
  for (const { code, cause, message } of report.errors) {
    const isClear = code === 'CHECKPOINT' && cause === error && message.startsWith('saveCheckpoint: ') && message.includes(`(${error})`);
    if (!isClear) problems.push(`an error that is not clear: ${code} ${message}`);
  }
  const before = await inspectRun(run);
  problems.push(...before.problems);
  const expected = report.saved ? [STEP] : [STEP - 1, STEP];
  if (before.step === undefined || !expected.includes(before.step)) problems.push(`the newest checkpoint is of step ${before.step}`);
  const { problems: left } = await saveCheckpoint(run, checkpointOf(STEP + 1), { keepLast: 2 });
  problems.push(...left.map(({ message }) => message));
  if ((await inspectRun(run)).step !== STEP + 1) problems.push('a fresh save does not load');
  problems.push(...(await leftovers(run)).map((name) => `${name} is left`));
  return problems;
}
