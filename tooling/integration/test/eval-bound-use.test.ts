import { createRng, direct, leaveOneOut, mixture, type Dataset, type ReverseProcess, type States } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { evaluateBound, evaluateExactCount, type EvaluationProgress } from '@d3pm/eval';
import { absorbing, dense } from '@d3pm/transitions';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { exactNetwork } from './exact-network.ts';
import { makeFamily, randomLogits } from './oracle-families.ts';
import { denoiserOf, drawExamples } from './drawn-examples.ts';

beforeAll(async () => {
  await prepareEngine({ backend: 'cpu' });
});

describe('an evaluation', () => {
  const family = makeFamily('uniform', { seed: 3, numSteps: 4 });
  const { data } = drawExamples(family, 20, 1);
  const common = { transition: family.transition, denoiser: denoiserOf(family), reverse: mixture(), rng: createRng(8) };

  it('as a full sum does not depend on the batches, and takes them from anywhere', async () => {
    const whole = await evaluateBound({ ...common, data });
    expect(whole.total.monteCarloErrorNats).toBeUndefined();
    expect(whole.total.standardErrorNats).toBeGreaterThan(0);
    const states = (from: number, to: number): States =>
      data.examples(
        Array.from({ length: to - from }, (_, i) => from + i),
        common.rng,
      );
    async function* stream(): AsyncGenerator<States> {
      yield states(0, 1);
      yield states(1, 20);
    }
    for (const source of [[states(0, 13), states(13, 20)], stream(), data]) {
      const report = await evaluateBound({ ...common, data: source, batchSize: 7 });
      expect(report.numExamples).toBe(20);
      // Sums of float32 terms in another order.
      expect(report.total.nats).toBeCloseTo(whole.total.nats, 9);
      expect(report.total.standardErrorNats).toBeCloseTo(whole.total.standardErrorNats, 9);
    }
  });

  it('takes maxExamples evenly from all of the data', async () => {
    const asked: number[] = [];
    const spying: Dataset = { ...data, examples: (indices, rng) => (asked.push(...Array.from(indices)), data.examples(indices, rng)) };
    const report = await evaluateBound({ ...common, data: spying, maxExamples: 5, batchSize: 2 });
    expect(asked).toEqual([0, 4, 8, 12, 16]);
    expect(report.numExamples).toBe(5);
  });

  it('reports its progress, and ends when told to', async () => {
    const seen: EvaluationProgress[] = [];
    await evaluateBound({ ...common, data, batchSize: 8, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ networkCalls }) => networkCalls)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(seen.map(({ totalNetworkCalls }) => totalNetworkCalls)).toEqual(new Array<number>(12).fill(12));
    expect(seen.map(({ numExamples }) => numExamples)).toEqual([0, 0, 0, 0, 8, 8, 8, 8, 16, 16, 16, 16]);
    const before = memory().numTensors;
    const stop = new Error('stop');
    const stopped = evaluateBound({
      ...common,
      data,
      onProgress: () => {
        throw stop;
      },
    });
    await expect(stopped).rejects.toBe(stop);
    expect(memory().numTensors).toBe(before);
  });

  it('keeps no tensor', async () => {
    const before = memory().numTensors;
    await evaluateBound({ ...common, data, stepsPerExample: 2 });
    await expect(evaluateBound({ ...common, data, denoiser: { ...common.denoiser, logits: () => tensor([1]) } })).rejects.toMatchObject({
      code: 'SHAPE',
    });
    const step = (t: number): Float64Array => new Float64Array(9).fill(t === 3 ? 1 : 1 / 3);
    const prior = { kind: 'fixed', probs: new Float64Array(3).fill(1 / 3) } as const;
    const broken = dense({ name: 'broken', numStates: 3, numSteps: 4, step, prior });
    await expect(evaluateBound({ ...common, data, transition: broken })).rejects.toMatchObject({ code: 'NOT_STOCHASTIC' });
    broken.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('reads a learned prior', async () => {
    const logits = tensor([0, 1, 2]);
    const learned = { ...family.transition, prior: { kind: 'learned', logits } } as const;
    const report = await evaluateBound({ ...common, transition: learned, data, stepsPerExample: 1 });
    const probs = Float64Array.from([0, 1, 2], (logit) => Math.exp(logit) / (1 + Math.E + Math.E ** 2));
    const fixed = await evaluateBound({ ...common, transition: { ...learned, prior: { kind: 'fixed', probs } }, data, stepsPerExample: 1 });
    expect(report.prior.nats).toBeCloseTo(fixed.prior.nats, 5);
    logits.dispose();
  });

  it('of a chain without noise has a prior that is infinitely far, and no term but that', async () => {
    const setting = { numStates: 4, schedule: { unit: 'jump-probability', numSteps: 2, noise: new Float64Array(2) } } as const;
    const masked = makeFamily('absorbing, extra mask', { seed: 3, numSteps: 4 });
    const still = absorbing.create(setting, { maskState: masked.chain.extraMask! });
    const network = denoiserOf(masked, true);
    const shown = drawExamples(masked, 12, 1).data;
    for (const evaluate of [evaluateBound, evaluateExactCount]) {
      const { prior, diffusion, reconstruction, total } = await evaluate({ ...common, transition: still, denoiser: network, data: shown });
      expect([prior.nats, diffusion.nats, reconstruction.nats, total.nats]).toEqual([Infinity, 0, 0, Infinity]);
    }
  });

  it('is infinite when the model excludes an example, and refuses NaN', async () => {
    const excluding = {
      ...common.denoiser,
      logits: ({ shape }: { readonly shape: readonly number[] }) => tensor(filled(shape, [0, -Infinity, 0]), [...shape, 3]),
    };
    const report = await evaluateBound({ ...common, data, denoiser: excluding });
    expect(report.total.nats).toBe(Infinity);
    expect(report.total.standardErrorNats).toBeNaN();
    const masked = makeFamily('absorbing, extra mask', { seed: 3, numSteps: 4 });
    const shown = drawExamples(masked, 12, 1).data;
    for (const timeFree of [true, false]) {
      const without = exactNetwork(
        'denoiser',
        4,
        () => [
          [-Infinity, 0, 0, 0],
          [-Infinity, 0, 0, 0],
        ],
        { timeFree },
      );
      const exact = await evaluateExactCount({ ...common, transition: masked.transition, denoiser: without, data: shown });
      expect([exact.diffusion.nats, exact.reconstruction.nats, exact.total.nats]).toEqual([Infinity, Infinity, Infinity]);
    }
    const nan = {
      ...common.denoiser,
      logits: ({ shape }: { readonly shape: readonly number[] }) => tensor(filled(shape, [NaN, 0, 0]), [...shape, 3]),
    };
    await expect(evaluateBound({ ...common, data, denoiser: nan })).rejects.toMatchObject({ code: 'NON_FINITE' });
  });

  it('refuses what does not belong together', async () => {
    const ragged = (positions: number): States => ({ values: new Int32Array(positions), shape: [1, positions] });
    await expect(evaluateBound({ ...common, data, reverse: leaveOneOut() as unknown as ReverseProcess<'denoiser'> })).rejects.toMatchObject(
      { code: 'UNSOUND' },
    );
    // @ts-expect-error the leave-one-out process does not read a denoiser
    await expect(evaluateBound({ ...common, data, reverse: leaveOneOut() })).rejects.toMatchObject({ code: 'UNSOUND' });
    const directly = exactNetwork('direct', 3, randomLogits(1, 3));
    await expect(evaluateBound({ ...common, data, denoiser: directly, reverse: direct(), numSteps: 2 })).rejects.toMatchObject({
      code: 'UNSOUND',
    });
    await expect(evaluateBound({ ...common, data, numSteps: 5 })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'evaluateBound: numSteps is 5, expected an integer in 1…4',
    });
    await expect(evaluateBound({ ...common, data: [ragged(2)], maxExamples: 1 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(evaluateBound({ ...common, data: { ...data, size: 0 } })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: 'evaluateBound: data has no example',
    });
    await expect(evaluateBound({ ...common, data, replicates: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(evaluateBound({ ...common, data, batchSize: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(evaluateBound({ ...common, data, stepsPerExample: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(evaluateBound({ ...common, data: [] })).rejects.toMatchObject({ code: 'INVALID_DATA' });
    await expect(evaluateBound({ ...common, data: { ...data, numStates: 4 } })).rejects.toMatchObject({ code: 'STATE_RANGE' });
    await expect(
      evaluateBound({ ...common, data, denoiser: { ...common.denoiser, logits: (async () => tensor([1])) as never } }),
    ).rejects.toMatchObject({ code: 'DTYPE', message: expect.stringContaining('a promise') as string });
    await expect(evaluateBound({ ...common, data: [ragged(2), ragged(3)] })).rejects.toMatchObject({ code: 'SHAPE' });
  });
});

function filled(shape: readonly number[], row: readonly number[]): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, row.length) }, (_, i) => row[i % row.length]!);
}
