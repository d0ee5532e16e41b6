import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseTrainConfig } from '../src/config/read-train-config.ts';
import { buildTraining } from '../src/train/build-training.ts';
import { evaluateTraining } from '../src/train/evaluate-training.ts';

const CONFIG = (samples: number, testExamples: number): string => `
data: { name: moby-dick, length: 8 }
transition: { name: uniform }
schedule: { name: cosine, numSteps: 12 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: hybrid, lambda: 0.01 }
training: { numSteps: 2, batchSize: 2 }
evaluation: { samples: ${samples}, testExamples: ${testExamples} }
`;

let samplesFolder: string;
beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));
beforeEach(() => void (samplesFolder = mkdtempSync(join(tmpdir(), 'd3pm-evaluate-'))));
afterEach(() => rmSync(samplesFolder, { recursive: true, force: true }));

/** What an evaluation gives that is told to stop in call number `stopAt` of the network, and how many calls it made. */
async function evaluated(text: string, stopAt: number): Promise<{ readonly values: unknown; readonly calls: number }> {
  const { config } = parseTrainConfig(text);
  const training = await buildTraining(config);
  const stop = new AbortController();
  let calls = 0;
  const counting: typeof training.model = Object.create(training.model, {
    logits: {
      value: (...args: Parameters<typeof training.model.logits>) => {
        if (++calls === stopAt) stop.abort();
        return training.model.logits(...args);
      },
    },
  });
  const values = await evaluateTraining(
    { step: 2, model: counting, rng: createRng(1), samplesFolder, signal: stop.signal },
    training,
    config,
  );
  training.dispose();
  return { values, calls };
}

it('an evaluation is stopped by its signal in the midst of its samples, and leaves none', async () => {
  expect(await evaluated(CONFIG(2, 0), 3)).toEqual({ values: undefined, calls: 3 });
  expect(readdirSync(samplesFolder)).toEqual([]);
});

it('an evaluation is stopped by its signal in the midst of its bound', async () => {
  expect(await evaluated(CONFIG(0, 128), 3)).toEqual({ values: undefined, calls: 3 });
});

it('an evaluation that nobody stops has samples and a bound', async () => {
  const { values } = await evaluated(CONFIG(2, 8), Infinity);
  expect(values).toEqual({ boundBits: expect.any(Number), boundStandardErrorBits: expect.any(Number) });
  expect(existsSync(join(samplesFolder, 'step-00000002.txt'))).toBe(true);
});
