import '@tensorflow/tfjs-backend-cpu';
import { registerPlugin } from '@d3pm/core/default-registry';
import { checkTransition, defaultTransitionRegistry, defineTransition, dense, matrixExponential, rankOneMixing } from '@d3pm/transitions';
import { zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';

const half = () => Float64Array.of(0.5, 0.5, 0.5, 0.5);
const chain = { name: 'mine', numStates: 2, numSteps: 3, step: half } as const;
const schedule = noiseOf('jump-probability', [0.1, 0.2]);

describe('builders check what an author gives', () => {
  it('a prior of another length, or that is no distribution', () => {
    const prior = (...probs: number[]) => ({ kind: 'fixed', probs: Float64Array.from(probs) }) as const;
    expect(errorText(() => dense({ ...chain, prior: prior(1) }))).toBe(
      'SHAPE: mine: the prior has 1 probabilities, expected 2, or 2 × positions',
    );
    expect(errorText(() => dense({ ...chain, prior: prior(0.5, 0.4) }))).toMatch(/^NOT_STOCHASTIC: mine: the prior sums to 0\.9/u);
    expect(errorText(() => dense({ ...chain, positions: 2, prior: prior(1, 0, 0, 1, 1, 0) }))).toMatch(/^SHAPE: mine: the prior has 6/u);
    const target = Float64Array.of(0.5, 0.5);
    expect(errorText(() => dense({ ...chain, prior: half() as never }))).toMatch(
      /^INVALID_OPTIONS: mine: the prior is \{"0":0\.5,.*, expected \{ kind: 'fixed', probs \}/u,
    );
    expect(errorText(() => rankOneMixing({ name: 'mine', schedule, target, prior: prior(0.1) }))).toMatch(/^SHAPE: mine: the prior has 1/u);
  });

  it.each([[[]], [[1]], [[3]], [[3, 1]], [[1, 3, 2]], [[2, 1, 2]]])('a learned prior with logits of shape %j', (shape) => {
    const prior = { kind: 'learned', logits: zeros(shape) } as const;
    const message = `SHAPE: mine: the logits of the prior have shape [${shape.join(', ')}], expected [2], or [positions, 2]`;
    expect(errorText(() => dense({ ...chain, prior }))).toBe(message);
    expect(errorText(() => rankOneMixing({ name: 'mine', schedule, target: Float64Array.of(0.5, 0.5), prior }))).toBe(message);
  });

  it('a learned prior of other positions', () => {
    const made = (shape: number[]) => dense({ ...chain, positions: 3, prior: { kind: 'learned', logits: zeros(shape) } });
    expect(errorText(() => made([4, 2]))).toBe('SHAPE: mine: the logits of the prior have shape [4, 2], expected [2], or [3, 2]');
    expect([made([2]).prior.kind, made([3, 2]).prior.kind]).toEqual(['learned', 'learned']);
  });

  it.each([2, -1, 0.5, NaN])('an extra mask of %d', (extraMask) => {
    const message = `INVALID_OPTIONS: mine: extraMask is ${extraMask}, expected an integer in 0…1`;
    expect(errorText(() => dense({ ...chain, extraMask }))).toBe(message);
    const generator = Float64Array.of(-1, 1, 1, -1);
    expect(errorText(() => matrixExponential({ name: 'mine', schedule: noiseOf('rate', [1]), generator, extraMask }))).toBe(message);
  });

  it('an extra mask that is one of the states', () => {
    const generator = Float64Array.of(-1, 1, 1, -1);
    const made = [
      dense({ ...chain, extraMask: 1 }),
      matrixExponential({ name: 'mine', schedule: noiseOf('rate', [1]), generator, extraMask: 1 }),
    ];
    for (const transition of made) {
      expect(transition.extraMask).toBe(1);
      expect(checkTransition(transition, { numCases: 1 }).laws.filter(({ ok }) => !ok)).toEqual([]);
    }
    expect('extraMask' in dense(chain)).toBe(false);
  });

  it('a stationary law of another length, or that a step does not keep', () => {
    expect(errorText(() => dense({ ...chain, stationary: Float64Array.of(1) }))).toBe(
      'SHAPE: mine: stationary has shape [1], expected [2]',
    );
    const claimed = dense({ ...chain, stationary: Float64Array.of(0.9, 0.1) });
    expect(errorText(() => claimed.toDense(0, 2))).toMatch(/^NO_STATIONARY: mine: Q_\d does not keep the stationary law that was given/u);
  });

  it('a mirror image that is none, and a law that it does not keep, though half of each is looked at', () => {
    const mirrored = (matrix: number[], stationary: number[]) =>
      dense({
        name: 'mine',
        numStates: 3,
        numSteps: 1,
        centrosymmetric: true,
        step: () => Float64Array.from(matrix),
        stationary: Float64Array.from(stationary),
      });
    const walk = [0.5, 0.5, 0, 0.25, 0.5, 0.25, 0, 0.5, 0.5];
    expect([...mirrored(walk, [0.25, 0.5, 0.25]).toDense(0, 1)]).toEqual(walk);
    expect(errorText(() => mirrored(walk, [1 / 3, 1 / 3, 1 / 3]).toDense(0, 1))).toMatch(/^NO_STATIONARY: mine: Q_1 does not keep/u);
    for (const wrong of [NaN, 0.4, -0.5]) {
      const broken = [...walk.slice(0, 8), wrong];
      expect(errorText(() => mirrored(broken, [0.25, 0.5, 0.25]).toDense(0, 1))).toMatch(
        /^INVALID_OPTIONS: mine: Q_1 is said to be centrosymmetric, but entry \(0, 0\)/u,
      );
    }
  });

  it('rounding below 0, and rows in float32', () => {
    expect(errorText(() => dense({ ...chain, step: () => Float64Array.of(1 + 1e-17, -1e-17, 0.5, 0.5) }).toDense(0, 1))).toContain(
      'a difference that rounds below 0 is to be set to 0',
    );
    const coarse = () => Float64Array.from(Float32Array.of(0.1, 0.9, 0.5, 0.5));
    expect(errorText(() => dense({ ...chain, step: coarse }).toDense(0, 1))).toMatch(
      /sums to 0\.99999\d+, expected 1 to 1e-9 .*float32 is too coarse/u,
    );
    const wrong = (...row: number[]) => errorText(() => dense({ ...chain, step: () => Float64Array.of(...row, 0.5, 0.5) }).toDense(0, 1));
    expect([wrong(0.5, 0.4), wrong(1.2, -0.2), wrong(NaN, 1)]).toEqual([
      'NOT_STOCHASTIC: mine: row 0 of Q_1 sums to 0.9, expected 1 to 1e-9 (K = 2; rows are "from", columns are "to")',
      'NOT_STOCHASTIC: mine: Q_1 is -0.2 at row 0, column 1, expected a probability ≥ 0',
      expect.stringMatching(/^NOT_STOCHASTIC: mine: Q_1 is NaN at row 0, column 0, .*schedule\.noise\[t - 1\]\)$/u),
    ]);
  });
});

describe('defineTransition', () => {
  const definition = {
    name: 'acme/half',
    unit: 'jump-probability',
    parse: (options: unknown) => {
      if ((options as { sides?: number }).sides === 3) throw new Error('parse saw it');
      return { sides: 2 };
    },
    create: ({ numStates }: { readonly numStates: number }, { sides }: { readonly sides: number }) =>
      dense({ ...chain, name: `acme/half of ${sides}`, numStates }),
  } as const;

  it('parses options from code as it does those from JSON', () => {
    const half2 = defineTransition(definition);
    expect(() => half2.create({ numStates: 2, schedule }, { sides: 3 })).toThrow('parse saw it');
    expect(half2.create({ numStates: 2, schedule }, {} as { sides: number }).name).toBe('acme/half of 2');
  });

  it('refuses a malformed name and a unit that does not exist', () => {
    expect(errorText(() => defineTransition({ ...definition, name: 'Acme Half' }))).toMatch(
      /^INVALID_OPTIONS: .*"Acme Half" must be kebab-case/u,
    );
    expect(errorText(() => defineTransition({ ...definition, unit: 'beta' as 'rate' }))).toBe(
      'UNIT: defineTransition: unit of "acme/half" is "beta", expected one of jump-probability, rate, variance',
    );
  });

  it('is found by name once it has registered itself', () => {
    registerPlugin(defineTransition({ ...definition, name: 'acme/registered' }));
    const registry = defaultTransitionRegistry();
    expect(registry.fromConfig({ name: 'acme/registered' }, { numStates: 2, schedule }).name).toBe('acme/half of 2');
    expect(errorText(() => registry.fromConfig({ name: 'acme/registerd' }, { numStates: 2, schedule }))).toContain(
      'did you mean "acme/registered"?',
    );
  });
});
