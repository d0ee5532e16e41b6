import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostTensor } from '@d3pm/train';
import { latestCheckpoint, saveCheckpoint } from '@d3pm/train/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentOf } from './content-of.ts';

const [MOUNT, UNMOUNT] = ['mount', 'umount'] as const;
/** Whether this user may make a small disk. */
const canMount = (() => {
  const at = mkdtempSync(join(tmpdir(), 'd3pm-mount-'));
  const { status } = spawnSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
  if (status === 0) spawnSync(UNMOUNT, [at]);
  rmSync(at, { recursive: true });
  return status === 0;
})();

describe.skipIf(!canMount)(`checkpoints on a disk of its own${canMount ? '' : ' (this user may not mount one)'}`, () => {
  let run: string;
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'd3pm-disk-'));
    execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', run]);
  });
  afterEach(() => {
    execFileSync(UNMOUNT, [run]);
    rmSync(run, { recursive: true });
  });
  const onSkipped = ({ name }: { readonly name: string }): void => expect.unreachable(`${name} was skipped`);

  it.each(['model', 'ema', 'optimizer'])(
    '[4] full in the middle of %s.safetensors: nothing is lost, nothing is left, and a smaller one fits',
    async (file) => {
      await saveCheckpoint(run, contentOf(1));
      const large: HostTensor = { dtype: 'U8', shape: [2 ** 17], data: new Uint8Array(2 ** 17) };
      const content = contentOf(2);
      await expect(saveCheckpoint(run, { ...content, tensors: { ...content.tensors, [file]: { large } } })).rejects.toMatchObject({
        code: 'CHECKPOINT',
        message: expect.stringMatching(
          new RegExp(
            `^saveCheckpoint: cannot write 131\\d{3} bytes to .*/${file}\\.safetensors: the disk is full \\(ENOSPC\\); nothing was replaced, what was saved before is untouched$`,
          ),
        ),
      });
      expect(readdirSync(run)).toEqual(['ckpt-00000001']);
      await saveCheckpoint(run, content);
      expect(await latestCheckpoint(run, { onSkipped })).toMatchObject(content);
    },
  );

  it('[6] that can only be read: it loads, and says so when it saves', async () => {
    await saveCheckpoint(run, contentOf(1));
    execFileSync(MOUNT, ['-o', 'remount,ro', run]);
    await expect(saveCheckpoint(run, contentOf(2))).rejects.toMatchObject({
      code: 'CHECKPOINT',
      message: expect.stringMatching(
        /^saveCheckpoint: cannot make the folder .*: the disk can only be read \(EROFS\); nothing was replaced/,
      ),
    });
    expect(await latestCheckpoint(run, { onSkipped })).toMatchObject({ step: 1 });
  });
});
