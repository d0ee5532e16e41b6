import { readFileSync } from 'node:fs';
import {
  channelInformation,
  createRng,
  entropyNats,
  estimateMutualInformationNats,
  informationCurve,
  matrixChannel,
  mutualInformationNats,
  rankOneInformation,
  sampledInformation,
  survival,
  type Exponential,
  type Transition,
} from '@d3pm/core';
import { expectAllClose, randomLaw, times, type Matrix } from '@d3pm/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** I and H(x_0 | x_t) by their definitions, on a table of the joint law. */
function oracle(dataLaw: readonly number[], matrix: Matrix): { readonly shared: number; readonly lost: number } {
  const marginal = times([dataLaw], matrix)[0]!;
  let [shared, lost] = [0, 0];
  matrix.forEach((row, i) =>
    row.forEach((prob, j) => {
      const joint = dataLaw[i]! * prob;
      if (joint === 0) return;
      shared += joint * Math.log(prob / marginal[j]!);
      lost -= joint * Math.log(joint / marginal[j]!);
    }),
  );
  return { shared, lost };
}

const mixing = (target: readonly number[], keep: number): number[][] =>
  target.map((_, i) => target.map((prob, j) => (i === j ? keep : 0) + (1 - keep) * prob));
const flat = (matrix: Matrix): Float64Array => Float64Array.from(matrix.flat());

/** A transition of which only what this module reads is there. */
const partial = (members: Partial<Transition>): Transition => ({ name: 'test', numSteps: 3, ...members }) as Transition;
const rankOneTransition = (target: Float64Array, noise: readonly number[], more: Partial<Transition> = {}): Transition =>
  partial({
    numStates: target.length,
    numSteps: noise.length,
    prior: { kind: 'fixed', probs: target },
    rankOne: { target, ...survival({ unit: 'jump-probability', numSteps: noise.length, noise: Float64Array.from(noise) }) },
    ...more,
  });

const arbSize = fc.integer({ min: 2, max: 6 });
const arbLaw = (size: number): fc.Arbitrary<number[]> =>
  fc
    .tuple(fc.integer(), fc.integer({ min: 1, max: 2 ** size - 1 }))
    .map(([seed, allowed]) => randomLaw(seed, size, (outcome) => (allowed & (1 << outcome)) > 0));
const arbChannel = arbSize.chain((size) =>
  fc.record({ dataLaw: arbLaw(size), matrix: fc.array(arbLaw(size), { minLength: size, maxLength: size }) }),
);
const arbMixing = arbSize.chain((size) =>
  fc.record({
    dataLaw: arbLaw(size),
    target: arbLaw(size),
    keep: fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true })),
  }),
);

describe('information of a channel', () => {
  it('is that of its definition, for any table', () => {
    fc.assert(
      fc.property(arbChannel, ({ dataLaw, matrix }) => {
        const law = Float64Array.from(dataLaw);
        const { sharedNats, lostNats } = channelInformation(law, matrixChannel(flat(matrix), law));
        const { shared, lost } = oracle(dataLaw, matrix);
        // The definition itself loses digits where its terms of both signs cancel.
        expectAllClose([sharedNats, lostNats], [shared, lost], { rtol: 1e-12, atol: 1e-14 });
      }),
    );
  });
  it('is the same in closed form, for rank-one tables', () => {
    fc.assert(
      fc.property(arbMixing, ({ dataLaw, target, keep }) => {
        const channel = { target: Float64Array.from(target), keep, refresh: 1 - keep };
        const { sharedNats, lostNats } = rankOneInformation(channel, Float64Array.from(dataLaw));
        const { shared, lost } = oracle(dataLaw, mixing(target, keep));
        expectAllClose([sharedNats, lostNats], [shared, lost], { rtol: 1e-12, atol: 1e-14 });
      }),
    );
  });
  it('never grows along a chain', () => {
    fc.assert(
      fc.property(arbChannel, fc.integer(), ({ dataLaw, matrix }, seed) => {
        const law = Float64Array.from(dataLaw);
        const next = matrix.map((_, i) => randomLaw(seed + i, dataLaw.length));
        const after = (table: Matrix): number => channelInformation(law, matrixChannel(flat(table), law)).sharedNats;
        expect(after(times(matrix, next))).toBeLessThanOrEqual(after(matrix) * (1 + 1e-12) + 1e-15);
      }),
    );
  });
});

