import { tensor } from '@tensorflow/tfjs-core';
import { boundTermNats, mixture, type Transition } from '@d3pm/core';
import { exactBound, exactMixture, forwardChain, randomLaw, sequences, type ExactModel, type Matrix } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { rankOneMixing } from '@d3pm/transitions';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomLogits } from './oracle-families.ts';

/** Section 4: "BERT is a one-step diffusion model", T = 1. Three words and a mask, two positions. */
const [K, L, MASK] = [4, 2, 3];
const EVERY = [...Array(K).keys()];
const WORDS = [0, 1, 2];

/** Q = α 1 e_mᵀ + β 1 1ᵀ/K + (1 − α − β) I */
const bertMatrix = (toMask: number, toRandom: number): Matrix =>
  EVERY.map((i) => EVERY.map((j) => (j === MASK ? toMask : 0) + toRandom / K + (i === j ? 1 - toMask - toRandom : 0)));

const examples = sequences(K, L).filter((x0) => !x0.includes(MASK));
const dataLaw = randomLaw(3, examples.length);
const logits = randomLogits(11, K, { extraMask: MASK });

/** −log f(x_0 = word | x_1) at a position: softmax over words. */
function nllNats(x1: readonly number[], position: number, word: number): number {
  const row = logits(x1, 1)[position]!;
  return Math.log(WORDS.reduce((sum, w) => sum + Math.exp(row[w]!), 0)) - row[word]!;
}

/** The bound of one step by exact enumeration. */
function oneStepModel(matrix: Matrix): { readonly model: ExactModel; readonly law: readonly number[] } {
  const chain = forwardChain({ numSteps: 1, numPositions: L, step: () => matrix, extraMask: MASK });
  const law = chain.sequences.map((x0) => {
    const at = examples.findIndex((example) => example.join() === x0.join());
    return at < 0 ? 0 : dataLaw[at]!;
  });
  const stationary = EVERY.map((j) => (j === MASK ? 2 / 3 : 0) + 1 / (3 * K));
  return { model: { chain, prior: new Array<readonly number[]>(L).fill(stationary), reverse: exactMixture, logits }, law };
}

describe('BERT as the paper has it: 10 % of words masked, 5 % redrawn, T = 1', () => {
  const { model, law } = oneStepModel(bertMatrix(0.1, 0.05));

  it('L_vb − L_T is the cross-entropy over all positions', () => {
    let crossEntropy = 0;
    examples.forEach((x0, index) => {
      for (const x1 of model.chain.sequences) {
        const q = x0.reduce((product, word, n) => product * bertMatrix(0.1, 0.05)[word]![x1[n]!]!, 1);
        crossEntropy += dataLaw[index]! * q * x0.reduce((sum, word, n) => sum + nllNats(x1, n, word), 0);
      }
    });
    const { totalNats, priorNats } = exactBound(model, law);
    expect(Math.abs(totalNats - priorNats - crossEntropy)).toBeLessThan(1e-13);
    expect(crossEntropy).toBeGreaterThan(1);
  });

  it('L_T does not depend on the network', () => {
    const another = exactBound({ ...model, logits: randomLogits(12, K, { extraMask: MASK }) }, law);
    const { priorNats, termNats } = exactBound(model, law);
    expect(another.priorNats).toBe(priorNats);
    expect(Math.abs(another.termNats[0]! - termNats[0]!)).toBeGreaterThan(0.01);
  });

  describe('in the library', () => {
    beforeAll(() => prepareEngine());
    const transition = (): Transition =>
      rankOneMixing({
        name: 'bert',
        schedule: { unit: 'jump-probability', numSteps: 1, noise: Float64Array.of(0.15) },
        target: Float64Array.from(EVERY, (j) => (j === MASK ? 2 / 3 : 0) + 1 / (3 * K)),
        extraMask: MASK,
      });

    it('the chain is that matrix', () => {
      expect([...transition().toDense(0, 1)].map((prob) => prob.toFixed(15))).toEqual(
        bertMatrix(0.1, 0.05)
          .flat()
          .map((prob) => prob.toFixed(15)),
      );
    });

    it('each term of the bound is that cross-entropy', () => {
      const pairs = examples.flatMap((x0) => sequences(K, L).map((x1) => ({ x0, x1 })));
      const ints = (rows: readonly (readonly number[])[]) => tensor(rows.flat(), [rows.length, L], 'int32');
      const given = tensor(
        pairs.flatMap(({ x1 }) => logits(x1, 1).flat()),
        [pairs.length, L, K],
      );
      const [x0, xt] = [ints(pairs.map((pair) => pair.x0)), ints(pairs.map(({ x1 }) => x1))];
      const nats = boundTermNats(transition(), mixture(), { x0, xt, s: 0, t: 1, logits: given }).dataSync();
      pairs.forEach((pair, b) => {
        const expected = pair.x0.reduce((sum, word, n) => sum + nllNats(pair.x1, n, word), 0);
        // float32: some 1e-7 of logarithms up to 5, in four roundings.
        expect(Math.abs(nats[b]! - expected)).toBeLessThan(3e-6);
      });
    });
  });
});

