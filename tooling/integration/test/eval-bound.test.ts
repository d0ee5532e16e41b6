import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createRng,
  direct,
  leaveOneOut,
  mixture,
  plugIn,
  stepGrid,
  type Dataset,
  type Denoiser,
  type ReverseProcess,
  type States,
} from '@d3pm/core';
import { exactBound, exactMixture, exactPlugIn, type ExactBound, type ExactLogits, type ExactModel } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import {
  evaluateBound,
  evaluateExactCount,
  evaluateExactCounts,
  type BoundReport,
  type Estimate,
  type EvaluationProgress,
} from '@d3pm/eval';
import { dense, strided } from '@d3pm/transitions';
import { exactNetwork } from './exact-network.ts';
import { familyNames, makeFamily, randomLogits, type Family } from './oracle-families.ts';

beforeAll(async () => {
  await prepareEngine({ backend: 'cpu' });
});

/** A run of a test is refused by chance about once in 10⁵: 4.5 standard errors. */
const sigmas = 4.5;

function expectWithin(estimate: Estimate, expected: number): void {
  expect(estimate.monteCarloErrorNats).toBeGreaterThanOrEqual(0);
  // The floor is float32's rounding of a sum of a few nats.
  expect(Math.abs(estimate.nats - expected)).toBeLessThan(sigmas * estimate.monteCarloErrorNats! + 1e-5);
}

/** Examples drawn from a law over the sequences of a family, with the law that they are. */
function drawExamples(
  { chain, dataLaw }: Family,
  count: number,
  seed: number,
): { readonly data: Dataset; readonly law: readonly number[] } {
  const rng = createRng(seed);
  const law = new Array<number>(chain.sequences.length).fill(0);
  const drawn = Array.from({ length: count }, (_, b) => {
    let remaining = rng.float64(b);
    const index = dataLaw.findIndex((prob) => (remaining -= prob) < 0);
    law[index]! += 1 / count;
    return chain.sequences[index]!;
  });
  const exampleShape = [chain.numPositions];
  const data: Dataset = {
    name: 'drawn',
    numStates: chain.numStates,
    exampleShape,
    size: count,
    examples: (indices) => ({
      values: Int32Array.from(Array.from(indices, (i) => drawn[i]!).flat()),
      shape: [indices.length, ...exampleShape],
    }),
  };
  return { data, law };
}

const logitsOf = (family: Family, timeFree: boolean = false): ExactLogits =>
  randomLogits(5, family.chain.numStates, { timeFree, ...(family.chain.extraMask !== undefined && { extraMask: family.chain.extraMask }) });

const denoiserOf = (family: Family, timeFree: boolean = false): Denoiser<'denoiser'> =>
  exactNetwork('denoiser', family.chain.numStates, logitsOf(family, timeFree), { timeFree });

function enumerated(
  family: Family,
  law: readonly number[],
  {
    numSteps = family.chain.numSteps,
    timeFree = false,
    reverse = exactMixture,
  }: {
    readonly numSteps?: number;
    readonly timeFree?: boolean;
    readonly reverse?: ExactModel['reverse'];
  } = {},
): ExactBound {
  const grid = [...stepGrid(family.chain.numSteps, numSteps)];
  return exactBound({ chain: family.chain, prior: family.prior, reverse, logits: logitsOf(family, timeFree), grid }, law);
}

function expectParts(report: BoundReport, { priorNats, termNats, totalNats }: ExactBound): void {
  expectWithin(report.prior, priorNats);
  expectWithin(report.reconstruction, termNats[0]!);
  expectWithin(
    report.diffusion,
    termNats.slice(1).reduce((sum, nats) => sum + nats, 0),
  );
  expectWithin(report.total, totalNats);
  expect(report.total.nats).toBeCloseTo(report.prior.nats + report.diffusion.nats + report.reconstruction.nats, 10);
  expect(report.total.bitsPerDimension).toBeCloseTo(report.total.nats / (report.positions * Math.LN2), 12);
}