describe('golden information', () => {
  interface Golden {
    readonly law: string;
    readonly target: string;
    readonly dataLaw: number[];
    readonly pi: number[];
    readonly keep: number;
    readonly refresh: number;
    readonly sharedNats: number;
    readonly lostNats: number;
  }
  const { cases } = JSON.parse(readFileSync(new URL('golden/information.json', import.meta.url), 'utf8')) as { readonly cases: Golden[] };
  it.each(cases.map((each) => [`${each.law} → ${each.target}, ᾱ = ${each.keep}`, each] as const))('%s', (_, each) => {
    const dataLaw = Float64Array.from(each.dataLaw);
    const { sharedNats, lostNats } = rankOneInformation({ ...each, target: Float64Array.from(each.pi) }, dataLaw);
    expectAllClose([sharedNats, lostNats], [each.sharedNats, each.lostNats], { rtol: 1e-13, atol: 0 });
    const general = channelInformation(dataLaw, matrixChannel(flat(mixing(each.pi, each.keep)), dataLaw));
    // A table holds 1 − 1e-9 and its like to 1e-16, of which a difference of 1e-9 is left.
    expectAllClose([general.sharedNats], [each.sharedNats], { rtol: 1e-6, atol: 0 });
    expectAllClose([general.lostNats], [each.lostNats], { rtol: 0, atol: 4e-15 * entropyNats(dataLaw) });
  });
});

describe('mutualInformationNats', () => {
  const dataLaw = Float64Array.of(0.5, 0.25, 0.25, 0);
  const mask = Float64Array.of(0, 0, 0, 1);
  it('is ᾱ_t H(x_0) for a mask of its own, and H(x_0) at t = 0', () => {
    const transition = rankOneTransition(mask, [0.25, 1 / 3, 0.5, 1], { extraMask: 3 });
    const curve = [0, 1, 2, 3, 4].map((t) => mutualInformationNats(transition, { t, dataLaw }) / (1.5 * Math.LN2));
    expectAllClose(curve, [1, 0.75, 0.5, 0.25, 0], { rtol: 1e-14, atol: 0 });
  });
  it('asks a generator for its rows, and any other for its table', () => {
    const target = [0.25, 0.25, 0.25, 0.25];
    const exponential: Exponential = {
      rate: (s, t) => 0.5 * (t - s),
      push: (probs, rate) => probs.map((mass) => Math.exp(-rate) * mass - Math.expm1(-rate) / 4),
    };
    const tables = partial({ numStates: 4, toDense: (s, t) => flat(mixing(target, Math.exp(-0.5 * (t - s)))) });
    for (const transition of [partial({ numStates: 4, exponential }), tables]) {
      const nats = mutualInformationNats(transition, { t: 2, dataLaw });
      expectAllClose([nats], [oracle([...dataLaw], mixing(target, Math.exp(-1))).shared], { rtol: 1e-13, atol: 0 });
    }
  });
  it('asks for the table of the position', () => {
    const transition = partial({ numStates: 2, positions: 2, toDense: (_s, _t, position) => flat(mixing([1, 0], position === 1 ? 0 : 1)) });
    const nats = (position?: number): number =>
      mutualInformationNats(transition, { t: 1, dataLaw: Float64Array.of(0.5, 0.5), ...(position !== undefined && { position }) });
    expectAllClose([nats(), nats(1)], [Math.LN2, 0], { rtol: 1e-15, atol: 0 });
  });
});

