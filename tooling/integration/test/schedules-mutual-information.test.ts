import { readFileSync } from 'node:fs';
import {
  createRng,
  entropyNats,
  informationCurve,
  mutualInformationNats,
  rankOneInformation,
  survival,
  type AnyTransitionPlugin,
  type NoiseSchedule,
  type Transition,
} from '@d3pm/core';
import { expectAllClose, randomLaw } from '@d3pm/core/testing';
import { inverseRemaining, mutualInformation } from '@d3pm/schedules';
import { absorbing, builtinTransitions, createTransitionRegistry, discretizedGaussian, nearestNeighbor, uniform } from '@d3pm/transitions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorPlugin } from './generator-plugin.ts';

const law = (seed: number, size: number, allowed?: (state: number) => boolean): Float64Array =>
  Float64Array.from(randomLaw(seed, size, allowed));
/** Zipf's law over all states but the last `masks`: what a unigram law looks like. */
const zipf = (size: number, masks = 0): Float64Array => {
  const weights = Float64Array.from({ length: size }, (_, i) => (i < size - masks ? 1 / (i + 1) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

/** I/H of every step, from the transition that the schedule makes and from nothing of the search. */
function levels(transition: Transition, dataLaw: Float64Array): number[] {
  const entropy = entropyNats(dataLaw);
  return Array.from({ length: transition.numSteps }, (_, i) => mutualInformationNats(transition, { t: i + 1, dataLaw }) / entropy);
}
const linear = (numSteps: number, parts: number): number[] => Array.from({ length: numSteps }, (_, i) => 1 - (i + 1) / parts);

const arbSteps = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 300 }));
const arbSeed = fc.integer();

describe('absorbing noise', () => {
  it('gets (T − t + 1)⁻¹ by the general search, whatever the data', () => {
    fc.assert(
      fc.property(fc.oneof(arbSteps, fc.constant(1000)), fc.integer({ min: 3, max: 40 }), arbSeed, (numSteps, numStates, seed) => {
        const dataLaw = law(seed, numStates, (state) => state !== numStates - 1);
        const { noise, unit } = mutualInformation({ numSteps, transition: absorbing, options: {}, numStates, dataLaw });
        expectAllClose(noise, inverseRemaining({ numSteps }).noise, { rtol: 1e-12, atol: 0 });
        expect([unit, noise[numSteps - 1]]).toEqual(['jump-probability', 1]);
      }),
      { numRuns: 30 },
    );
  });
  it('gets another schedule when the mask is a value of the data: what shows it says nothing', () => {
    const dataLaw = Float64Array.of(0.5, 0.25, 0.25);
    const options = { maskState: 1, extraMask: false };
    const schedule = mutualInformation({ numSteps: 8, transition: absorbing, options, numStates: 3, dataLaw });
    expectAllClose(levels(absorbing.create({ numStates: 3, schedule }, options), dataLaw), linear(8, 8), { rtol: 1e-9, atol: 1e-12 });
    expect(Math.abs(schedule.noise[0]! * 8 - 1)).toBeGreaterThan(0.05);
  });
});

describe('uniform noise', () => {
  it('loses the same at every step', () => {
    fc.assert(
      fc.property(arbSteps, fc.integer({ min: 2, max: 30 }), arbSeed, (numSteps, numStates, seed) => {
        const dataLaw = law(seed, numStates);
        const schedule = mutualInformation({ numSteps, transition: uniform, options: {}, numStates, dataLaw });
        expectAllClose(levels(uniform.create({ numStates, schedule }, {}), dataLaw), linear(numSteps, numSteps), {
          rtol: 1e-9,
          atol: 1e-14,
        });
      }),
      { numRuns: 40 },
    );
  });
  it('can end short of the prior', () => {
    const dataLaw = zipf(5);
    const schedule = mutualInformation({ numSteps: 9, transition: uniform, options: {}, numStates: 5, dataLaw, finalStep: 'finite' });
    expectAllClose(levels(uniform.create({ numStates: 5, schedule }, {}), dataLaw), linear(9, 10), { rtol: 1e-9, atol: 0 });
  });
  it('does so for 27 and 8192 states in 1000 steps', () => {
    for (const numStates of [27, 8192]) {
      const dataLaw = zipf(numStates);
      const schedule = mutualInformation({ numSteps: 1000, transition: uniform, options: {}, numStates, dataLaw });
      const points = informationCurve(uniform.create({ numStates, schedule }, {}), { dataLaw, ts: [1, 37, 500, 998, 999] });
      const reached = points.map(({ sharedNats, lostNats }) => sharedNats / (sharedNats + lostNats));
      expectAllClose(reached, [0.999, 0.963, 0.5, 0.002, 0.001], { rtol: 1e-9, atol: 0 });
    }
  });
});

