import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { D3pmError, ProcessGroup, States } from '@d3pm/core';
import { expectAllClose, inProcessGroup } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readMetrics } from '../../src/node/run/read-metrics.ts';
import { trainRun } from '../../src/node/run/train-run.ts';
import type { TrainRunEvent } from '../../src/node/run/train-run-event.ts';
import { checkpointNames } from './run-content.ts';
import { tinyTrainRun, type TinyTrainRunOptions } from './tiny-train-run.ts';

let root: string;
const folderOf = (rank: number): string => join(root, `rank-${rank}`);

interface Member {
  readonly events: readonly string[];
  readonly parameters: readonly number[];
}

interface Changed extends TinyTrainRunOptions {
  /** The update in the midst of which this member is told to stop. */
  readonly stopAt?: number;
}
type Changes = (member: ProcessGroup) => Changed;

/** More than a second, in which an evaluation is heard of; less than the longest one takes. */
const LIMIT_MS = 2500;

/** A member whose operations fail when they take longer than {@link LIMIT_MS}, as those of MPI do after their limit. */
function limited(member: ProcessGroup): ProcessGroup {
  const inTime = async (work: Promise<void>): Promise<void> => {
    const timer = new AbortController();
    const late = setTimeout(LIMIT_MS, undefined, { signal: timer.signal }).then(() =>
      Promise.reject(new Error('an operation took too long')),
    );
    await Promise.race([work, late]).finally(() => timer.abort());
  };
  const { rank, size, localRank, localSize, transport } = member;
  return {
    rank,
    size,
    localRank,
    localSize,
    transport,
    sum: (values) => inTime(member.sum(values)),
    broadcast: (bytes, root) => inTime(member.broadcast(bytes, root)),
    barrier: () => inTime(member.barrier()),
    close: () => member.close(),
  };
}

/** One member, with a folder of its own name, so that one that writes where it must not is seen. */
async function run(member: ProcessGroup, changes: Changes): Promise<Member> {
  const events: string[] = [];
  const { stopAt, ...changed } = changes(member);
  const { model, options } = tinyTrainRun(folderOf(member.rank), { ...changed, group: member });
  const stop = new AbortController();
  const batchAt = (index: number): States => {
    if (index + 1 === stopAt) stop.abort();
    return options.batches.batchAt(index);
  };
  try {
    for await (const event of trainRun(model, { ...options, batches: { batchAt }, signal: stop.signal })) events.push(named(event));
    return { events, parameters: Object.values(model.parameters).flatMap((value) => [...value.dataSync()]) };
  } finally {
    model.dispose();
  }
}
const runAll = (size: number, changes: Changes = () => ({})): Promise<Member[]> =>
  Promise.all(inProcessGroup(size).map((member) => run(member, changes)));
const rejections = async (size: number, changes: Changes): Promise<D3pmError[]> =>
  (await Promise.allSettled(inProcessGroup(size).map((member) => run(member, changes)))).map(
    (result) => (result as PromiseRejectedResult).reason as D3pmError,
  );
