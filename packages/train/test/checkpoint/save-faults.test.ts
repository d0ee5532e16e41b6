import { createRng, isD3pmError } from '@d3pm/core';
import {
  latestCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
  sweepTemporaries,
  type CheckpointContent,
  type FileSystem,
  type LoadedCheckpoint,
  type SavedCheckpoint,
} from '@d3pm/train/node';
import { describe, expect, it } from 'vitest';
import { contentOf } from './content-of.ts';
import { interruptedFileSystem } from './interrupted-file-system.ts';
import { createMemoryDisk, fileError, type Choose, type MemoryDisk } from './memory-disk.ts';

const run = '/runs/one';

/** The newest checkpoint; none may be damaged. */
const latest = (fileSystem: FileSystem): Promise<LoadedCheckpoint | undefined> =>
  latestCheckpoint(run, {
    fileSystem,
    onSkipped: ({ name, reason }) => expect.unreachable(`${name} was skipped: ${reason.message}`),
  });
const plain = ({ step, tensors, state, config, score }: LoadedCheckpoint): CheckpointContent => ({
  step,
  tensors,
  state,
  config,
  ...(score !== undefined && { score }),
});

/** Each ends with a save that is interrupted: the first one, one that removes an old one, one of a step that is there with another content, one with the same. */
const histories: readonly (readonly [title: string, history: readonly CheckpointContent[]])[] = [
  ['the first save', [contentOf(5)]],
  ['a save that removes an old one', [contentOf(1), contentOf(2), contentOf(3)]],
  ['a step that is there with another content', [contentOf(1), contentOf(2, { variant: 1 }), contentOf(2, { variant: 2 })]],
  ['a step that is there with the same content', [contentOf(1), contentOf(2), contentOf(2)]],
];
const options = { keepLast: 2, keepBest: 1 };

async function diskWith(history: readonly CheckpointContent[]): Promise<MemoryDisk> {
  const disk = createMemoryDisk();
  for (const content of history) await saveCheckpoint(run, content, { ...options, fileSystem: disk });
  return disk;
}

/** No checkpoint has a part missing, not even one that was being removed. */
async function expectAllWhole(disk: MemoryDisk): Promise<void> {
  const names = await disk.readFolder(run).catch(() => []);
  for (const name of names.filter((name) => name.startsWith('ckpt-'))) await loadCheckpoint(`${run}/${name}`, { fileSystem: disk });
}

/** Afterwards: the disk works again, a new save too, and a sweep leaves nothing but checkpoints. */
async function expectRecovery(disk: MemoryDisk): Promise<void> {
  const next = contentOf(9);
  expect((await saveCheckpoint(run, next, { ...options, fileSystem: disk })).problems).toEqual([]);
  expect(plain((await latest(disk))!)).toEqual(next);
  await sweepTemporaries(run, { fileSystem: disk });
  expect((await disk.readFolder(run)).filter((name) => !/^ckpt-\d{8}(-r\d)?$/.test(name))).toEqual([]);
  expect((await disk.readFolder(run)).length).toBeLessThanOrEqual(3);
}

