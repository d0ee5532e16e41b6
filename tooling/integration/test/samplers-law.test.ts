import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, leaveOneOut, mixture, plugIn, stepGrid, type Prediction, type ReverseProcess, type States } from '@d3pm/core';
import {
  exactDenoiser,
  exactLeaveOneOutReverse,
  exactMixture,
  exactModelLaw,
  exactPlugIn,
  exactReverseRows,
  expectSampledFrom,
  marginalLaw,
  productLaw,
  type ExactLogits,
  type ExactModel,
  type ExactReverse,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, finalStates, forwardTrajectory, samplePrior } from '@d3pm/samplers';
import { countSequences, exactNetwork } from './exact-network.ts';
import { familyNames, makeFamily, randomLogits, type Family } from './oracle-families.ts';

beforeAll(async () => {
  await prepareEngine();
});

const examples = 6_000;
const seed = 11;

const modelOf = ({ chain, prior }: Family, reverse: ExactReverse, logits: ExactLogits, numSteps: number = chain.numSteps): ExactModel => ({
  chain,
  prior,
  reverse,
  logits,
  grid: [...stepGrid(chain.numSteps, numSteps)],
});

interface SampleOptions {
  readonly numSteps?: number;
  readonly lastStep?: 'argmax' | 'sample';
}

function sample<P extends Prediction>(
  { transition }: Family,
  reverse: ReverseProcess<P>,
  logits: ExactLogits,
  options: SampleOptions = {},
): Promise<States> {
  const denoiser = exactNetwork(reverse.prediction as NoInfer<P>, transition.numStates, logits);
  return finalStates(ancestralSampler({ transition, denoiser, reverse, shape: [examples, 2], rng: createRng(seed), ...options }));
}

const wrongLogits = (family: Family): ExactLogits =>
  randomLogits(5, family.chain.numStates, family.chain.extraMask === undefined ? {} : { extraMask: family.chain.extraMask });

describe.each(familyNames)('ancestral sampling of %s noise', (name) => {
  const family = makeFamily(name, { seed: 3, numSteps: 5 });
  const { chain } = family;
  const logits = wrongLogits(family);

  it.each([
    ['mixture', mixture(), exactMixture],
    ['plug-in', plugIn(), exactPlugIn({ firstStep: 'bayes' })],
    ['plug-in, f at the first step', plugIn({ firstStep: 'denoiser' }), exactPlugIn({ firstStep: 'denoiser' })],
  ] as const)('draws from the enumerated law of a wrong denoiser: %s', async (_, reverse, exactReverse) => {
    const states = await sample(family, reverse, logits);
    expectSampledFrom(countSequences(states, chain.numStates), exactModelLaw(modelOf(family, exactReverse, logits)));
  });

  it('draws from the enumerated law: leave-one-out', async () => {
    const states = await sample(family, leaveOneOut(), logits);
    expectSampledFrom(countSequences(states, chain.numStates), exactModelLaw(modelOf(family, exactLeaveOneOutReverse, logits)));
  });

  it('of 2 of 5 steps draws from the law of that chain, which is another', async () => {
    const states = await sample(family, mixture(), logits, { numSteps: 2 });
    const counts = countSequences(states, chain.numStates);
    expectSampledFrom(counts, exactModelLaw(modelOf(family, exactMixture, logits, 2)));
    expect(() => expectSampledFrom(counts, exactModelLaw(modelOf(family, exactMixture, logits)))).toThrow(/expectSampledFrom/);
  });

  it('with argmax ends in the mode of p(x_0 | x_1), x_1 drawn', async () => {
    const states = await sample(family, mixture(), logits, { lastStep: 'argmax' });
    const model = modelOf(family, exactMixture, logits);
    const expected = new Array<number>(chain.sequences.length).fill(0);
    lawOfFirst(model).forEach((prob, from) => {
      const mode = exactReverseRows(model, chain.sequences[from]!, 0, 1).map((row) => row.indexOf(Math.max(...row)));
      expected[mode.reduce((index, state) => index * chain.numStates + state, 0)]! += prob;
    });
    expectSampledFrom(countSequences(states, chain.numStates), expected);
  });

  it('starts in the prior and its forward trajectory keeps the law of Eq. (3)', async () => {
    const { transition, prior, dataLaw } = family;
    const rng = createRng(seed);
    const start = await samplePrior(transition, { shape: [examples, 2], rng });
    expectSampledFrom(countSequences(start, chain.numStates), productLaw(chain, prior));
    const x0 = drawData(family);
    const path = [...forwardTrajectory({ transition, states: x0, ts: [0, 2, 3, 5], rng })];
    expect(path.map(({ t }) => t)).toEqual([0, 2, 3, 5]);
    expect(path[0]!.states).toBe(x0);
    for (const { t, states } of path) expectSampledFrom(countSequences(states, chain.numStates), marginalLaw(chain, dataLaw, t));
    // One coupled path: the pair (x_2, x_3) has the law of the chain, not of independent draws.
    const pairs = new Array<number>(chain.sequences.length ** 2).fill(0);
    for (let b = 0; b < examples; b++) {
      const at = (step: number): number =>
        path[step]!.states.values.subarray(2 * b, 2 * b + 2).reduce((index, state) => index * chain.numStates + state, 0);
      pairs[at(1) * chain.sequences.length + at(2)]! += 1;
    }
    const step = chain.sequences.map((from) =>
      productLaw(
        chain,
        from.map((state, n) => chain.between(2, 3, n)[state]!),
      ),
    );
    expectSampledFrom(
      pairs,
      marginalLaw(chain, dataLaw, 2).flatMap((prob, from) => step[from]!.map((next) => prob * next)),
    );
  });
});

