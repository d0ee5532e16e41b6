import { createRng, mixture, sampleForward, type Denoiser, type States, type Transition } from '@d3pm/core';
import { expectSampledFrom } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, finalStates, type AncestralSamplerOptions } from '@d3pm/samplers';
import { fromArray } from '@d3pm/schedules';
import { absorbing, uniform } from '@d3pm/transitions';
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

await prepareEngine({ backend: 'cpu' });

const [T, HALF, EXAMPLES] = [4, 2, 20_000];
const LAW = [0.6, 0.3, 0.1];
const schedule = fromArray({ unit: 'jump-probability', noise: [0.3, 0.4, 0.5, 1] });
const chains: Readonly<Record<string, Transition>> = {
  uniform: uniform.create({ numStates: 3, schedule }, {}),
  absorbing: absorbing.create({ numStates: 4, schedule }, {}),
};

/** q(x_0 | x_t) of one position, and the steps that it was asked for. */
function exact(transition: Transition): Denoiser<'denoiser'> & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    prediction: 'denoiser',
    numStates: transition.numStates,
    timeFree: false,
    numSteps: T,
    logits: (states: Tensor, t) => {
      asked.push(t as number);
      const table = transition.toDense(0, t as number);
      const K = transition.numStates;
      const rows = Array.from(states.dataSync(), (xt) =>
        Array.from({ length: K }, (_, x0) => Math.log((LAW[x0] ?? 0) * table[x0 * K + xt]!)),
      );
      return tensor(Float32Array.from(rows.flat()), [...states.shape, K]);
    },
  };
}

/** x_0 of the law, each state as often as it says. */
const data: States = {
  values: Int32Array.from({ length: EXAMPLES }, (_, i) => (i < 0.6 * EXAMPLES ? 0 : i < 0.9 * EXAMPLES ? 1 : 2)),
  shape: [EXAMPLES, 1],
};

describe.each(Object.entries(chains))('ancestralSampler from x_t, %s', (_, transition) => {
  const initial = sampleForward(transition, data, { t: HALF, rng: createRng('noise') });
  const options = (more: Partial<AncestralSamplerOptions<'denoiser'>> = {}): AncestralSamplerOptions<'denoiser'> => ({
    transition,
    denoiser: exact(transition),
    reverse: mixture(),
    shape: data.shape,
    rng: createRng('samples'),
    initial,
    initialStep: HALF,
    ...more,
  });

  it.each([undefined, 1])('gives the law of the data back where the network is exact, in %s steps', async (numSteps) => {
    const { values } = await finalStates(ancestralSampler(options(numSteps === undefined ? {} : { numSteps })));
    const counts = LAW.map((_, state) => values.reduce((count, value) => count + (value === state ? 1 : 0), 0));
    expectSampledFrom(counts, LAW);
  });

  it('asks the network for the steps from there on, and says where it is', async () => {
    const denoiser = exact(transition);
    const ts: number[] = [];
    for await (const { t } of ancestralSampler(options({ denoiser }))) ts.push(t);
    expect(ts).toEqual([2, 1, 0]);
    expect(denoiser.asked).toEqual([2, 1]);
  });

  it('refuses what has no meaning', () => {
    const { initial: _initial, ...without } = options();
    expect(() => ancestralSampler(without)).toThrow('give x_2 as initial');
    expect(() => ancestralSampler(options({ initialStep: 5 }))).toThrow('initialStep is 5');
    expect(() => ancestralSampler(options({ numSteps: 3 }))).toThrow('numSteps is 3');
  });
});
