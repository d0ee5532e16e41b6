import '@tensorflow/tfjs-backend-cpu';
import { boundTermNats, createRng, mixture, plugIn, priorTermNats, sampleForward, type FixedPrior } from '@d3pm/core';
import { tensor } from '@tensorflow/tfjs-core';
import { expectAllClose, expectSampledFrom } from '@d3pm/core/testing';
import { absorbing, uniform } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformAbsorbing } from '../src/uniform-absorbing.ts';
import { arbSetting } from './arbitraries.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';
import { expectMatrices, identity, matrixProduct, type Matrix } from './reference-matrix.ts';

const jumps = (...noise: number[]) => noiseOf('jump-probability', noise);

/** Q = α 1e_mᵀ + β 11ᵀ/K + (1 − α − β) I of Section 4, or with the β over the other states alone. */
const paperStep = (K: number, alpha: number, beta: number, mask: number, overMask = true): Matrix =>
  identity(K).map((row) =>
    row.map((kept, j) => {
      const random = overMask ? beta / K : j === mask ? 0 : beta / (K - 1);
      return (1 - alpha - beta) * kept + (j === mask ? alpha : 0) + random;
    }),
  );

const arbShare = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0.01, max: 0.99, noNaN: true }));
const arbCase = arbSetting.chain((setting) =>
  fc.record({
    setting: fc.constant(setting),
    shares: fc.array(arbShare, { minLength: setting.schedule.numSteps, maxLength: setting.schedule.numSteps }),
    maskState: fc.nat(setting.numStates - 1),
    overMask: fc.boolean(),
  }),
);

describeTransitionLaws(
  'uniform and absorbing, one share',
  arbCase.map(({ setting, shares, maskState, overMask }) =>
    uniformAbsorbing.create(setting, { maskShare: shares[0]!, maskState, overMask, extraMask: overMask }),
  ),
  { numRuns: 20 },
);
describeTransitionLaws(
  'uniform and absorbing, a share that changes',
  arbCase.map(({ setting, shares, ...options }) => uniformAbsorbing.create(setting, { maskShare: shares, ...options })),
  { numRuns: 20 },
);

it('is the matrix of Section 4', () => {
  fc.assert(
    fc.property(arbCase, fc.boolean(), ({ setting, shares, maskState, overMask }, isFixed) => {
      const used = isFixed ? shares.map(() => shares[0]!) : shares;
      const steps = used.map((share, i) => {
        const beta = setting.schedule.noise[i]!;
        return paperStep(setting.numStates, beta * share, beta * (1 - share), maskState, overMask);
      });
      expectMatrices(uniformAbsorbing.create(setting, { maskShare: isFixed ? shares[0]! : shares, maskState, overMask }), steps);
    }),
    { numRuns: 30 },
  );
});

