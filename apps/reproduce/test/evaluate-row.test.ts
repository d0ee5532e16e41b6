import { createRng } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { estimateBound, exactNll, fullSumBound, type EvaluateRowInput } from '../src/tables/evaluate-row.ts';
import type { TableSizes } from '../src/tables/table.ts';
import { buildTraining } from '../src/train/build-training.ts';
import type { TrainConfig } from '../src/config/train-config.ts';

const sizes: TableSizes = { testExamples: 40, stepsPerExample: 4, draws: 4, fullSumExamples: 40, batchSize: 20, samples: 1, timings: 1 };
/** Of 27 characters and the mask. */
const BIAS = Array.from({ length: 28 }, (_, state) => 2 * Math.sin(1 + state));
const config = (
  parts: Pick<TrainConfig, 'loss' | 'schedule' | 'transition'>,
  model: Readonly<Record<string, unknown>> = {},
): TrainConfig => ({
  seed: 1,
  data: { name: 'moby-dick', length: 8 },
  model: { name: 'transformer', numChannels: 8, numBlocks: 1, numHeads: 2, outputBias: BIAS, ...model },
  training: {
    numSteps: 1,
    batchSize: 4,
    learningRate: 1e-3,
    warmUp: 0,
    decay: 'constant',
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    eventEvery: 1,
    whenNonFinite: 'stop',
  },
  evaluation: { samples: 0, testExamples: 0 },
  saving: { keepLast: 1, keepBest: 0 },
  ...parts,
});
const absorbing = config({
  transition: { name: 'absorbing' },
  schedule: { name: 'inverse-remaining', numSteps: 12 },
  loss: { name: 'exact-count' },
});
const uniform = config(
  {
    transition: { name: 'uniform' },
    schedule: { name: 'mutual-information', numSteps: 12 },
    loss: { name: 'hybrid', lambda: 0, reverse: 'plug-in' },
  },
  { outputBias: BIAS.slice(0, 27) },
);
const decoder = config(
  {
    transition: { name: 'autoregressive', positions: 8 },
    schedule: { name: 'inverse-remaining', numSteps: 1 },
    loss: { name: 'autoregressive' },
  },
  { causal: true },
);

beforeAll(() => prepareEngine());

/** The row of a config, with a model that says the same of every position. */
async function rowOf(row: TrainConfig): Promise<EvaluateRowInput> {
  const training = await buildTraining(row);
  return { training, config: row, test: training.test!, sizes, rng: createRng(3), onProgress: () => undefined };
}

describe('what is measured of a row', () => {
  it('has the first step that the row was trained with, under its own process alone', async () => {
    const input = await rowOf({ ...uniform, loss: { name: 'hybrid', lambda: 0, reverse: 'plug-in', firstStep: 'denoiser' } });
    const { convention } = await estimateBound(input, { reverse: 'plug-in', numSteps: 3 });
    expect(convention).toMatchObject({ reverse: 'plug-in', firstStep: 'denoiser' });
    const other = await estimateBound(input, { reverse: 'mixture', numSteps: 3 });
    expect(other.convention.reverse).toBe('mixture');
    input.training.dispose();
  });

  it('is the bound of the chain and the reverse process that are asked for, estimate and full sum alike', async () => {
    const input = await rowOf(uniform);
    const totals: number[] = [];
    for (const reverse of ['plug-in', 'mixture'] as const) {
      for (const numSteps of [12, 3]) {
        const estimate = await estimateBound(input, { reverse, numSteps });
        const sum = await fullSumBound(input, { reverse, numSteps });
        expect(estimate.convention).toMatchObject({ reverse, chainSteps: numSteps, numSteps: 12, estimator: 'stratified-steps' });
        expect(sum.convention).toMatchObject({ reverse, chainSteps: numSteps, estimator: 'full-sum' });
        // 40 examples; each of the two has a standard error of its own draws.
        const error = Math.hypot(estimate.total.standardErrorBits, sum.total.standardErrorBits);
        expect(Math.abs(estimate.total.bits - sum.total.bits)).toBeLessThan(5 * error);
        expect(sum.total.bits).toBeCloseTo(sum.prior.bits + sum.diffusion.bits + sum.reconstruction.bits, 10);
        totals.push(sum.total.bits);
      }
    }
    const distances = totals.flatMap((one, i) => totals.slice(i + 1).map((other) => Math.abs(one - other)));
    expect(Math.min(...distances)).toBeGreaterThan(0.05);
    input.training.dispose();
  });

  it('is an estimate by exact counts where the process absorbs', async () => {
    const input = await rowOf(absorbing);
    const { convention, total, numExamples, networkCalls } = await estimateBound(input, { reverse: 'mixture', numSteps: 12 });
    expect(convention.estimator).toBe('exact-count');
    expect([numExamples, networkCalls]).toEqual([40, 8]);
    const sum = await fullSumBound(input, { reverse: 'mixture', numSteps: 12 });
    expect(Math.abs(total.bits - sum.total.bits)).toBeLessThan(5 * Math.hypot(total.standardErrorBits, sum.total.standardErrorBits));
    input.training.dispose();
  });

  it('is the exact likelihood of a decoder, that of its biases before any update', async () => {
    const input = await rowOf(decoder);
    const { total, numExamples } = await exactNll(input);
    const { values } = input.test.examples(
      Array.from({ length: 40 }, (_, i) => Math.floor((i * input.test.size) / 40)),
      createRng(1),
    );
    const logSum = Math.log(BIAS.slice(0, 27).reduce((sum, logit) => sum + Math.exp(logit), 0));
    const bits = values.reduce((sum, state) => sum + logSum - BIAS[state]!, 0) / values.length / Math.LN2;
    expect(total.bits).toBeCloseTo(bits, 5);
    expect([numExamples, total.monteCarloErrorBits]).toEqual([40, 0]);
    input.training.dispose();
  });

  it('divides the nats by the words of the very examples that were evaluated', async () => {
    const input = await rowOf(decoder);
    const { size } = input.test;
    const words = Float64Array.from({ length: size }, (_, example) => 1 + (example % 7) + (3 * example) / size);
    const taken = Array.from({ length: 40 }, (_, i) => Math.floor((i * size) / 40));
    const counted = { ...input, test: { ...input.test, words } };
    const exact = await exactNll(counted);
    const total = taken.reduce((sum, example) => sum + words[example]!, 0);
    expect(exact.perWord!.words).toBeCloseTo(total, 10);
    expect(exact.perWord!.perplexity / Math.exp((exact.total.nats * 40) / total)).toBeCloseTo(1, 12);
    const few = { ...counted, sizes: { ...sizes, fullSumExamples: 5 } };
    const sum = await fullSumBound(
      { ...few, ...(await rowOf(uniform)), test: counted.test, sizes: few.sizes },
      { reverse: 'plug-in', numSteps: 3 },
    );
    expect(sum.perWord!.words).toBeCloseTo(
      [0, 1, 2, 3, 4].reduce((all, i) => all + words[Math.floor((i * size) / 5)]!, 0),
      10,
    );
    expect((await exactNll(input)).perWord).toBe(undefined);
    input.training.dispose();
  });
});
