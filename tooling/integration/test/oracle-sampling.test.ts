import { tensor, tidy, tile, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createRng,
  mixture,
  sampleCategorical,
  sampleForward,
  stepGrid,
  stepOf,
  type Denoiser,
  type Prediction,
  type ReverseProcess,
  type States,
  type Steps,
} from '@d3pm/core';
import {
  exactMixture,
  exactModelLaw,
  exactReverseLaw,
  expectSampledFrom,
  forwardLaw,
  productLaw,
  type ExactLogits,
  type ForwardChain,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, finalStates } from '@d3pm/samplers';
import { familyNames, makeFamily, randomLogits } from './oracle-families.ts';
import { processes } from './oracle-processes.ts';

beforeAll(async () => {
  await prepareEngine();
});

/** The same sequence `count` times. */
function repeated(sequence: readonly number[], count: number): States {
  const values = new Int32Array(count * sequence.length);
  for (let b = 0; b < count; b++) values.set(sequence, b * sequence.length);
  return { values, shape: [count, sequence.length] };
}

/** How often each sequence of the chain was drawn. */
function countSequences({ sequences, numStates }: ForwardChain, { values, shape }: States): number[] {
  const counts = sequences.map(() => 0);
  const [size, length] = shape as [number, number];
  for (let b = 0; b < size; b++)
    counts[values.subarray(b * length, (b + 1) * length).reduce((index, state) => index * numStates + state, 0)]!++;
  return counts;
}

/** A network that looks its answer up. */
function tableDenoiser<P extends Prediction>(prediction: P, { numStates, sequences }: ForwardChain, logits: ExactLogits): Denoiser<P> {
  return {
    prediction,
    numStates,
    timeFree: false,
    logits: (states: Tensor, t: Steps) => {
      const [size, length] = states.shape as [number, number];
      const values = states.dataSync<'int32'>();
      const rows = Float32Array.from({ length: size * length * numStates }, () => 0);
      for (let b = 0; b < size; b++) {
        const index = values.subarray(b * length, (b + 1) * length).reduce((sum, state) => sum * numStates + state, 0);
        rows.set(logits(sequences[index]!, stepOf(t, b)).flat(), b * length * numStates);
      }
      return tensor(rows, [size, length, numStates]);
    },
  };
}

/** Those that are drawn by code of their own. */
const sampledFamilies = familyNames.filter((name) => !['banded', 'low rank, clusters', 'uniform and absorbing'].includes(name));

