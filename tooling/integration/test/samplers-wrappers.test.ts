import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, toTensor, type Denoiser } from '@d3pm/core';
import { expectAllClose, expectNoLeak, expectSampledFrom, seededUniforms, sequences } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { autoregressiveSampler, finalStates, firstHittingSampler, withTemperature, withTopP } from '@d3pm/samplers';
import { memory, profile, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { autoregressiveChain, causalNetwork } from './autoregressive-chain.ts';
import { countSequences, exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';
import { K, MASK, predicted, smallChain } from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

/** A network that answers with rows of logits, whatever it is asked. */
function fixedNetwork(rows: readonly (readonly number[])[]): Denoiser<'denoiser'> {
  const numStates = rows[0]!.length;
  const values = Float32Array.from(rows.flat());
  return { prediction: 'denoiser', numStates, timeFree: true, logits: () => tensor(values, [1, rows.length, numStates]) };
}

function logitsOf(denoiser: Denoiser, positions: number): Float32Array {
  const states = toTensor({ values: new Int32Array(positions), shape: [1, positions] });
  const logits = denoiser.logits(states, 1);
  const values = logits.dataSync<'float32'>().slice();
  states.dispose();
  logits.dispose();
  return values;
}

/** The smallest set of classes with mass ≥ p and its ties, by a sort in float64. */
function nucleus(logits: readonly number[], p: number, extraMask: number): boolean[] {
  const probs = predicted(logits, extraMask);
  let mass = 0;
  let least = 0;
  for (const prob of probs.toSorted((a, b) => b - a)) {
    if (mass >= p) break;
    mass += prob;
    least = prob;
  }
  return probs.map((prob) => prob >= least && prob > 0);
}

const next = seededUniforms(4);
const random = (count: number, classes: number, scale: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: classes }, () => Math.fround(scale * (2 * next() - 1))));

