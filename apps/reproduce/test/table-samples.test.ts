import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { add, cos, dispose, range, reshape, tidy } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drawImages, type ImagesOptions } from '../src/tables/images/sample-images.ts';
import { table3 } from '../src/tables/images/table-3.ts';
import type { ImagesRecord } from '../src/tables/row-results.ts';
import { buildTraining, type Training } from '../src/train/build-training.ts';

const config = { seed: 1, ...table3({ size: 'smoke', data: 'digits' }).rows[0]!.config };
const NUM_STEPS = 4;
/** Three parts of two batches of two, the last of one. */
const NUM_SAMPLES = 10;

let training: Training;
let folder: string;
beforeAll(async () => {
  await prepareEngine();
  training = await buildTraining(config);
});
afterAll(() => training.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-samples-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const forever = new AbortController().signal;

interface Drawn {
  readonly record: ImagesRecord | undefined;
  /** Of batches, in order, that were really gone through. */
  readonly steps: readonly number[];
}

async function drawn(
  into: string,
  { end = forever, at }: Partial<ImagesOptions> & { readonly at?: (step: number) => void } = {},
): Promise<Drawn> {
  const steps: number[] = [];
  const onProgress = (step: number): void => {
    at?.(step);
    steps.push(step);
  };
  const record = await drawImages(
    { training, config, folder: into, rng: createRng(1), onProgress },
    { numSteps: NUM_STEPS, numSamples: NUM_SAMPLES, batchSize: 2, partSteps: 2 * NUM_STEPS, end },
  );
  return { record, steps };
}
const parts = (): readonly string[] => readdirSync(join(folder, 'samples-4-parts'));
const fresh = async (): Promise<ImagesRecord> => (await drawn(mkdtempSync(join(folder, 'fresh-')))).record!;
const stopAt =
  (last: number) =>
  (step: number): void => {
    if (step === last) throw new Error('stopped');
  };

describe('samples of a row', () => {
  it('go on after an interruption, with no part drawn twice and the bytes of all at once', async () => {
    const whole = await fresh();
    await expect(drawn(folder, { at: stopAt(2 * 2 * NUM_STEPS + 1) })).rejects.toThrow('stopped');
    expect(parts()).toEqual(['00000000.safetensors', '00000004.safetensors']);
    const { record, steps } = await drawn(folder);
    // The ends of the parts that were there, and the steps of the last: the state before the first of them is told too.
    expect(steps).toEqual([8, 16, 16, 17, 18, 19, 20, 20]);
    const { seconds: _, ...same } = whole;
    expect(record).toMatchObject(same);
    expect(record!.seconds).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'samples-4-parts'))).toBe(false);
    expect(existsSync(join(folder, 'samples-4.idx'))).toBe(true);
  });

  it('end in order between parts once their time is up', async () => {
    const time = new AbortController();
    const { record } = await drawn(folder, { end: time.signal, at: (step) => step === 3 && time.abort() });
    expect(record).toBeUndefined();
    expect(parts()).toEqual(['00000000.safetensors']);
    expect(existsSync(join(folder, 'samples-4.idx'))).toBe(false);
    expect((await drawn(folder)).record!.sha256).toBe((await fresh()).sha256);
  });

  it('are drawn again where a part is damaged', async () => {
    await expect(drawn(folder, { at: stopAt(2 * 2 * NUM_STEPS + 1) })).rejects.toThrow('stopped');
    const path = join(folder, 'samples-4-parts', '00000000.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    expect((await drawn(folder)).record!.sha256).toBe((await fresh()).sha256);
  });

  it('are drawn again where a part is of another network', async () => {
    await expect(drawn(folder, { at: stopAt(2 * 2 * NUM_STEPS + 1) })).rejects.toThrow('stopped');
    const before = await fresh();
    const changed = Object.fromEntries(
      Object.entries(training.model.parameters).map(([name, parameter]) => [
        name,
        tidy(() => add(parameter, cos(reshape(range(0, parameter.size), parameter.shape)))),
      ]),
    );
    training.model.load(changed);
    dispose(changed);
    const after = await fresh();
    expect(after.sha256).not.toBe(before.sha256);
    expect((await drawn(folder)).record!.sha256).toBe(after.sha256);
  });
});
