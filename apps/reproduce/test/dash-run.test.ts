import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dashBed, listen, losses, within, type DashBed } from './dash-bed.ts';
import { boundLine, makeRun, trainLine } from './made-run.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let bed: DashBed;
beforeEach(() => {
  bed = dashBed();
});
afterEach(() => bed.remove());

describe('what d3pm dash tells of a run', () => {
  it('has all that is there, and then every line as it comes', async () => {
    const { url } = await bed.start({
      metrics: trainLine(10, 4) + boundLine(10, 4.5) + trainLine(20, 'NaN', { skipped: [15, 16] }),
      config: { seed: 1, training: { numSteps: 40 } },
      environment: { backend: 'cpu' },
      log: '2026-01-01T00:00:00.000Z begun\n',
      samples: { 'step-00000010.txt': 'abc', 'step-00000020.txt': 'abd' },
    });
    const page = await listen(url);
    expect(page.points()).toEqual({
      train: [
        [10, 4, 4, 0.1, 0.001],
        [20, null, null, 0.05, 0.001],
      ],
      bound: [[10, 4.5, 0.1]],
      pace: [],
    });
    expect(page.messages.run).toEqual([
      {
        name: 'run-1',
        folder: bed.run,
        checkpoint: 'ckpt-00000010',
        config: [
          ['seed', '1'],
          ['training.numSteps', '40'],
        ],
        environment: [['backend', 'cpu']],
      },
    ]);
    expect(page.messages.status.at(-1)).toMatchObject({
      state: 'stopped',
      step: 20,
      numSteps: 40,
      notes: ['2 updates left out by the trainer: the loss or gradient was not finite.'],
    });
    expect(page.messages.samples).toEqual([{ names: ['step-00000020.txt', 'step-00000010.txt'] }]);
    appendFileSync(join(bed.run, 'metrics.jsonl'), trainLine(30, 3));
    await expect
      .poll(() => losses(page), within)
      .toEqual([
        [10, 4],
        [20, null],
        [30, 3],
      ]);
    expect(page.messages.points.map(({ reset }) => reset)).toEqual([true, false]);
    appendFileSync(join(bed.run, 'run.log'), '2026-01-01T00:01:00.000Z finished\n');
    writeFileSync(join(bed.run, 'samples', 'step-00000030.txt'), 'new');
    await expect.poll(() => page.messages.status.at(-1)!.state, within).toBe('finished');
    await expect.poll(() => page.messages.samples.at(-1)!.names[0], within).toBe('step-00000030.txt');
    expect(page.messages.log.at(-1)!.text).toMatch(/begun\n.*finished\n$/);
  });

  it('waits for a run that has not begun, and for the end of half a line', async () => {
    const { url } = await bed.start();
    const page = await listen(url);
    expect(page.messages.status.at(-1)).toMatchObject({ state: 'waiting', step: 0, notes: [] });
    const line = trainLine(10, 4, { note: 'ü' });
    const bytes = Buffer.from(line);
    writeFileSync(join(bed.run, 'metrics.jsonl'), bytes.subarray(0, bytes.length - 4));
    writeFileSync(join(bed.run, 'run.log'), '2026-01-01T00:00:00.000Z begun\n');
    await expect.poll(() => page.messages.log.at(-1)!.text, within).toContain('begun');
    expect(losses(page)).toEqual([]);
    appendFileSync(join(bed.run, 'metrics.jsonl'), bytes.subarray(-4));
    await expect.poll(() => losses(page), within).toEqual([[10, 4]]);
  });

  it('forgets what was cut off or replaced, as when a run goes on from an earlier step', async () => {
    const { url } = await bed.start({ metrics: [10, 20, 30].map((step) => trainLine(step, step)).join('') });
    const page = await listen(url);
    writeFileSync(join(bed.run, 'next'), trainLine(10, 10) + trainLine(20, 5));
    renameSync(join(bed.run, 'next'), join(bed.run, 'metrics.jsonl'));
    await expect
      .poll(() => losses(page), within)
      .toEqual([
        [10, 10],
        [20, 5],
      ]);
    truncateSync(join(bed.run, 'metrics.jsonl'), trainLine(10, 10).length);
    await expect.poll(() => losses(page), within).toEqual([[10, 10]]);
    appendFileSync(join(bed.run, 'metrics.jsonl'), trainLine(20, 1));
    await expect
      .poll(() => losses(page), within)
      .toEqual([
        [10, 10],
        [20, 1],
      ]);
    rmSync(join(bed.run, 'metrics.jsonl'));
    await expect.poll(() => losses(page), within).toEqual([]);
    rmSync(bed.run, { recursive: true });
    await expect.poll(() => page.messages.status.at(-1)!.notes.length, within).toBeGreaterThan(0);
    makeRun(bed.run, { metrics: trainLine(1, 1) });
    await expect.poll(() => losses(page), within).toEqual([[1, 1]]);
  });

  it('leaves damaged lines out, and counts them', async () => {
    const { url } = await bed.start({
      metrics: `${trainLine(10, 4)}{"kind":\n\u0000\n${trainLine(20, 3)}{"kind":"train","step":-1}\n{"kind":"new","step":30}\n`,
    });
    const page = await listen(url);
    expect(losses(page)).toEqual([
      [10, 4],
      [20, 3],
    ]);
    expect(page.messages.status.at(-1)).toMatchObject({ step: 30, notes: ['3 lines of metrics.jsonl cannot be read, and are left out.'] });
  });

  it('tells several pages the same, whenever they come', async () => {
    const { url } = await bed.start({ metrics: trainLine(1, 1) });
    const first = await listen(url);
    appendFileSync(join(bed.run, 'metrics.jsonl'), trainLine(2, 2));
    const [second, third] = await Promise.all([listen(url), listen(url)]);
    appendFileSync(join(bed.run, 'metrics.jsonl'), trainLine(3, 3));
    for (const page of [first, second!, third!])
      await expect
        .poll(() => losses(page), within)
        .toEqual([
          [1, 1],
          [2, 2],
          [3, 3],
        ]);
    for (const page of [first, second!, third!]) page.close();
    appendFileSync(join(bed.run, 'metrics.jsonl'), trainLine(4, 4));
    expect(losses(await listen(url))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
  });

  it('keeps to a bounded number of points of a long bed.run, from its first to its last', async () => {
    const steps = Array.from({ length: 30_000 }, (_, i) => i + 1);
    const { url } = await bed.start({ metrics: steps.map((step) => trainLine(step, 1)).join('') });
    const shown = losses(await listen(url)).map(([step]) => step);
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([15_000, 1, 29_999]);
  });

  it('shows a real run while it is trained: its steps, times, state and what is left', async () => {
    const { url } = await bed.start();
    const page = await listen(url);
    const config = join(bed.folder, 'text.yaml');
    writeFileSync(
      config,
      `data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 30, batchSize: 4, eventEvery: 2 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 10 }
`,
    );
    const child = spawn(process.execPath, [CLI, 'train', config, '--out', bed.run, '--engine', 'cpu', '--quiet']);
    expect(await once(child, 'close')).toEqual([0, null]);
    await expect.poll(() => page.messages.status.at(-1)!.state, within).toBe('finished');
    await expect.poll(() => page.points().pace.length, within).toBe(15);
    expect(page.points().train.map(([step]) => step)).toEqual(Array.from({ length: 15 }, (_, i) => 2 * i + 2));
    expect(page.points().bound.map(([step]) => step)).toEqual([10, 20, 30]);
    expect(page.points().pace.every(([, seconds]) => seconds! > 0)).toBe(true);
    const running = page.messages.status.filter(({ state }) => state === 'running');
    expect(running[0]!.words).toBe(`process ${child.pid} on host ${hostname()}`);
    expect(running.some(({ endsAt, numSteps }) => numSteps === 30 && endsAt! > Date.now() - 600_000)).toBe(true);
    expect(page.messages.run.at(-1)!.config).toContainEqual(['model.name', 'transformer']);
    expect(page.messages.samples.at(-1)!.names).toEqual(['step-00000030.txt', 'step-00000020.txt', 'step-00000010.txt']);
  });
});
