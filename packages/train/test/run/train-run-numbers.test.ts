import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareEngine } from '@d3pm/engine';
import { memory, mul } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readMetrics } from '../../src/node/run/read-metrics.ts';
import { trainRun } from '../../src/node/run/train-run.ts';
import type { TrainRunEvent } from '../../src/node/run/train-run-event.ts';
import type { TrainingLoss } from '../../src/training-loss.ts';
import { allEvents } from './all-events.ts';
import { folderContent, runContent } from './run-content.ts';
import { tinyTrainRun, type TinyTrainRun, type TinyTrainRunOptions } from './tiny-train-run.ts';

let folder: string;

/** The tiny run, whose losses of some steps are NaN. */
function badRun(badSteps: readonly number[], changes: TinyTrainRunOptions = {}): TinyTrainRun {
  const { model, options } = tinyTrainRun(folder, changes);
  const { loss, batches } = options;
  let step = 0;
  const bad: TrainingLoss<'denoiser'> = {
    ...loss,
    nats: (input) => (badSteps.includes(step) ? mul(loss.nats(input), Number.NaN) : loss.nats(input)),
  };
  const batchAt = (index: number): ReturnType<typeof batches.batchAt> => {
    step = index + 1;
    return batches.batchAt(index);
  };
  return { model, options: { ...options, loss: bad, batches: { ...batches, batchAt } } };
}

async function run(badSteps: readonly number[], changes: TinyTrainRunOptions = {}): Promise<readonly TrainRunEvent[]> {
  const { model, options } = badRun(badSteps, changes);
  try {
    return await allEvents(trainRun(model, options));
  } finally {
    model.dispose();
  }
}

const log = (): string => readFileSync(join(folder, 'run.log'), 'utf8');
const checkpointsOf = (content: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(content).filter(([path]) => path.startsWith('ckpt-')));

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'd3pm-numbers-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('[34] a loss that is NaN', () => {
  it('ends the run with step, t, examples and tensor, in the log too, and touches no checkpoint', async () => {
    const { model, options } = badRun([14]);
    const { numTensors } = memory();
    let before: object = {};
    const loop = async (): Promise<void> => {
      for await (const event of trainRun(model, options)) {
        if (event.type === 'saved') before = checkpointsOf(folderContent(folder));
      }
    };
    const error = (await loop().catch((error: unknown) => error)) as Error;
    const examples = [...options.batches.indicesAt!(13)].join(', ');
    expect(error).toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringMatching(/^train: the loss is NaN at step 14 \(t = (\d+, ){7}\d+; examples .+\); lower the learning rate/),
      cause: { step: 14, tensor: 'loss' },
    });
    expect(error.message).toContain(`examples ${examples})`);
    expect(log()).toContain(`ended by an error: ${error.message}`);
    expect(Object.keys(before)).toContain('ckpt-00000012/model.safetensors');
    expect(checkpointsOf(folderContent(folder))).toEqual(before);
    expect(memory().numTensors).toBe(numTensors);
    expect((await readMetrics(join(folder, 'metrics.jsonl'))).at(-1)).toMatchObject({ step: 12 });
    model.dispose();
  });

  const skipping = { whenNonFinite: { skip: 3, rateFactor: 0.5 } } as const;

  it('left out is a warning, is in the log and the metrics, and lowers the rate', async () => {
    const events = await run([8, 10], skipping);
    const warnings = events.filter((event) => event.type === 'warning').map(({ message }) => message);
    expect(warnings).toEqual([8, 10].map((step) => `the update of step ${step} is left out: its loss or gradient is not finite`));
    for (const message of warnings) expect(log()).toContain(`warning: ${message}\n`);
    const metrics = (await readMetrics(join(folder, 'metrics.jsonl'))).filter(({ kind }) => kind === 'train');
    expect(metrics.map(({ skipped }) => skipped)).toEqual([undefined, undefined, [8], [10], undefined, undefined, undefined]);
    const rates = metrics.map(({ step, learningRate }) => (learningRate as number) / (1e-2 * (1 - (step - 1) / 20)));
    for (const [i, factor] of [1, 1, 1, 0.5, 0.25, 0.25, 0.25].entries()) expect(rates[i]).toBeCloseTo(factor, 5);
  });

  it('too often ends the run at the first that is too many', async () => {
    await expect(run([8, 10, 14, 15], skipping)).rejects.toMatchObject({ code: 'NON_FINITE', cause: { step: 15 } });
  });

  it.each(Array.from({ length: 13 }, (_, i) => i + 5))('left out, in a run that was stopped in step %i, ends the same', async (stopAt) => {
    const { model, options } = badRun([8, 10], skipping);
    const controller = new AbortController();
    const { batches } = options;
    const batchAt = (index: number): ReturnType<typeof batches.batchAt> => {
      if (index === stopAt - 1) controller.abort();
      return batches.batchAt(index);
    };
    await allEvents(trainRun(model, { ...options, batches: { ...batches, batchAt }, signal: controller.signal }));
    await run([8, 10], skipping);
    const stopped = runContent(folder);
    rmSync(folder, { recursive: true });
    await run([8, 10], skipping);
    expect(stopped).toEqual(runContent(folder));
  });
});