describe.each(sampledFamilies)('draws of %s noise', (name) => {
  const family = makeFamily(name, { seed: 61, numSteps: 3 });
  const { transition, chain } = family;
  const draws = 40_000;

  it.each([1, 2, 3])('x_%i has the law q(x_t | x_0)', (t) => {
    const x0 = chain.sequences.find((_, i) => family.dataLaw[i]! > 0 && chain.sequences[i]![0] !== chain.sequences[i]![1])!;
    const xt = sampleForward(transition, repeated(x0, draws), { t, rng: createRng(`forward ${t}`) });
    expectSampledFrom(countSequences(chain, xt), forwardLaw(chain, t)[chain.sequences.indexOf(x0)]!);
  });

  it('x_3 has the law q(x_3 | x_1), from an intermediate step, with a step per example', () => {
    const [x1, rng] = [chain.sequences[1]!, createRng('intermediate')];
    const t = Int32Array.from({ length: draws }, (_, b) => (b % 2 === 0 ? 3 : 2));
    const xt = sampleForward(transition, repeated(x1, draws), { s: 1, t, rng });
    for (const [parity, to] of [
      [0, 3],
      [1, 2],
    ] as const) {
      const chosen = Int32Array.from({ length: draws }, (_, i) => xt.values[2 * (2 * Math.floor(i / 2) + parity) + (i % 2)]!);
      expectSampledFrom(
        countSequences(chain, { values: chosen, shape: [draws / 2, 2] }),
        productLaw(
          chain,
          x1.map((state, n) => chain.between(1, to, n)[state]!),
        ),
      );
    }
  });

  it('gives the same forward draws in one batch of 8 and in 8 batches of 1', () => {
    const values = Int32Array.from({ length: 16 }, (_, i) => (chain.extraMask === 1 ? [0, 2, 3] : [0, 1, 2])[i % 3]!);
    const rng = createRng(67);
    const together = sampleForward(transition, { values, shape: [8, 2] }, { t: 2, rng });
    const alone = Array.from({ length: 8 }, (_, b) =>
      sampleForward(transition, { values: values.subarray(2 * b, 2 * b + 2), shape: [1, 2] }, { t: 2, rng, firstExample: b }),
    );
    expect([...together.values]).toEqual(alone.flatMap((states) => [...states.values]));
    expect([...together.values]).not.toEqual([...values]);
  });

  it.each(processes)('%s: one reverse step has the law p_θ(x_s | x_t)', async (_title, reverse, exact) => {
    const logits = randomLogits(71, chain.numStates);
    const [s, t] = [1, 2];
    const xt = chain.sequences.find((sequence) => sequence.includes(1) && sequence.includes(2))!;
    const logProbs = tidy(() => {
      const rows = tensor(logits(xt, t).flat(), [1, 2, chain.numStates]);
      return (reverse as ReverseProcess).logProbs(transition, { logits: rows, xt: tensor([[...xt]], [1, 2], 'int32'), s, t });
    });
    const many = tidy(() => tile(logProbs, [draws, 1, 1]));
    const drawn = await sampleCategorical(many, createRng('reverse'));
    logProbs.dispose();
    many.dispose();
    const law = exactReverseLaw({ chain, prior: family.prior, reverse: exact, logits }, s, t)[chain.sequences.indexOf(xt)]!;
    expectSampledFrom(countSequences(chain, drawn), law);
  });

  describe.each(processes)('the ancestral sampler with %s', (_title, reverse, exact) => {
    const logits = randomLogits(73, chain.numStates);
    const denoiser = tableDenoiser(reverse.prediction, chain, logits);
    const options = { transition, denoiser, reverse: reverse as ReverseProcess };

    it('samples the law that enumeration of all paths gives', async () => {
      const size = 8_000;
      const drawn = await finalStates(ancestralSampler({ ...options, shape: [size, 2], rng: createRng('ancestral') }));
      expectSampledFrom(countSequences(chain, drawn), exactModelLaw({ chain, prior: family.prior, reverse: exact, logits }));
    });

    it('gives the same samples in one batch of 8 and in 8 batches of 1', async () => {
      const rng = createRng(79);
      const together = await finalStates(ancestralSampler({ ...options, shape: [8, 2], rng }));
      const alone: number[] = [];
      for (let b = 0; b < 8; b++)
        alone.push(...(await finalStates(ancestralSampler({ ...options, shape: [1, 2], rng, firstExample: b }))).values);
      expect([...together.values]).toEqual(alone);
    });
  });

  it.each(processes.slice(0, 4))('the strided sampler with %s samples the law of the shorter chain', async (_title, reverse, exact) => {
    const logits = randomLogits(83, chain.numStates);
    const sampler = ancestralSampler({
      transition,
      denoiser: tableDenoiser(reverse.prediction, chain, logits),
      reverse: reverse as ReverseProcess,
      shape: [8_000, 2],
      rng: createRng('strided'),
      numSteps: 2,
    });
    const law = exactModelLaw({ chain, prior: family.prior, reverse: exact, logits, grid: [...stepGrid(3, 2)] });
    expectSampledFrom(countSequences(chain, await finalStates(sampler)), law);
  });
});

it('a mode taken at the last step is a biased law, and is told from the unbiased one', async () => {
  const { chain, transition, prior } = makeFamily('uniform', { seed: 61, numSteps: 3 });
  const logits = randomLogits(89, 3);
  const sampler = ancestralSampler({
    transition,
    denoiser: tableDenoiser('denoiser', chain, logits),
    reverse: mixture(),
    shape: [8_000, 2],
    rng: createRng('argmax'),
    lastStep: 'argmax',
  });
  const counts = countSequences(chain, await finalStates(sampler));
  expect(() => expectSampledFrom(counts, exactModelLaw({ chain, prior, reverse: exactMixture, logits }))).toThrow(/χ²/);
});

it('masks with probability 10⁻⁵ as often as it should: a rare event is not rounded away', () => {
  const { transition } = makeFamily('absorbing, extra mask', { seed: 97, numSteps: 2, betas: [1e-5, 1] });
  const drawn = sampleForward(transition, { values: new Int32Array(2_000_000), shape: [2, 1_000_000] }, { t: 1, rng: createRng('rare') });
  const masked = drawn.values.reduce((count, state) => count + (state === 1 ? 1 : 0), 0);
  expect(Math.abs(masked - 20)).toBeLessThan(6 * Math.sqrt(20));
  expect(masked).toBeGreaterThan(0);
});
