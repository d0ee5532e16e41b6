import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { createRng, logSumExp, type FixedPrior, type Transition } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { absorbing, uniform } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowRankMixing, type LowRankMixingOptions } from '../src/low-rank-mixing.ts';
import { arbSetting } from './arbitraries.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';
import { expectMatrices, identity, matrixProduct, type Matrix } from './reference-matrix.ts';

/** A row-stochastic matrix of random numbers; `zeros` is the share of entries that are impossible, the first but one of a row never is. */
function randomRows(rows: number, columns: number, seed: number, zeros: number): Matrix {
  const rng = createRng(seed);
  return Array.from({ length: rows }, (_, i) => {
    const weights = Array.from({ length: columns }, (__, j) =>
      j === i % columns || rng.split('zero', i).float64(j) >= zeros ? rng.split(i).float64(j) + 0.01 : 0,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}
const flat = (matrix: Matrix): Float64Array => Float64Array.from(matrix.flat());
const flatPrior = (K: number): FixedPrior => ({ kind: 'fixed', probs: new Float64Array(K).fill(1 / K) });

interface Factors {
  readonly encode: Matrix;
  readonly core: (t: number) => Matrix;
  readonly decode: Matrix;
}

const arbFactors = fc
  .record({
    setting: arbSetting,
    sources: fc.integer({ min: 1, max: 3 }),
    targets: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(1000),
    zeros: fc.constantFrom(0, 0.5),
  })
  .map(({ setting, sources, targets, seed, zeros }) => {
    const factors: Factors = {
      encode: randomRows(setting.numStates, sources, 3 * seed, zeros),
      core: (t) => randomRows(sources, targets, 1000 * seed + t, zeros),
      decode: randomRows(targets, setting.numStates, 3 * seed + 1, zeros),
    };
    return { ...setting, ...factors };
  });

/** Q_t of the definition, as K×K matrices. */
const definition = (beta: number, { encode, decode, core }: Factors, t: number): Matrix => {
  const redrawn = matrixProduct(matrixProduct(encode, core(t)), decode);
  return identity(redrawn.length).map((row, i) => row.map((kept, j) => (1 - beta) * kept + beta * redrawn[i]![j]!));
};

type Case = Factors & Pick<LowRankMixingOptions, 'numStates' | 'schedule'>;
const changing = ({ numStates, schedule, encode, core, decode }: Case): Transition =>
  lowRankMixing({
    name: 'changing',
    numStates,
    schedule,
    encode: flat(encode),
    core: (t) => flat(core(t)),
    decode: flat(decode),
    prior: flatPrior(numStates),
  });

describeTransitionLaws('low-rank mixing that changes by step', arbFactors.map(changing), { numRuns: 20 });
describeTransitionLaws(
  'low-rank mixing with its stationary law',
  // Without zeros, so that all states meet.
  arbFactors
    .filter(({ encode }) => encode.every((row) => row.every((prob) => prob > 0)))
    .map(({ numStates, schedule, encode, core, decode }) =>
      lowRankMixing({ name: 'constant', numStates, schedule, encode: flat(encode), core: flat(core(1)), decode: flat(decode) }),
    ),
  { numRuns: 12 },
);

it('is the matrix of the definition, over every interval', () => {
  fc.assert(
    fc.property(arbFactors, (each) =>
      expectMatrices(
        changing(each),
        [...each.schedule.noise].map((beta, i) => definition(beta, each, i + 1)),
      ),
    ),
    { numRuns: 25 },
  );
});

it('is uniform noise with one source and one target', () => {
  const schedule = noiseOf('jump-probability', [1e-12, 0.3, 0.999]);
  const options = { name: 'one', numStates: 4, schedule, encode: new Float64Array(4).fill(1), core: Float64Array.of(1) };
  const made = lowRankMixing({ ...options, decode: new Float64Array(4).fill(0.25) });
  const closed = uniform.create({ numStates: 4, schedule }, {});
  for (let t = 1; t <= 3; t++) expectAllClose(made.toDense(0, t), closed.toDense(0, t), { rtol: 1e-14, atol: 0 });
  expectAllClose(made.stationary!, closed.stationary!, { rtol: 1e-15, atol: 0 });
});

describe('hard clusters, {0, 1} and {2, 3}', () => {
  const options: LowRankMixingOptions = {
    name: 'clusters',
    numStates: 4,
    schedule: noiseOf('jump-probability', [0.5, 0.5]),
    encode: Float64Array.of(1, 0, 1, 0, 0, 1, 0, 1),
    core: Float64Array.of(1, 0, 0, 1),
    decode: Float64Array.of(0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5),
    prior: flatPrior(4),
  };
  const log = Math.log;

  it('push what is e^−200 times the rest of the row', () => {
    // (½ p_i + ½ · mean of the cluster), one step
    const pushed = lowRankMixing(options).push(tensor([[0, -Infinity, -200, -250]]), 0, 1);
    expectAllClose(pushed, [log(0.75), log(0.25), -200 + log(0.75), -200 + log(0.25)], { rtol: 1e-6, atol: 1e-6 });
  });
  it('pull it', () => {
    const pulled = lowRankMixing(options).pull(tensor([[-200, -Infinity, 0, 0]]), 0, 1);
    expectAllClose(pulled, [-200 + log(0.75), -200 + log(0.25), 0, 0], { rtol: 1e-6, atol: 1e-6 });
  });
  it('have two closed classes and no stationary law of their own; the one given is kept', () => {
    const { prior: _, ...bare } = options;
    expect(errorText(() => lowRankMixing(bare))).toMatch(
      /^NO_STATIONARY: clusters, of its 2 targets: the states fall into 2 closed classes .* give the builder a prior/,
    );
    const stationary = Float64Array.of(0.3, 0.3, 0.2, 0.2);
    expect(lowRankMixing({ ...bare, stationary })).toMatchObject({ stationary, prior: { kind: 'fixed', probs: stationary } });
    expect(errorText(() => lowRankMixing({ ...bare, stationary: Float64Array.of(0.4, 0.2, 0.2, 0.2) }))).toMatch(
      /^NO_STATIONARY: clusters: Q_1 does not keep the stationary law that was given/,
    );
  });
  it('may meet through S, and then have one', () => {
    const { prior: _, ...bare } = options;
    const { stationary, prior } = lowRankMixing({ ...bare, core: Float64Array.of(0.5, 0.5, 0.25, 0.75) });
    expectAllClose(stationary!, [1 / 6, 1 / 6, 1 / 3, 1 / 3], { rtol: 1e-14, atol: 0 });
    expect(prior).toEqual({ kind: 'fixed', probs: stationary });
  });
});

it('several masks: each state has the mask of its kind, as two absorbing processes beside each other', () => {
  // States 0, 1 → 4 and 2, 3 → 5; a mask stays.
  const K = 6;
  const kind = [0, 0, 1, 1, 0, 1];
  const schedule = noiseOf('jump-probability', [0.25, 0.5, 1]);
  const made = lowRankMixing({
    name: 'two masks',
    numStates: K,
    schedule,
    encode: Float64Array.from(kind.flatMap((which) => (which === 0 ? [1, 0] : [0, 1]))),
    core: flat(identity(2)),
    decode: Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1),
    prior: { kind: 'fixed', probs: Float64Array.of(0, 0, 0, 0, 0.5, 0.5) },
  });
  const mask = absorbing.create({ numStates: 3, schedule }, {});
  for (let t = 1; t <= 3; t++) {
    const [whole, part] = [made.toDense(0, t), mask.toDense(0, t)];
    for (const [states, from] of [
      [[0, 1, 4], 0],
      [[2, 3, 5], 0],
    ] as const) {
      const block = states.flatMap((i) => states.map((j) => whole[i * K + j]!));
      expectAllClose(block, part.subarray(from), { rtol: 1e-14, atol: 0 });
    }
  }
});

it('needs no K×K table at K = 8192, T = 1000', () => {
  const K = 8192;
  const before = process.memoryUsage().arrayBuffers;
  const kind = (state: number): number => (state < 5000 ? 0 : 1);
  const made = lowRankMixing({
    name: 'two topics',
    numStates: K,
    schedule: noiseOf('jump-probability', new Array(1000).fill(2e-3)),
    encode: Float64Array.from({ length: 2 * K }, (_, at) => (kind(at >> 1) === at % 2 ? 0.75 : 0.25)),
    core: flat(identity(2)),
    decode: Float64Array.from({ length: 2 * K }, (_, at) => (kind(at % K) === Math.floor(at / K) ? 1 / (at < K ? 5000 : K - 5000) : 0)),
  });
  const states = tensor([7, 8191], [1, 2], 'int32');
  for (const [s, t] of [
    [0, 1000],
    [999, 1000],
  ] as const) {
    const rows = made.pushStates(states, s, t);
    const expected = [7, 8191].flatMap((state) => Array.from(made.rowProbs!(state, s, t), Math.log));
    expectAllClose(rows, expected, { rtol: 1e-6, atol: 1e-6 });
    expectAllClose(logSumExp(rows, -1), [0, 0], { rtol: 0, atol: 1e-5 });
    expectNoLeak(() => [made.pullStates(states, s, t), made.pushStates(states, s, t)]);
  }
  expectAllClose([made.stationary!.slice(0, 5000).reduce((sum, prob) => sum + prob, 0)], [0.5], { rtol: 1e-12, atol: 0 });
  // the K×K table alone would take 512 MiB
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6);
});

it('frees its tables, also twice, and makes them anew', () => {
  const before = memory().numTensors;
  const made = lowRankMixing({
    name: 'freed',
    numStates: 2,
    schedule: noiseOf('jump-probability', [0.5]),
    encode: flat(identity(2)),
    core: flat(identity(2)),
    decode: Float64Array.of(0.5, 0.5, 0.25, 0.75),
  });
  const states = tensor([[0, 1]], [1, 2], 'int32');
  for (let round = 0; round < 2; round++) {
    made.pushStates(states, 0, 1).dispose();
    expect(memory().numTensors).toBe(before + 3);
    made.dispose();
    made.dispose();
    expect(memory().numTensors).toBe(before + 1);
  }
  states.dispose();
});

describe('bad input', () => {
  const options: LowRankMixingOptions = {
    name: 'mine',
    numStates: 3,
    schedule: noiseOf('jump-probability', [0.5, 0.5]),
    encode: new Float64Array(3).fill(1),
    core: Float64Array.of(0.5, 0.5),
    decode: Float64Array.of(1, 0, 0, 0, 0.5, 0.5),
    prior: flatPrior(3),
  };
  const make = (change: Partial<LowRankMixingOptions>) => () => lowRankMixing({ ...options, ...change });
  const made = lowRankMixing(options);
  it.each([
    [
      'an encoder for other states',
      make({ encode: new Float64Array(4) }),
      /^SHAPE: mine: encode has 4 entries, expected a multiple of the 3 states/,
    ],
    ['an encoder that is none', make({ encode: Float64Array.of(1, 0.5, 1) }), /^NOT_STOCHASTIC: mine: row 1 of encode \(U\) sums to 0\.5/],
    [
      'a negative decoder',
      make({ decode: Float64Array.of(2, -1, 0, 0, 0.5, 0.5) }),
      /^NOT_STOCHASTIC: mine: decode \(V\) is -1 at row 0, column 1/,
    ],
    [
      'a core of another size',
      make({ core: Float64Array.of(1) }),
      /^SHAPE: mine: core \(S\) has 1 entries, expected 1×2: sources by targets/,
    ],
    ['a core that is none', make({ core: Float64Array.of(0.5, 0.6) }), /^NOT_STOCHASTIC: mine: core \(S\) sums to 1\.1/],
    [
      'a core that is none at a later step',
      () => make({ core: (t) => Float64Array.of(0.5, t === 2 ? 0.6 : 0.5) })().toDense(0, 2),
      /^NOT_STOCHASTIC: mine: core \(S_2\) sums to 1\.1/,
    ],
    [
      'steps that keep no common law',
      () => {
        const { prior: _, ...bare } = options;
        return lowRankMixing({ ...bare, core: (t) => Float64Array.of(t / 2, 1 - t / 2) });
      },
      /^NO_STATIONARY: mine, of its 2 targets: no law is kept by every step .* give the builder a prior/,
    ],
    ['a law of other states', make({ stationary: Float64Array.of(0.5, 0.5) }), /^SHAPE: mine: stationary has shape \[2\], expected \[3\]/],
    ['a variance', make({ schedule: noiseOf('variance', [1]) as never }), /^UNIT: mine: the schedule is a variance/],
    ['a mask out of range', make({ extraMask: 3 }), /^INVALID_OPTIONS: mine: extraMask is 3, expected an integer in 0…2/],
    ['t > T', () => made.pullStates(tensor([0], [1], 'int32'), 0, 3), /^STEP_RANGE: mine\.pullStates: needs 0 ≤ s ≤ t ≤ 2/],
    ['a wrong class axis', () => made.push(tensor([[0, 0]]), 0, 1), /^SHAPE: mine\.push/],
    ['float states', () => made.pushStates(tensor([0.5]), 0, 1), /^DTYPE: mine\.pushStates/],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
