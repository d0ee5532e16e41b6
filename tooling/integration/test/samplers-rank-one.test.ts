import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, leaveOneOut, mixture, plugIn, type Prediction, type ReverseProcess, type Transition } from '@d3pm/core';
import { expectSampledFrom } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler } from '@d3pm/samplers';
import { fromArray } from '@d3pm/schedules';
import { absorbing, rankOneMixing, uniform } from '@d3pm/transitions';
import { exactNetwork } from './exact-network.ts';

beforeAll(async () => void (await prepareEngine()));

const K = 4;
const numSteps = 3;
const examples = 20_000;
const schedule = fromArray({ noise: [0.3, 0.4, 0.5], unit: 'jump-probability' });
const families: Record<string, () => Transition> = {
  uniform: () => uniform.create({ numStates: K, schedule }, {}),
  'a skewed target': () => rankOneMixing({ name: 'skewed', schedule, target: Float64Array.of(0.5, 0.3, 0.15, 0.05) }),
  'a mask that data shows': () => absorbing.create({ numStates: K, schedule }, { extraMask: false }),
};
/** Logits that are sure of x_t, of another class, and of nothing. */
const opinions = { current: 4, other: 4, none: 0 };

/** p_θ(x_s | x_t) from the tables and the definition, in float64. */
function exactStep(transition: Transition, isMixture: boolean, f: readonly number[], xt: number, s: number, t: number): number[] {
  const [before, between, after] = [transition.toDense(0, s), transition.toDense(s, t), transition.toDense(0, t)];
  const w = f.map((probability, i) => (isMixture ? (after[i * K + xt]! > 0 ? probability / after[i * K + xt]! : 0) : probability));
  const weights = f.map((_, j) => between[j * K + xt]! * w.reduce((total, value, i) => total + value * before[i * K + j]!, 0));
  const total = weights.reduce((all, value) => all + value, 0);
  return weights.map((value) => value / total);
}

describe.each(Object.keys(families))('a step of %s', (family) => {
  const transition = families[family]!();

  it.each([
    ['mixture', mixture(), true],
    ['plug-in', plugIn(), false],
    ['leave-one-out', leaveOneOut(), false],
  ] as const)('has the law of its definition, from every x_t and for every f: %s', async (_, reverse, isMixture) => {
    for (const xt of Array.from({ length: K }, (__, k) => k)) {
      for (const [opinion, height] of Object.entries(opinions)) {
        const peak = opinion === 'current' ? xt : (xt + 1) % K;
        const logits = Array.from({ length: K }, (__, k) => (k === peak ? height : 0));
        const total = logits.reduce((all, value) => all + Math.exp(value), 0);
        const expected = exactStep(
          transition,
          isMixture,
          logits.map((value) => Math.exp(value) / total),
          xt,
          2,
          numSteps,
        );
        const sampler = ancestralSampler({
          transition,
          denoiser: exactNetwork(reverse.prediction as Prediction, K, () => [logits]),
          reverse: reverse as ReverseProcess,
          shape: [examples, 1],
          rng: createRng(`${family} ${xt} ${opinion}`),
          initial: { values: new Int32Array(examples).fill(xt), shape: [examples, 1] },
        });
        await sampler.next();
        const { value } = await sampler.next();
        expect(value!.t).toBe(2);
        const counts = new Array<number>(K).fill(0);
        for (const state of value!.states.values) counts[state]!++;
        expectSampledFrom(counts, expected);
      }
    }
  });
});