const named = (event: TrainRunEvent): string => (event.type === 'warning' ? `warning ${event.message}` : `${event.type} ${event.step}`);
const stepsOf = ({ events }: Member): readonly string[] => events.filter((event) => /^(?:step|stopped)/.test(event));

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'd3pm-group-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('trainRun in a group', () => {
  it('is written by rank 0 alone, and trains what one process does', async () => {
    const [one] = await runAll(1);
    rmSync(folderOf(0), { recursive: true });
    const members = await runAll(4);
    expect(members[0]!.events).toEqual(one!.events);
    for (const member of members.slice(1)) {
      expect(member.events).toEqual(['begun 0', 'step 3', 'step 6', 'step 9', 'step 12', 'step 15', 'step 18', 'step 20']);
      expect(member.parameters).toEqual(members[0]!.parameters);
    }
    expectAllClose(members[0]!.parameters, one!.parameters, { atol: 1e-5 });
    expect(await readdir(root)).toEqual(['rank-0']);
  });

  it.each([
    [4, 2],
    [2, 4],
    [2, 1],
    [1, 2],
  ])('is begun by %i processes and goes on with %i', async (before, after) => {
    const [whole] = await runAll(2);
    rmSync(folderOf(0), { recursive: true });
    const stop: Changes = ({ rank }) => (rank === 0 ? { stopAt: 7 } : {});
    const begun = await runAll(before, stop);
    for (const member of begun) expect(stepsOf(member)).toEqual(['step 3', 'step 6', 'stopped 7']);
    expect(begun[0]!.events.at(-1)).toBe('saved 7');
    const members = await runAll(after);
    for (const member of members) {
      expect(member.events[0]).toBe('resumed 7');
      expect(stepsOf(member)).toEqual(stepsOf(whole!).slice(2));
      expectAllClose(member.parameters, whole!.parameters, { atol: 1e-5 });
    }
    const lines = await readMetrics(join(folderOf(0), 'metrics.jsonl'));
    expect(lines.filter(({ kind }) => kind === 'train').map(({ step }) => step)).toEqual([3, 6, 9, 12, 15, 18, 20]);
  });

  it('is saved when another member is told to stop, also at a step that is an event', async () => {
    for (const step of [9, 11]) {
      const members = await runAll(4, ({ rank }) => (rank === 2 ? { stopAt: step } : {}));
      for (const member of members) expect(stepsOf(member).at(-1)).toBe(step === 9 ? 'step 9' : 'stopped 11');
      expect(members[0]!.events.at(-1)).toBe(`saved ${step}`);
      expect(checkpointNames(folderOf(0)).at(-1)).toBe(`ckpt-${String(step).padStart(8, '0')}`);
    }
  });

  it('waits for an evaluation that takes longer than an operation may, also for one that is made up for', async () => {
    const evaluate = async ({ step }: { readonly step: number }): Promise<Readonly<Record<string, number>>> => {
      if (step === 6) await setTimeout(4 * LIMIT_MS);
      return {};
    };
    const inTime = (changes: Changes): Promise<Member[]> =>
      Promise.all(
        inProcessGroup(2).map((member) =>
          run(limited(member), (limit) => ({ numSteps: 9, evaluateEvery: 6, evaluate, ...changes(limit) })),
        ),
      );
    const stopped = await inTime(({ rank }) => (rank === 0 ? { stopAt: 6 } : {}));
    expect(stopped[0]!.events.slice(-2)).toEqual(['step 6', 'saved 6']);
    const late = await inTime(() => ({}));
    expect(late.map(({ events }) => events)).toEqual([
      ['resumed 6', 'evaluated 6', 'step 9', 'saved 9', 'evaluated 9'],
      ['resumed 6', 'step 9'],
    ]);
    rmSync(folderOf(0), { recursive: true });
    const whole = await inTime(() => ({}));
    expect(whole[0]!.events).toContain('evaluated 6');
    expect(whole[1]!.parameters).toEqual(late[1]!.parameters);
  }, 60_000);

  it('that is finished is left as it is, and all have its parameters', async () => {
    const done = await runAll(2);
    const again = await runAll(2);
    for (const member of again) {
      expect(member.events).toEqual(['resumed 20']);
      expect(member.parameters).toEqual(done[0]!.parameters);
    }
  });

  it('leaves no tensors behind', async () => {
    const before = memory().numTensors;
    await runAll(2, ({ rank }) => (rank === 1 ? { stopAt: 4 } : {}));
    await runAll(2);
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, Changes, string]>([
    ['config', ({ rank }) => ({ config: { seed: rank === 1 ? 'b' : 'a' } }), 'config.seed: "a" on rank 0, "b" on rank 1'],
    ['version', ({ rank }) => ({ environment: { d3pm: `1.${rank}` } }), 'environment.d3pm: "1.0" on rank 0, "1.2" on rank 2'],
  ])('[74] ends on all members before the first step when one has another %s, and writes nothing', async (_, changes, line) => {
    const errors = await rejections(3, changes);
    for (const error of errors) {
      expect(error.code).toBe('GROUP');
      expect(error.message).toContain(line);
    }
    expect(existsSync(folderOf(0))).toBe(false);
  });

  it('has machines that differ', async () => {
    const [first, second] = await runAll(2, ({ rank }) => ({ machine: { processor: `kind ${rank}` } }));
    expect(first!.parameters).toEqual(second!.parameters);
  });

  it('[73] tells all members what rank 0 cannot do', async () => {
    writeFileSync(folderOf(0), 'a file where a folder is to be');
    const errors = await rejections(3, () => ({}));
    for (const [rank, error] of errors.entries()) {
      expect(error.code).toBe('INVALID_OPTIONS');
      expect(error.message).toMatch(rank === 0 ? /^trainRun: cannot make the folder/ : /^rank 0: trainRun: cannot make the folder/);
    }
  });
});