describe('the example of BERT: 10 % masks and 5 % random tokens in one step', () => {
  const K = 5;
  const bert = uniformAbsorbing.create({ numStates: K, schedule: jumps(0.15) }, { maskShare: 2 / 3 });

  it('has the matrix of the paper, α = 0.1 and β = 0.05', () => expectMatrices(bert, [paperStep(K, 0.1, 0.05, K - 1)]));

  it('draws masks and random tokens as often', () => {
    const drawn = sampleForward(bert, { values: new Int32Array(40_000).fill(1), shape: [1, 40_000] }, { t: 1, rng: createRng(5) });
    const counts = [0, 0, 0, 0, 0];
    for (const state of drawn.values) counts[state]!++;
    expectSampledFrom(counts, [0.01, 0.86, 0.01, 0.01, 0.11]);
  });

  it('has the cross-entropy of all positions as its one term: L_0 = −log f(x_0)', () => {
    const logits = tensor([0.5, -1, 2, 0, 9, 1, 1, 1, 1, 9], [1, 2, K]);
    const [x0, xt] = [tensor([0, 2], [1, 2], 'int32'), tensor([4, 2], [1, 2], 'int32')];
    // f(mask) = 0
    const nll = (row: readonly number[], x: number): number =>
      Math.log(row.slice(0, 4).reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[x]!;
    const expected = nll([0.5, -1, 2, 0, 9], 0) + nll([1, 1, 1, 1, 9], 2);
    for (const reverse of [mixture(), plugIn({ firstStep: 'denoiser' })]) {
      expectAllClose(boundTermNats(bert, reverse, { x0, xt, s: 0, t: 1, logits }), [expected]);
    }
  });
});

describe('the prior', () => {
  it('is π for one share, also one that is repeated', () => {
    for (const maskShare of [0.4, [0.4, 0.4]]) {
      const made = uniformAbsorbing.create({ numStates: 4, schedule: jumps(0.2, 0.9) }, { maskShare, maskState: 0 });
      expectAllClose(made.stationary!, [0.55, 0.15, 0.15, 0.15], { rtol: 1e-14, atol: 0 });
      expect(made.prior).toEqual({ kind: 'fixed', probs: made.stationary });
      expect(made.rankOne).toBeDefined();
    }
  });

  it('is q(x_T) when the last step redraws all, however the share changed; nothing is stationary', () => {
    fc.assert(
      fc.property(arbCase, ({ setting, shares, maskState, overMask }) => {
        const betas = [...setting.schedule.noise.slice(0, -1), 1];
        const made = uniformAbsorbing.create({ ...setting, schedule: jumps(...betas) }, { maskShare: [...shares], maskState, overMask });
        const product = shares.reduce(
          (before, share, i) =>
            matrixProduct(before, paperStep(setting.numStates, betas[i]! * share, betas[i]! * (1 - share), maskState, overMask)),
          identity(setting.numStates),
        );
        expectAllClose((made.prior as FixedPrior).probs, product[0]!, { rtol: 1e-12, atol: 1e-15 });
        const x0 = { values: Int32Array.from({ length: setting.numStates }, (_, k) => k), shape: [setting.numStates, 1] };
        expectAllClose(priorTermNats(made, x0), new Float64Array(setting.numStates), { rtol: 0, atol: 1e-12 });
      }),
      { numRuns: 20 },
    );
    const changing = uniformAbsorbing.create({ numStates: 3, schedule: jumps(0.5, 1) }, { maskShare: [0, 1] });
    expect(['stationary', 'rankOne', 'absorbing'].filter((member) => member in changing)).toEqual([]);
    expect(changing.extraMask).toBe(2);
  });

  it('is the law of what was redrawn where some x_0 is left', () => {
    // β = ½ twice: ¼ is left, ¼ was last drawn at step 1 and ½ at step 2
    const { prior } = uniformAbsorbing.create({ numStates: 3, schedule: jumps(0.5, 0.5) }, { maskShare: [0, 1] });
    expectAllClose((prior as FixedPrior).probs, [1 / 9, 1 / 9, 7 / 9], { rtol: 1e-14, atol: 0 });
    const still = uniformAbsorbing.create({ numStates: 2, schedule: jumps(0, 0) }, { maskShare: [0, 1] });
    expect((still.prior as FixedPrior).probs).toEqual(Float64Array.of(0, 1));
  });
});

it('is uniform noise at share 0 and absorbing noise at share 1, with its closed forms', () => {
  const setting = { numStates: 4, schedule: jumps(0.25, 1) };
  const [none, all] = [0, 1].map((maskShare) => uniformAbsorbing.create(setting, { maskShare, maskState: 2, extraMask: true }));
  expect([...none!.toDense(0, 1)]).toEqual([...uniform.create(setting, {}).toDense(0, 1)]);
  expect([...all!.toDense(0, 1)]).toEqual([...absorbing.create(setting, { maskState: 2 }).toDense(0, 1)]);
  expect([none!.absorbing, all!.absorbing]).toEqual([undefined, { maskState: 2 }]);
});

describe('bad input', () => {
  const setting = { numStates: 3, schedule: jumps(0.1, 0.2) };
  const create = (options: object) => () => uniformAbsorbing.create(setting, options as never);
  it.each([
    [
      'no share',
      create({}),
      /^INVALID_OPTIONS: uniform-absorbing: maskShare is undefined, expected a number in \[0, 1\], or one for each step/,
    ],
    ['a share above 1', create({ maskShare: 1.5 }), /^INVALID_OPTIONS: uniform-absorbing: maskShare is 1\.5/],
    ['a share of a step that is NaN', create({ maskShare: [0, NaN] }), /^INVALID_OPTIONS: uniform-absorbing: maskShare\[1\] is NaN/],
    ['no share at all', create({ maskShare: [] }), /^INVALID_OPTIONS: uniform-absorbing: maskShare\[0\] is undefined/],
    [
      'too few shares',
      create({ maskShare: [0.5] }),
      /^INVALID_OPTIONS: uniform-absorbing: maskShare has 1 values, expected one for each of the 2 steps/,
    ],
    [
      'a mask out of range',
      create({ maskShare: 0, maskState: 3 }),
      /^INVALID_OPTIONS: uniform-absorbing: maskState is 3, expected an integer in 0…2/,
    ],
    [
      'a yes that is a text',
      create({ maskShare: 0, overMask: 'yes' }),
      /^INVALID_OPTIONS: uniform-absorbing: overMask is "yes", expected true or false/,
    ],
    [
      'a typing error',
      create({ maskshare: 0 }),
      /^INVALID_OPTIONS: uniform-absorbing: no option is named "maskshare"; did you mean "maskShare"/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));

  it('parses its own result', () => {
    const options = { maskShare: [0.5, 1], maskState: 1, extraMask: false, overMask: false };
    expect(uniformAbsorbing.parse(uniformAbsorbing.parse(options))).toEqual(options);
  });
});