describe('withTopP', () => {
  it.each([
    [0.05, 12, 3],
    [0.5, 12, 3],
    [0.9, 12, 6],
    [0.999, 40, 8],
    [0.9, 2000, 5],
    [0.3, 2000, 0.1],
  ])('keeps the classes that a sort in float64 keeps: p = %f of %i classes', (p, classes, scale) => {
    const rows = random(20, classes, scale);
    for (const extraMask of [-1, 5]) {
      const kept = logitsOf(withTopP(fixedNetwork(rows), { p, ...(extraMask >= 0 && { extraMask }) }), rows.length);
      const expected = rows.map((row) => nucleus(row, p, extraMask));
      expect(Array.from(kept, (logit) => logit > -Infinity)).toEqual(expected.flat());
      expect(Array.from(kept)).toEqual(rows.flatMap((row, i) => row.map((logit, c) => (expected[i]![c] ? logit : -Infinity))));
    }
  });

  it('holds a few tensors of the size of the logits, however many halvings', async () => {
    const size = 4 * 50 * 400;
    const wrapped = withTopP(fixedNetwork(random(50, 400, 3)), { p: 0.9 });
    const states = toTensor({ values: new Int32Array(50), shape: [1, 50] });
    const { peakBytes } = await profile(() => wrapped.logits(states, 1) as Tensor);
    states.dispose();
    expect(peakBytes / size).toBeLessThan(13);
  });

  it('keeps ties, whichever of them would do', () => {
    const kept = (p: number): boolean[] => Array.from(logitsOf(withTopP(fixedNetwork([[1, 0, 0, 0, -9]]), { p }), 1), (x) => x > -Infinity);
    expect(kept(0.4)).toEqual([true, false, false, false, false]);
    expect(kept(0.5)).toEqual([true, true, true, true, false]);
  });

  it('keeps the best class, however small p is, and every possible one at p near 1', () => {
    const rows = [[-Infinity, 3, 1, -30]];
    const kept = (p: number): boolean[] => Array.from(logitsOf(withTopP(fixedNetwork(rows), { p }), 1), (x) => x > -Infinity);
    expect(kept(1e-9)).toEqual([false, true, false, false]);
    expect(kept(1 - 1e-4)).toEqual([false, true, true, false]);
  });

  it.each([0, -1, 1.1, Number.NaN])('refuses p = %f', (p) => {
    expect(() => withTopP(fixedNetwork([[0, 1]]), { p })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });

  it('refuses a mask that is no state', () => {
    expect(() => withTopP(fixedNetwork([[0, 1]]), { p: 0.5, extraMask: 2 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });
});

describe('withTemperature', () => {
  it('divides the logits', () => {
    expectAllClose(logitsOf(withTemperature(fixedNetwork([[1, -2, -Infinity]]), 0.5), 1), [2, -4, -Infinity], { rtol: 1e-7, atol: 0 });
  });

  it.each([0, -1, Infinity, Number.NaN])('refuses %f', (temperature) => {
    expect(() => withTemperature(fixedNetwork([[0, 1]]), temperature)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });
});

describe('both', () => {
  const rows = random(3, 9, 3);

  it('leave the logits as they are at 1, to the bit', () => {
    const plain = logitsOf(fixedNetwork(rows), 3);
    expect(logitsOf(withTemperature(fixedNetwork(rows), 1), 3)).toEqual(plain);
    expect(logitsOf(withTopP(fixedNetwork(rows), { p: 1 }), 3)).toEqual(plain);
  });

  it.each([
    ['temperature', (denoiser: Denoiser<'denoiser'>) => withTemperature(denoiser, 0.7)],
    ['top-p', (denoiser: Denoiser<'denoiser'>) => withTopP(denoiser, { p: 0.8, extraMask: 3 })],
  ])('keep what a network says of itself, and leave no tensor: %s', (_, wrap) => {
    const full = { ...causalNetwork(4, 3), numSteps: 3, timeFree: true, causal: true } as const;
    expect(wrap(full)).toMatchObject({ prediction: 'denoiser', numStates: 4, timeFree: true, numSteps: 3, causal: true });
    const { startDecoding, numSteps, causal } = wrap(fixedNetwork(rows));
    expect([startDecoding, numSteps, causal]).toEqual([undefined, undefined, undefined]);
    const states = toTensor({ values: new Int32Array(3), shape: [1, 3] });
    expectNoLeak(() => wrap(fixedNetwork(rows.map((row) => row.slice(0, 4)))).logits(states, 1));
    states.dispose();
  });

  it('name a network that returns no tensor', () => {
    const broken = { ...fixedNetwork(rows), logits: () => Promise.resolve() as unknown as Tensor };
    expect(() => logitsOf(withTemperature(broken, 2), 3)).toThrow(expect.objectContaining({ code: 'DTYPE' }));
  });

  it('change a network that decodes as they change whole sequences', async () => {
    const network = causalNetwork(4, 3);
    const wrapped = withTopP(withTemperature(network, 1.5), { p: 0.7, extraMask: 3 });
    const { startDecoding: _, ...whole } = { ...wrapped };
    const before = memory().numTensors;
    const options = { transition: autoregressiveChain(4, 3), shape: [100, 3], rng: createRng(2) };
    const decoded = await finalStates(autoregressiveSampler({ ...options, denoiser: wrapped }));
    expect(memory().numTensors).toBe(before);
    expect(decoded).toEqual(await finalStates(autoregressiveSampler({ ...options, denoiser: whole })));
    expect(decoded).not.toEqual(await finalStates(autoregressiveSampler({ ...options, denoiser: network })));
  });

  it('give samples of the changed distributions', async () => {
    const logits = randomLogits(5, K, { extraMask: MASK, timeFree: true });
    const { transition } = smallChain();
    const denoiser = withTopP(withTemperature(exactNetwork('denoiser', K, logits, { timeFree: true }), 2), { p: 0.7, extraMask: MASK });
    const states = await finalStates(firstHittingSampler({ transition, denoiser, shape: [6000, 2], rng: createRng(2) }));
    const changed = (xt: readonly number[], n: number): number[] => {
      const warm = logits(xt, 1)[n]!.map((logit) => logit / 2);
      const kept = nucleus(warm, 0.7, MASK);
      return predicted(warm.map((logit, c) => (kept[c] ? logit : -Infinity)));
    };
    const law = sequences(K, 2).map(([a, b]) => {
      const order = (first: number, [value, other]: readonly [number, number]): number =>
        changed([MASK, MASK], first)[value]! * changed([MASK, MASK].with(first, value), 1 - first)[other]!;
      return (order(0, [a!, b!]) + order(1, [b!, a!])) / 2;
    });
    expectSampledFrom(countSequences(states, K), law);
  });
});
