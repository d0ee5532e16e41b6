import { boundTermNats, createRng, mixture, plugIn, stepGrid, type Dataset, type Steps } from '@d3pm/core';
import { exactBound, exactMixture, exactPlugIn, type ExactBound, type ExactModel } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { evaluateBound, evaluateExactCount, evaluateExactCounts, type BoundReport, type Estimate } from '@d3pm/eval';
import { strided } from '@d3pm/transitions';
import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { exactNetwork } from './exact-network.ts';
import { familyNames, makeFamily, type Family } from './oracle-families.ts';
import { denoiserOf, drawExamples, logitsOf } from './drawn-examples.ts';

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
  expect(report.exampleNats).toHaveLength(report.numExamples);
  expect(report.exampleNats.reduce((sum, nats) => sum + nats, 0) / report.numExamples).toBeCloseTo(report.total.nats, 9);
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

  it('with steps by a law is the same number, of a shorter chain too', async () => {
    const stepLaw = Float64Array.of(0.4, 0.1, 0.3, 0.2);
    const drawn = { ...common, reverse: mixture(), stepLaw, stepsPerExample: 1, replicates: 60 };
    const report = await evaluateBound(drawn);
    expectParts(report, enumerated(family, law));
    expect(report.convention.estimator).toBe('weighted-steps');
    expectParts(await evaluateBound({ ...drawn, numSteps: 3 }), enumerated(family, law, { numSteps: 3 }));
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

  it('of the plug-in of 2 of 4 steps has f itself nowhere, for its last step is not from t = 1', async () => {
    const report = await evaluateBound({ ...common, reverse: plugIn({ firstStep: 'denoiser' }), numSteps: 2, replicates: 40 });
    expectParts(report, enumerated(family, law, { numSteps: 2, reverse: exactPlugIn({ firstStep: 'bayes' }) }));
  });
});

it('refuses a law that leaves a step out, and one of a full sum', async () => {
  const family = makeFamily('uniform', { seed: 3, numSteps: 4 });
  const { data } = drawExamples(family, 2, 1);
  const common = { transition: family.transition, denoiser: denoiserOf(family), data, reverse: mixture(), rng: createRng(1) };
  const bound = evaluateBound({ ...common, stepsPerExample: 1, stepLaw: Float64Array.of(0.5, 0, 0.3, 0.2) });
  await expect(bound).rejects.toThrow('evaluateBound: stepLaw gives step 2 the probability 0, expected one above 0');
  const sum = evaluateBound({ ...common, stepLaw: Float64Array.of(0.25, 0.25, 0.25, 0.25) });
  await expect(sum).rejects.toThrow('a full sum draws none; give stepsPerExample');
  const short = evaluateBound({ ...common, stepsPerExample: 1, stepLaw: Float64Array.of(0.5, 0.5) });
  await expect(short).rejects.toThrow('stepLaw has 2 numbers, expected one for each of the 4 steps');
});

it('draws by a law the steps that it says', async () => {
  const family = makeFamily('uniform', { seed: 3, numSteps: 4 });
  const { data } = drawExamples(family, 100, 1);
  const met: number[] = [];
  const network = denoiserOf(family);
  const denoiser = { ...network, logits: (xt: Tensor, t: Steps) => (met.push(...(typeof t === 'number' ? [] : t)), network.logits(xt, t)) };
  const stepLaw = Float64Array.of(0.2, 0.4, 0.32, 0.08);
  await evaluateBound({
    transition: family.transition,
    denoiser,
    data,
    reverse: mixture(),
    rng: createRng(1),
    batchSize: 100,
    stepsPerExample: 1,
    replicates: 1,
    stepLaw,
  });
  expect([2, 3, 4].map((step) => met.filter((t) => t === step).length)).toEqual([50, 40, 10]);
});

it('a batch whose last steps are from 1 and from later has for each example what it has alone', () => {
  const { transition, chain } = makeFamily('uniform', { seed: 3, numSteps: 4 });
  const reverse = plugIn({ firstStep: 'denoiser' });
  const term = (examples: readonly number[]): number[] =>
    tidy(() => {
      const [s, t] = [Int32Array.from(examples, (b) => [0, 0, 1][b]!), Int32Array.from(examples, (b) => [1, 3, 3][b]!)];
      const rows = (of: (b: number) => readonly number[]): Tensor => tensor(examples.map(of), [examples.length, 1], 'int32');
      const logits = tensor(
        examples.map((b) => [[0.3, -1, b]]),
        [examples.length, 1, 3],
      );
      const nats = boundTermNats(transition, reverse, { logits, x0: rows((b) => [b % 2]), xt: rows((b) => [(b + 1) % 3]), s, t });
      return [...nats.dataSync()];
    });
  const together = term([0, 1, 2]);
  expect(term([1, 2])).toEqual([expect.closeTo(together[1]!, 5), expect.closeTo(together[2]!, 5)]);
  expect(term([0, 2])).toEqual([expect.closeTo(together[0]!, 5), expect.closeTo(together[2]!, 5)]);
  // From 3 it is Bayes' rule, p(x_0 | x_3) ∝ f(x_0) q(x_3 | x_0), whoever else is in the batch.
  const joint = [0.3, -1, 1].map((logit, x0) => Math.exp(logit) * chain.between(0, 3, 0)[x0]![2]!);
  const bayes = -Math.log(joint[1]! / joint.reduce((sum, prob) => sum + prob, 0));
  for (const nats of [together[1], term([1])[0]]) expect(nats).toBeCloseTo(bayes, 5);
  // From 1 it is −log f(x_0).
  expect(together[0]).toBeCloseTo(-0.3 + Math.log(Math.exp(0.3) + Math.exp(-1) + 1), 5);
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