describe.each(familyNames)('evaluateBound of %s noise', (name) => {
  const family = makeFamily(name, { seed: 3, numSteps: 4 });
  const { data, law } = drawExamples(family, 12, 1);
  const common = { transition: family.transition, denoiser: denoiserOf(family), data, batchSize: 5, rng: createRng(8) };

  it('as a full sum is the enumerated bound, step by step', async () => {
    const report = await evaluateBound({ ...common, reverse: mixture(), replicates: 40 });
    const exact = enumerated(family, law);
    expectParts(report, exact);
    expect(report.perStepNats).toHaveLength(4);
    expect(report.perStepNats!.reduce((sum, nats) => sum + nats, report.prior.nats)).toBeCloseTo(report.total.nats, 9);
    report.perStepNats!.forEach((nats, i) =>
      expect(Math.abs(nats - exact.termNats[i]!)).toBeLessThan(sigmas * report.total.monteCarloErrorNats! + 1e-5),
    );
    expect(report).toMatchObject({ numExamples: 12, positions: 2, networkCalls: 3 * 4 * 40 });
    expect(report.convention).toEqual({
      transition: family.transition.name,
      reverse: 'mixture',
      firstStep: 'denoiser',
      numSteps: 4,
      chainSteps: 4,
      estimator: 'full-sum',
      replicates: 40,
    });
  });

  it('with stratified steps is the same number', async () => {
    const report = await evaluateBound({ ...common, reverse: mixture(), stepsPerExample: 1, replicates: 60 });
    expectParts(report, enumerated(family, law));
    expect(report.networkCalls).toBe(3 * 2 * 60);
    expect(report.perStepNats).toBeUndefined();
    expect(report.convention.estimator).toBe('stratified-steps');
  });

  it('of 3 of 4 steps is the bound of that chain', async () => {
    const exact = enumerated(family, law, { numSteps: 3 });
    expectParts(await evaluateBound({ ...common, reverse: mixture(), numSteps: 3, replicates: 40 }), exact);
    expectParts(await evaluateBound({ ...common, reverse: mixture(), numSteps: 3, stepsPerExample: 2, replicates: 40 }), exact);
  });

  it('of the plug-in is another number, and says which', async () => {
    const report = await evaluateBound({ ...common, reverse: plugIn({ firstStep: 'denoiser' }), replicates: 40 });
    expectParts(report, enumerated(family, law, { reverse: exactPlugIn({ firstStep: 'denoiser' }) }));
    expect(report.convention).toMatchObject({ reverse: 'plug-in', firstStep: 'denoiser' });
  });
});