describe('with nothing left to learn', () => {
  it.each(['uniform', 'absorbing, extra mask', 'discretised Gaussian'] as const)(
    'the exact denoiser of %s noise and the mixture sample the model, near the data',
    async (name) => {
      const family = makeFamily(name, { seed: 3, numSteps: 5 });
      const logits = exactDenoiser(family.chain, family.dataLaw);
      const states = await sample(family, mixture(), logits);
      const law = exactModelLaw(modelOf(family, exactMixture, logits));
      expectSampledFrom(countSequences(states, family.chain.numStates), law);
      // A chain of 5 steps that treats positions apart is not the data, but it is not far: total variation.
      expect(law.reduce((sum, prob, i) => sum + Math.abs(prob - family.dataLaw[i]!), 0) / 2).toBeLessThan(0.2);
    },
  );
});

describe('an extra mask', () => {
  const family = makeFamily('absorbing, extra mask', { seed: 7, numSteps: 5 });

  it('is drawn by the general path to the same law as in two stages', async () => {
    const logits = wrongLogits(family);
    const general: ReverseProcess<'denoiser'> = { ...mixture(), unmasksIndependently: false };
    const law = exactModelLaw(modelOf(family, exactMixture, logits));
    for (const reverse of [mixture(), general])
      expectSampledFrom(countSequences(await sample(family, reverse, logits), family.chain.numStates), law);
  });
});

/** The law of x_1 under the model: the chain without its last step. */
function lawOfFirst(model: ExactModel): number[] {
  const steps = Array.from({ length: model.chain.numSteps }, (_, i) => i + 1);
  return exactModelLaw({ ...model, grid: steps });
}

/** Two positions of data, each sequence about as often as it is likely. */
function drawData({ chain, dataLaw }: Family): States {
  const rng = createRng(99);
  const values = new Int32Array(2 * examples);
  for (let b = 0; b < examples; b++) {
    let remaining = rng.float64(b);
    const found = dataLaw.findIndex((prob) => (remaining -= prob) < 0);
    values.set(chain.sequences[found]!, 2 * b);
  }
  return { values, shape: [examples, 2] };
}