describe('generators', () => {
  const arbGenerator = fc.integer({ min: 2, max: 5 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      seed: arbSeed,
      speed: fc.constantFrom(1e-3, 1, 50),
    }),
  );
  const generatorOf = (size: number, seed: number, speed: number): number[][] =>
    Array.from({ length: size }, (_, i) => {
      const rates = randomLaw(seed + i, size).map((rate) => rate * speed);
      return rates.map((rate, j) => (i === j ? rate - rates.reduce((sum, x) => sum + x, 0) : rate));
    });

  it('lose the same at every step, symmetric or not, fast or slow', () => {
    fc.assert(
      fc.property(arbGenerator, fc.integer({ min: 1, max: 25 }), fc.boolean(), ({ size, seed, speed }, numSteps, isPrior) => {
        const [dataLaw, options] = [law(seed ^ 77, size), { generator: generatorOf(size, seed, speed) }];
        const finalStep = isPrior ? 'prior' : 'finite';
        const schedule = mutualInformation({ numSteps, transition: generatorPlugin, options, numStates: size, dataLaw, finalStep });
        const parts = isPrior ? numSteps : numSteps + 1;
        const reached = levels(generatorPlugin.create({ numStates: size, schedule }, options), dataLaw);
        expectAllClose(reached, linear(numSteps, parts), { rtol: 1e-6, atol: 1e-9 });
        expect(schedule.noise[numSteps - 1] === Infinity).toBe(isPrior);
        expect(schedule.standardErrors).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });
  it.each([8, 27])('of the nearest neighbours of %i tokens lose the same at each of 200 steps', (numStates) => {
    const rng = createRng('tokens');
    const options = {
      embeddings: Array.from({ length: numStates }, (_, i) => [0, 1, 2].map((axis) => rng.normal(3 * i + axis))),
      numNeighbors: 4,
      whenDisconnected: 'join',
    } as const;
    const [numSteps, dataLaw] = [200, zipf(numStates)];
    const schedule = mutualInformation({ numSteps, transition: nearestNeighbor, options, numStates, dataLaw });
    const transition = nearestNeighbor.create({ numStates, schedule }, options);
    expectAllClose(levels(transition, dataLaw), linear(numSteps, numSteps + 1), { rtol: 1e-6, atol: 0 });
  });
  it('are the uniform family when R = 1 1ᵀ/K − I: α = −log ᾱ', () => {
    const [numStates, numSteps, dataLaw] = [4, 30, zipf(4)];
    const generator = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => 0.25 - (i === j ? 1 : 0)));
    const common = { numStates, numSteps, dataLaw, finalStep: 'finite' } as const;
    const rates = mutualInformation({ ...common, transition: generatorPlugin, options: { generator } });
    const { keep } = survival(mutualInformation({ ...common, transition: uniform, options: {} }));
    let rate = 0;
    const kept = [...rates.noise].map((beta) => Math.exp(-(rate += beta)));
    expectAllClose(
      kept,
      linear(numSteps, 1).map((_, i) => keep(0, i + 1)),
      { rtol: 1e-9, atol: 0 },
    );
  });
  it('are estimated from sampled rows within their standard error', () => {
    const [numStates, numSteps, dataLaw] = [24, 12, zipf(24)];
    const options = { generator: generatorOf(numStates, 4, 1) };
    const sampling = { numRows: 48, rng: createRng(3) };
    const schedule = mutualInformation({ numSteps, transition: generatorPlugin, options, numStates, dataLaw, sampling });
    const reached = levels(generatorPlugin.create({ numStates, schedule }, options), dataLaw);
    const aimed = linear(numSteps, numSteps + 1);
    const scores = reached.map((level, i) => (level - aimed[i]!) / schedule.standardErrors![i]!);
    // Neighbouring steps see the same rows: twelve scores that are one or two at heart, hence 4 and not 3.
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
    expect(Math.max(...schedule.standardErrors!)).toBeLessThan(0.02);
    expect(Math.min(...schedule.standardErrors!)).toBeGreaterThan(0);
  });
  it('of thousands of states are too, in time that the steps do not count in', () => {
    // R = 1 πᵀ − I: a closed form to compare with, and O(K) a row.
    const [numStates, numSteps, dataLaw, target] = [2000, 1000, zipf(2000), law(1, 2000)];
    const push = (probs: Float64Array, rate: number): Float64Array => {
      const [keep, refresh] = [Math.exp(-rate), -Math.expm1(-rate)];
      return probs.map((mass, j) => keep * mass + refresh * target[j]!);
    };
    const family: AnyTransitionPlugin = {
      ...generatorPlugin,
      create: () => ({ name: 'test/redraw', numStates, numSteps: 1, exponential: { rate: () => 1, push }, dispose: () => {} }) as never,
    };
    const sampling = { numRows: 64, rng: createRng(9) };
    const { noise, standardErrors } = mutualInformation({ numSteps, transition: family, options: {}, numStates, dataLaw, sampling });
    const entropy = entropyNats(dataLaw);
    let rate = 0;
    const scores = [...noise].map((beta, i) => {
      rate += beta;
      const { sharedNats } = rankOneInformation({ target, keep: Math.exp(-rate), refresh: -Math.expm1(-rate) }, dataLaw);
      return (sharedNats / entropy - (1 - (i + 1) / (numSteps + 1))) / standardErrors![i]!;
    });
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
    expect(Math.max(...standardErrors!)).toBeLessThan(0.02);
  });
});

