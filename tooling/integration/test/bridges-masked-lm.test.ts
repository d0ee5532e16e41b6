import { maskCountWeights } from '@d3pm/core';
import { exactBound, exactMixture, forwardChain, randomLaw, sequences, type ExactLogits, type ExactModel } from '@d3pm/core/testing';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { absorbingStep, randomLogits } from './oracle-families.ts';

/** Section 4 and A.3: "masked language models are diffusion models". Two words and a mask, three positions. */
const [K, L, MASK] = [3, 3, 2];
const examples = sequences(2, L);
const dataLaw = randomLaw(5, examples.length);
const subsets = Array.from({ length: 2 ** L }, (_, bits) => [...Array(L).keys()].filter((n) => (bits >> n) & 1));

function modelOf(T: number, logits: ExactLogits): { readonly model: ExactModel; readonly law: readonly number[] } {
  const chain = forwardChain({ numSteps: T, numPositions: L, step: (t) => absorbingStep(K, 1 / (T - t + 1), MASK), extraMask: MASK });
  const law = chain.sequences.map((x0) => {
    const at = examples.findIndex((example) => example.join() === x0.join());
    return at < 0 ? 0 : dataLaw[at]!;
  });
  return { model: { chain, prior: Array.from({ length: L }, () => [0, 0, 1]), reverse: exactMixture, logits }, law };
}

/** What a masked language model pays: E Σ_{masked} −log f(x_0,i | x_0 off the masked), x_0 from the data. */
function maskedNats(logits: ExactLogits, masked: readonly number[], t: number): number {
  return examples.reduce((sum, x0, index) => {
    const rows = logits(
      x0.map((word, n) => (masked.includes(n) ? MASK : word)),
      t,
    );
    const nats = masked.reduce((nll, n) => nll + Math.log(Math.exp(rows[n]![0]!) + Math.exp(rows[n]![1]!)) - rows[n]![x0[n]!]!, 0);
    return sum + dataLaw[index]! * nats;
  }, 0);
}

describe('the bound of absorbing noise with β_t = 1/(T − t + 1)', () => {
  it.each([1, 2, 5, 12])('is Σ_t 1/t of the masked cross-entropy, each word masked with probability t/T: T = %i', (T) => {
    const logits = randomLogits(7, K, { extraMask: MASK });
    let reweighted = 0;
    for (let t = 1; t <= T; t++) {
      for (const masked of subsets) {
        const prob = (t / T) ** masked.length * (1 - t / T) ** (L - masked.length);
        reweighted += (prob / t) * maskedNats(logits, masked, t);
      }
    }
    const { model, law } = modelOf(T, logits);
    const { totalNats, priorNats } = exactBound(model, law);
    expect(Math.abs(totalNats - priorNats - reweighted)).toBeLessThan(1e-13 * T);
    expect(reweighted).toBeGreaterThan(0.5);
  });

  it.each([1, 2, 5, 12])('is Σ_n w_n of the mean over all sets of n masks for a network that reads no time: T = %i', (T) => {
    const logits = randomLogits(9, K, { extraMask: MASK, timeFree: true });
    const choose = [1, 3, 3, 1];
    let reweighted = 0;
    for (let n = 1; n <= L; n++) {
      let weight = 0;
      for (let t = 1; t <= T; t++) weight += (1 / t) * choose[n]! * (t / T) ** n * (1 - t / T) ** (L - n);
      const sets = subsets.filter(({ length }) => length === n);
      reweighted += weight * (sets.reduce((sum, masked) => sum + maskedNats(logits, masked, 1), 0) / sets.length);
    }
    const { model, law } = modelOf(T, logits);
    const { totalNats, priorNats } = exactBound(model, law);
    expect(Math.abs(totalNats - priorNats - reweighted)).toBeLessThan(1e-13 * T);
  });
});

describe('the weights w_n', () => {
  const weightsOf = (T: number, positions: number): Float64Array =>
    maskCountWeights(absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {}), positions).weights;
  /** How far w_n is from its limit 1/n, as a factor. */
  const farthest = (T: number, positions: number): number =>
    weightsOf(T, positions).reduce((worst, weight, n) => (n === 0 ? worst : Math.max(worst, Math.abs(weight * n - 1))), 0);

  it('are those of Σ_t 1/t · Binom(n; L, t/T)', () => {
    const weights = weightsOf(5, 2);
    const expected = [1, 2, 3, 4, 5].reduce(
      ([one, two], t) => [one! + (2 / t) * (t / 5) * (1 - t / 5), two! + (1 / t) * (t / 5) ** 2],
      [0, 0],
    );
    expect(Math.abs(weights[1]! - expected[0]!)).toBeLessThan(1e-15);
    expect(Math.abs(weights[2]! - expected[1]!)).toBeLessThan(1e-15);
  });

  it('tend to 1/n, and are not 1/n at the T that are in use', () => {
    expect(farthest(1000, 128)).toBeCloseTo(0.065, 3);
    expect(farthest(1000, 256)).toBeCloseTo(0.133, 3);
    expect(farthest(20, 256)).toBeGreaterThan(10);
    expect(farthest(1_000_000, 3)).toBeLessThan(2e-6);
  });
});