describe('estimates from sampled rows', () => {
  const size = 40;
  const dataLaw = Float64Array.from(randomLaw(5, size, (state) => state % 7 !== 0));
  const tableAt = (keep: number): Float64Array =>
    flat(Array.from({ length: size }, (_, i) => randomLaw(100 + i, size).map((mass, j) => (i === j ? keep : 0) + (1 - keep) * mass)));

  it('scatter about the truth by no more than their standard errors', () => {
    for (const keep of [0.99, 0.6, 0.2]) {
      const channel = matrixChannel(tableAt(keep), dataLaw);
      const truth = channelInformation(dataLaw, channel).sharedNats;
      const scores = Array.from({ length: 200 }, (_, seed) => {
        const { sharedNats, standardError } = sampledInformation(dataLaw, { numRows: 16, rng: createRng(seed) })(channel);
        return { error: sharedNats - truth, standardError };
      });
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = Math.sqrt(mean(scores.map(({ error }) => error ** 2)));
      const claimed = Math.sqrt(mean(scores.map(({ standardError }) => standardError ** 2)));
      // Stratified draws scatter less than the independent ones of which the standard error is.
      expect(spread).toBeLessThan(1.1 * claimed);
      expect(spread).toBeGreaterThan(0.3 * claimed);
      expect(Math.abs(mean(scores.map(({ error }) => error)))).toBeLessThan(0.35 * claimed);
    }
  });
  it('are exact for the identity and for independence, and never outside 0…H', () => {
    const sampled = sampledInformation(dataLaw, { numRows: 16, rng: createRng(1) });
    const identity = sampled(matrixChannel(tableAt(1), dataLaw));
    expectAllClose([identity.sharedNats, identity.standardError], [entropyNats(dataLaw), 0], { rtol: 1e-12, atol: 1e-7 });
    const row = Float64Array.from(randomLaw(3, size));
    expectAllClose([sampled({ marginal: row, row: () => row }).sharedNats], [0], { atol: 1e-14, rtol: 0 });
  });
  it('are those of a transition at its step', () => {
    const transition = rankOneTransition(Float64Array.from(randomLaw(9, size)), [0.1, 0.2]);
    const truth = mutualInformationNats(transition, { t: 2, dataLaw });
    const { nats, standardError } = estimateMutualInformationNats(transition, { t: 2, dataLaw, numRows: 256, rng: createRng(2) });
    expect(Math.abs(nats - truth)).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.05 * truth);
  });
});

it('the curve has what a picture needs, and KL to the prior is that of its definition', () => {
  fc.assert(
    fc.property(arbMixing, ({ dataLaw, target }) => {
      const transition = rankOneTransition(Float64Array.from(target), [0.1, 0.4, 1]);
      const points = informationCurve(transition, { dataLaw: Float64Array.from(dataLaw), ts: [0, 1, 2, 3] });
      points.forEach(({ t, keep, sharedNats, lostNats, priorNats }) => {
        const matrix = mixing(target, [1, 0.9, 0.54, 0][t]!);
        const { shared, lost } = oracle(dataLaw, matrix);
        const rowKl = (row: readonly number[]): number =>
          row.reduce((sum, prob, j) => sum + (prob === 0 ? 0 : prob * Math.log(prob / target[j]!)), 0);
        const toPrior = dataLaw.reduce((sum, mass, i) => sum + (mass === 0 ? 0 : mass * rowKl(matrix[i]!)), 0);
        expectAllClose([keep!, sharedNats, lostNats, priorNats], [[1, 0.9, 0.54, 0][t]!, shared, lost, toPrior], {
          rtol: 1e-12,
          atol: 1e-14,
        });
      });
    }),
  );
});

describe('bad input', () => {
  const target = Float64Array.of(0, 0, 1);
  const masked = rankOneTransition(target, [0.5, 1], { extraMask: 2 });
  const information =
    (dataLaw: readonly number[], t = 1) =>
    () =>
      mutualInformationNats(masked, { t, dataLaw: Float64Array.from(dataLaw) });
  const learned = { ...masked, prior: { kind: 'learned' } } as unknown as Transition;
  it.each([
    [
      'a law without its mask',
      information([0.5, 0.5]),
      'SHAPE',
      /has 2 probabilities, expected one for each of 3 states; the mask counts: give state 2 the mass 0/,
    ],
    ['a law of another length', information([1, 0, 0, 0]), 'SHAPE', /has 4 probabilities, expected one for each of 3 states$/],
    ['counts', information([3, 1, 0]), 'NOT_STOCHASTIC', /sums to 4, expected 1 .* divide counts by their sum/],
    ['a negative mass', information([1.5, -0.5, 0]), 'NOT_STOCHASTIC', /gives state 1 the mass -0\.5/],
    ['NaN', information([1, NaN, 0]), 'NOT_STOCHASTIC', /gives state 1 the mass NaN/],
    ['data with a mask', information([0.5, 0.25, 0.25]), 'INVALID_DATA', /gives the mask, state 2, the mass 0\.25, expected 0/],
    ['a step beyond T', information([1, 0, 0], 3), 'STEP_RANGE', /0 ≤ s ≤ t ≤ 2/],
    [
      'two rows',
      () => sampledInformation(target, { numRows: 2, rng: createRng(0) }),
      'INVALID_OPTIONS',
      /numRows is 2, expected an integer at least 8/,
    ],
    [
      'a learned prior',
      () => informationCurve(learned, { dataLaw: Float64Array.of(1, 0, 0), ts: [1] }),
      'UNSOUND',
      /the prior of test is learned; use mutualInformationNats/,
    ],
  ])('%s', (_, work, code, message) => {
    expect(work).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