describe('families whose steps do not commute', () => {
  it.each([
    [8, 1],
    [8, 2],
    [8, 20],
    [27, 12],
  ])('discretised Gaussian, K = %i, T = %i', (numStates, numSteps) => {
    const dataLaw = law(numSteps, numStates);
    const schedule: NoiseSchedule<'variance'> = mutualInformation({
      numSteps,
      transition: discretizedGaussian,
      options: {},
      numStates,
      dataLaw,
    });
    const reached = levels(discretizedGaussian.create({ numStates, schedule }, {}), dataLaw);
    expectAllClose(reached, linear(numSteps, numSteps + 1), { rtol: 1e-8, atol: 0 });
  });
});

describe('golden schedules', () => {
  interface Golden {
    readonly family: string;
    readonly dataLaw: number[];
    readonly parts: number;
    readonly noise: number[];
    readonly generator?: number[][];
  }
  const { cases } = JSON.parse(readFileSync(new URL('golden/mutual-information.json', import.meta.url), 'utf8')) as {
    readonly cases: Golden[];
  };
  it.each(cases.map((each) => [`${each.family}, ${each.parts} levels`, each] as const))('%s', (_, each) => {
    const { family, parts, generator } = each;
    const plugin: AnyTransitionPlugin = generator ? generatorPlugin : createTransitionRegistry(builtinTransitions).find(family);
    const schedule = mutualInformation({
      numSteps: parts - 1,
      transition: plugin,
      options: generator ? { generator } : {},
      numStates: each.dataLaw.length,
      dataLaw: Float64Array.from(each.dataLaw),
      finalStep: 'finite',
    });
    // Levels are far better than the 1e-6 they are asked to be; a step is the difference of two of them.
    expectAllClose(schedule.noise, each.noise, { rtol: 1e-7, atol: 0 });
  });
});