describe('with an extra mask', () => {
  const family = makeFamily('absorbing, extra mask', { seed: 3, numSteps: 5, numPositions: 3 });
  const { data, law } = drawExamples(family, 16, 2);
  const common = { transition: family.transition, reverse: mixture(), data, batchSize: 8, rng: createRng(8), replicates: 150 };

  it.each([
    ['that is time-free', true, 5],
    ['that reads the time', false, 5],
    ['that is time-free, 2 of 5 steps', true, 2],
    ['that reads the time, 2 of 5 steps', false, 2],
    ['that is time-free, 1 of 5 steps', true, 1],
  ])('the exact count of a network %s is the enumerated bound', async (_, timeFree, numSteps) => {
    const report = await evaluateExactCount({ ...common, denoiser: denoiserOf(family, timeFree), numSteps });
    expectParts(report, enumerated(family, law, { timeFree, numSteps }));
    expect(report).toMatchObject({ networkCalls: 300, convention: { estimator: 'exact-count', numSteps: 5, chainSteps: numSteps } });
  });

  it('the exact count says less about chance and the same about the bound as the stratified steps', async () => {
    const denoiser = denoiserOf(family, true);
    const count = await evaluateExactCount({ ...common, denoiser });
    const steps = await evaluateBound({ ...common, denoiser, stepsPerExample: 1 });
    const error = Math.hypot(count.total.monteCarloErrorNats!, steps.total.monteCarloErrorNats!);
    expect(Math.abs(count.total.nats - steps.total.nats)).toBeLessThan(sigmas * error);
    // Half the calls of the network, and still the smaller error.
    expect(count.total.monteCarloErrorNats).toBeLessThan(steps.total.monteCarloErrorNats!);
  });

  it('several chains share the calls', async () => {
    const chains = [5, 3, 1].map((numSteps) => makeFamily('absorbing, extra mask', { seed: 3 + numSteps, numSteps, numPositions: 3 }));
    const denoiser = exactNetwork('denoiser', 4, logitsOf(family, true), { timeFree: true });
    const reports = await evaluateExactCounts({ ...common, denoiser, transitions: chains.map(({ transition }) => transition) });
    expect(denoiser.asked).toHaveLength(300);
    reports.forEach((report, i) => {
      expectParts(report, enumerated(chains[i]!, law, { timeFree: true }));
      expect(report).toMatchObject({ networkCalls: 300, convention: { numSteps: [5, 3, 1][i], chainSteps: [5, 3, 1][i] } });
    });
  });

  it('a strided transition is the shorter chain of numSteps, on the same draws', async () => {
    const denoiser = denoiserOf(family, true);
    const [whole, short] = await evaluateExactCounts({
      ...common,
      denoiser,
      transitions: [family.transition, strided(family.transition, 2)],
    });
    expectParts(whole!, enumerated(family, law, { timeFree: true }));
    expectParts(short!, enumerated(family, law, { timeFree: true, numSteps: 2 }));
  });

  it('the exact count of a network that knows nothing is log K, without error, whatever the chain', async () => {
    const denoiser = exactNetwork('denoiser', 4, (xt) => xt.map(() => [0, 0, 0, 0]), { timeFree: true });
    const chains = [5, 3, 1].map((numSteps) => makeFamily('absorbing, extra mask', { seed: numSteps, numSteps, numPositions: 3 }));
    for (const { total } of await evaluateExactCounts({
      ...common,
      denoiser,
      replicates: 2,
      transitions: chains.map(({ transition }) => transition),
    })) {
      // float32's rounding of log 3.
      expect(total.nats).toBeCloseTo(3 * Math.log(3), 5);
      expect(total.monteCarloErrorNats).toBeLessThan(1e-5);
      expect(total.standardErrorNats).toBeLessThan(1e-5);
    }
  });

  it('refuses what has no closed form, or cannot be shared', async () => {
    const denoiser = denoiserOf(family);
    const reused = makeFamily('absorbing, re-used mask', { seed: 3, numSteps: 3 });
    await expect(evaluateExactCount({ ...common, transition: reused.transition, denoiser: denoiserOf(reused) })).rejects.toMatchObject({
      code: 'UNSOUND',
    });
    await expect(evaluateExactCount({ ...common, denoiser, reverse: plugIn({ firstStep: 'denoiser' }) })).rejects.toMatchObject({
      code: 'UNSOUND',
    });
    await expect(evaluateExactCounts({ ...common, denoiser, transitions: [family.transition] })).rejects.toMatchObject({
      code: 'UNSOUND',
      message: expect.stringContaining('reads the time') as string,
    });
    await expect(evaluateExactCounts({ ...common, denoiser: denoiserOf(family, true), transitions: [] })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
    await expect(
      evaluateExactCounts({ ...common, denoiser: denoiserOf(family, true), transitions: [family.transition, reused.transition] }),
    ).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    const showsMask = { values: Int32Array.of(0, 1, 2), shape: [1, 3] };
    await expect(evaluateBound({ ...common, denoiser, data: [showsMask] })).rejects.toMatchObject({
      code: 'STATE_RANGE',
      message: expect.stringContaining('data shows the mask') as string,
    });
  });
});

describe('the standard errors are what repeated runs show', () => {
  const family = makeFamily('absorbing, extra mask', { seed: 3, numSteps: 5, numPositions: 3 });
  const { transition } = family;
  const denoiser = denoiserOf(family, true);
  const reverse = mixture();
  const runs = 200;
  const evaluations: Record<string, (data: Dataset, seed: number) => Promise<BoundReport>> = {
    'full sum': (data, seed) => evaluateBound({ transition, denoiser, reverse, data, batchSize: 8, rng: createRng(seed), replicates: 2 }),
    'stratified steps': (data, seed) =>
      evaluateBound({ transition, denoiser, reverse, data, batchSize: 8, rng: createRng(seed), stepsPerExample: 1 }),
    'exact count': (data, seed) => evaluateExactCount({ transition, denoiser, reverse, data, batchSize: 8, rng: createRng(seed) }),
  };

  /** Variance over runs of the total, and the mean of the squared errors that the runs reported. */
  async function compare(run: (seed: number) => Promise<BoundReport>, error: (estimate: Estimate) => number): Promise<number> {
    const totals: Estimate[] = [];
    for (let seed = 0; seed < runs; seed++) totals.push((await run(seed)).total);
    const mean = totals.reduce((sum, { nats }) => sum + nats, 0) / runs;
    const variance = totals.reduce((sum, { nats }) => sum + (nats - mean) ** 2, 0) / (runs - 1);
    return variance / (totals.reduce((sum, total) => sum + error(total) ** 2, 0) / runs);
  }

  // A variance of 200 runs is known to 10 %, the mean of their estimates, each of few batches, to 10 % as well: ratio 1 ± 0.14.
  const [low, high] = [1 / 1.7, 1.7];

  it.each(Object.keys(evaluations))('given the examples: %s', async (name) => {
    const { data } = drawExamples(family, 24, 4);
    const ratio = await compare(
      (seed) => evaluations[name]!(data, seed),
      ({ monteCarloErrorNats }) => monteCarloErrorNats!,
    );
    expect(ratio).toBeGreaterThan(low);
    expect(ratio).toBeLessThan(high);
  });

  it.each(Object.keys(evaluations))('over examples: %s', async (name) => {
    const ratio = await compare(
      (seed) => evaluations[name]!(drawExamples(family, 24, 1000 + seed).data, seed),
      ({ standardErrorNats }) => standardErrorNats,
    );
    expect(ratio).toBeGreaterThan(low);
    expect(ratio).toBeLessThan(high);
  });
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
