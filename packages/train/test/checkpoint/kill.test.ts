import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createRng } from '@d3pm/core';
import { latestCheckpoint, loadCheckpoint, sweepTemporaries, type LoadedCheckpoint } from '@d3pm/train/node';
import { afterAll, describe, expect, it } from 'vitest';
import { contentOf } from './content-of.ts';

const ROUNDS = 20;
const run = mkdtempSync(join(tmpdir(), 'd3pm-kill-'));
afterAll(() => rmSync(run, { recursive: true, force: true }));

/** Lets a process save from a step on, kills it some time after its first checkpoint, and returns what it has said. */
async function saveUntilKilled(firstStep: number, milliseconds: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'saving-child.ts'), run, String(firstStep)]);
  let said = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(complaints).toBe('');
  return said.trim().split('\n');
}

describe('kill -9 of a process that saves', () => {
  const rng = createRng('kill');
  let found: LoadedCheckpoint | undefined;

  it.each(Array.from({ length: ROUNDS }, (_, i) => i))(
    '[1] [2] round %i: no acknowledged checkpoint is lost, none is torn, and the next process goes on',
    async (round) => {
      const said = await saveUntilKilled(1 + (found?.step ?? 0), 60 * rng.float64(round));
      expect(said.filter((line) => !/^\d+$/.test(line))).toEqual([]);
      const skipped: string[] = [];
      found = await latestCheckpoint(run, { onSkipped: ({ name }) => skipped.push(name) });
      expect(skipped).toEqual([]);
      for (const name of readdirSync(run).filter((name) => name.startsWith('ckpt-'))) await loadCheckpoint(join(run, name));
      expect(found!.step).toBeGreaterThanOrEqual(Number(said.at(-1)));
      expect(found).toEqual({ folder: found!.folder, ...contentOf(found!.step) });
    },
  );

  it('[1] what the killed ones have left, in the middle of a save or of a deletion, is swept', async () => {
    const swept = await sweepTemporaries(run);
    expect(swept.length).toBeGreaterThan(0); // else no round has hit a save
    expect(readdirSync(run).filter((name) => !/^ckpt-\d{8}$/.test(name))).toEqual([]);
  });
});