describe('BERT as it is shipped: 15 % of positions are chosen, of those 80 % masked, 10 % redrawn, 10 % left', () => {
  const [CHOSEN, MASKED, REDRAWN] = [0.15, 0.12, 0.015];
  const LEFT = CHOSEN - MASKED - REDRAWN;
  const matrix = bertMatrix(MASKED, REDRAWN);
  const { model, law } = oneStepModel(matrix);
  const bound = exactBound(model, law);
  const allPositions = bound.totalNats - bound.priorNats;

  /** Every choice at every position, with its probability: not chosen, masked, redrawn to each state, left. */
  const choices = (word: number): { readonly prob: number; readonly state: number; readonly chosen: boolean }[] => [
    { prob: 1 - CHOSEN, state: word, chosen: false },
    { prob: MASKED, state: MASK, chosen: true },
    ...EVERY.map((state) => ({ prob: REDRAWN / K, state, chosen: true })),
    { prob: LEFT, state: word, chosen: true },
  ];
  const expectation = (isScored: (choice: { readonly chosen: boolean }) => boolean): number => {
    let nats = 0;
    examples.forEach((x0, index) => {
      for (const first of choices(x0[0]!)) {
        for (const second of choices(x0[1]!)) {
          const x1 = [first.state, second.state];
          const scored = (isScored(first) ? nllNats(x1, 0, x0[0]!) : 0) + (isScored(second) ? nllNats(x1, 1, x0[1]!) : 0);
          nats += dataLaw[index]! * first.prob * second.prob * scored;
        }
      }
    });
    return nats;
  };
  const shipped = expectation(({ chosen }) => chosen);

  it('corrupts as the one-step chain with α = 12 % and β = 1.5 %, left words included', () => {
    expect(Math.abs(expectation(() => true) - allPositions)).toBeLessThan(1e-13);
  });

  it('is less than the bound, by the cross-entropy of the positions that it does not score', () => {
    const rest = expectation(({ chosen }) => !chosen);
    expect(Math.abs(shipped + rest - allPositions)).toBeLessThan(1e-13);
    expect(rest).toBeGreaterThan(0.1 * allPositions);
  });

  it('is the cross-entropy of all positions, each weighed by how likely it was chosen, given x_0 and x_1', () => {
    // A mask or another word was chosen; a word that is still there was, as often as it was left or drawn again.
    const weight = (x1: number, x0: number): number => (x1 === x0 ? (LEFT + REDRAWN / K) / (1 - CHOSEN + LEFT + REDRAWN / K) : 1);
    let reweighted = 0;
    examples.forEach((x0, index) => {
      for (const x1 of model.chain.sequences) {
        const q = x0.reduce((product, word, n) => product * matrix[word]![x1[n]!]!, 1);
        reweighted += dataLaw[index]! * q * x0.reduce((sum, word, n) => sum + weight(x1[n]!, word) * nllNats(x1, n, word), 0);
      }
    });
    expect(Math.abs(reweighted - shipped)).toBeLessThan(1e-13);
  });
});