describe.each(histories)('an operation of the disk that fails, in %s', (_title, history) => {
  const before = history.at(-2);
  const last = history.at(-1)!;

  const saveWithFault = async (
    disk: MemoryDisk,
    fault: (count: number, operation: string, path: string) => void,
    when: 'after' | 'before',
  ) => {
    let count = 0;
    const fileSystem = interruptedFileSystem(disk, { [when]: (operation: string, path: string) => fault(++count, operation, path) });
    const outcome = await saveCheckpoint(run, last, { ...options, fileSystem }).catch((error: unknown) => error);
    return { outcome, count };
  };

  it.each(
    ['ENOSPC', 'EIO', 'EACCES'].flatMap((code) =>
      (['once', 'from then on'] as const).flatMap((times) => (['before', 'after'] as const).map((when) => [code, times, when] as const)),
    ),
  )('[2] [4] [5] loses nothing: the n-th fails with %s, %s, %s it has happened, for all n', async (code, times, when) => {
    const failed = new Set<string>();
    for (let n = 1, reached = true; reached; n++) {
      const disk = await diskWith(history.slice(0, -1));
      const { outcome, count } = await saveWithFault(
        disk,
        (i, operation, path) => {
          if (i !== n && !(i > n && times === 'from then on')) return;
          failed.add(operation);
          throw fileError(code, path);
        },
        when,
      );
      reached = count >= n;
      const found = await latest(disk);
      expect(isD3pmError(outcome) ? [before, last] : [last]).toContainEqual(found && plain(found));
      for (const error of isD3pmError(outcome) ? [outcome] : (outcome as SavedCheckpoint).problems) {
        const message = expect.stringMatching(new RegExp(`^saveCheckpoint: .*cannot .*/.*\\(${code}\\)`));
        expect(error).toMatchObject({ code: 'CHECKPOINT', cause: { code }, message });
      }
      await expectAllWhole(disk);
      await expectRecovery(disk);
    }
    expect(failed).toContain('sync folder');
  });

  it('[4] says which write failed, with how many bytes, and that nothing is lost', async () => {
    const { outcome } = await saveWithFault(
      await diskWith([contentOf(8)]),
      (_, operation, path) => {
        if (operation === 'write' && path.endsWith('optimizer.safetensors')) throw fileError('ENOSPC', path);
      },
      'before',
    );
    expect(outcome).toMatchObject({
      message: expect.stringMatching(
        /^saveCheckpoint: cannot write \d{3} bytes to \/runs\/one\/\.ckpt-0000000\d(-r2)?\.tmp-\d+-[0-9a-f]{12}\/optimizer\.safetensors: the disk is full \(ENOSPC\); nothing was replaced, what was saved before is untouched$/,
      ),
    });
  });

  it('[3] says that it is written and not known to be durable, when only the last sync fails', async () => {
    const disk = await diskWith(history.slice(0, -1));
    const { outcome } = await saveWithFault(
      disk,
      (_, operation, path) => {
        if (operation === 'sync folder' && path === run) throw fileError('EIO', path);
      },
      'before',
    );
    expect(outcome).toMatchObject({
      code: 'CHECKPOINT',
      message: expect.stringContaining(
        'is written, but not yet known durable (a power cut may lose it): cannot sync the folder /runs/one: ',
      ),
    });
    expect(plain((await latest(disk))!)).toEqual(last);
  });
});

describe.each(histories)('a power cut, in %s', (_title, history) => {
  const seeded = (seed: number): Choose => {
    const rng = createRng(seed);
    let draws = 0;
    return (count) => rng.integer(count, draws++);
  };
  const losses: readonly (readonly [title: string, choose: () => Choose])[] = [
    ['[1] [2] the process alone ends (kill -9)', () => (count) => count - 1],
    ['[3] all that was not synced is lost', () => () => 0],
    ['[3] names are on the disk, contents are not', () => (count) => (count === 4 ? 0 : count - 1)],
    ['[3] contents are cut in half', () => (count) => (count === 4 ? 1 : count - 1)],
    ...Array.from({ length: 6 }, (_, seed) => [`[3] any part of it is lost, seed ${seed}`, () => seeded(seed)] as const),
  ];

  it.each(losses)('%s, after every operation: all that is found is good, and what was acknowledged is there', async (_loss, choose) => {
    for (let n = 1, reached = true; reached; n++) {
      const disk = createMemoryDisk();
      let count = 0;
      let acknowledged = -1;
      const fileSystem = interruptedFileSystem(disk, {
        before: (_, path) => {
          if (++count > n) throw fileError('EIO', path);
        },
      });
      for (const [i, content] of history.entries()) {
        const saved = await saveCheckpoint(run, content, { ...options, fileSystem }).catch(() => undefined);
        if (saved !== undefined) acknowledged = i;
      }
      reached = count > n;
      const rest = disk.afterPowerCut(choose());
      const found = await latest(rest);
      const place = history.findLastIndex((content) => JSON.stringify(content) === JSON.stringify(found && plain(found)));
      expect(place).toBeGreaterThanOrEqual(acknowledged);
      expect(found === undefined).toBe(place === -1);
      await expectAllWhole(rest);
      await expectRecovery(rest);
    }
  });
});
