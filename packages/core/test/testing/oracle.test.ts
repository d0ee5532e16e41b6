import { describe, expect, it } from 'vitest';
import {
  codeLengthNats,
  exactBound,
  exactCrossEntropyNats,
  exactDenoiser,
  exactDirect,
  exactDirectReverse,
  exactHybridNats,
  exactLeaveOneOut,
  exactLeaveOneOutReverse,
  exactMixture,
  exactModelLaw,
  exactNllNats,
  exactPlugIn,
  exactReverseLaw,
  forwardChain,
  forwardLaw,
  identity,
  marginalLaw,
  posterior,
  power,
  randomLaw,
  times,
  transpose,
  type ExactLogits,
  type ExactModel,
  type Matrix,
} from '@d3pm/core/testing';

const asymmetric: Matrix = [
  [0.7, 0.2, 0.1],
  [0.05, 0.9, 0.05],
  [0.3, 0, 0.7],
];
const cyclic: Matrix = [
  [0.6, 0.4, 0],
  [0, 0.6, 0.4],
  [0.4, 0, 0.6],
];
/** Q differs by step and by position. */
const chain = forwardChain({ numSteps: 3, numPositions: 2, step: (t, position) => (t === 2 || position === 1 ? cyclic : asymmetric) });
const dataLaw = randomLaw(1, 9);
const prior = [randomLaw(2, 3), randomLaw(3, 3)];
const wrong: ExactLogits = (xt, t) => xt.map((state, n) => randomLaw(100 * t + 10 * n + 3 * xt[0]! + state, 3).map(Math.log));
const model: ExactModel = { chain, prior, reverse: exactMixture, logits: wrong };

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('matrices', () => {
  it('multiply, transpose and raise to powers by the definition', () => {
    expect(
      times(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ),
    ).toEqual([
      [19, 22],
      [43, 50],
    ]);
    expect(
      transpose([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(
      power(
        [
          [1, 1],
          [0, 1],
        ],
        5,
      ),
    ).toEqual([
      [1, 5],
      [0, 1],
    ]);
    expect(power(asymmetric, 0)).toEqual(identity(3));
  });
});

describe('the forward chain', () => {
  it('multiplies its steps in order, per position', () => {
    expect(chain.between(0, 3, 0)).toEqual(times(times(asymmetric, cyclic), asymmetric));
    expect(chain.between(1, 3, 1)).toEqual(times(cyclic, cyclic));
    expect(chain.between(2, 2, 0)).toEqual(identity(3));
  });

  it('gives laws that sum to 1 and sequences in the order of their digits', () => {
    expect(chain.sequences[5]).toEqual([1, 2]);
    forwardLaw(chain, 2).forEach((row) => expect(total(row)).toBeCloseTo(1, 14));
    expect(forwardLaw(chain, 2)[5]![7]).toBeCloseTo(chain.between(0, 2, 0)[1]![2]! * chain.between(0, 2, 1)[2]![1]!, 15);
    expect(total(marginalLaw(chain, dataLaw, 3))).toBeCloseTo(1, 14);
  });

  it('has the posterior of the joint law of a path', () => {
    const joint = [0, 1, 2].map((j) => chain.between(0, 1, 0)[2]![j]! * chain.between(1, 3, 0)[j]![1]!);
    posterior(chain, { x0: 2, xt: 1, s: 1, t: 3, position: 0 }).forEach((prob, j) =>
      expect(prob).toBeCloseTo(joint[j]! / total(joint), 14),
    );
    expect(posterior(chain, { x0: 0, xt: 2, s: 0, t: 1, position: 1 })).toEqual([0, 0, 0]);
  });
});

describe('exact predictions', () => {
  it('the denoiser averages to the data, and the leave-one-out follows from it by Bayes', () => {
    const [denoiser, leaveOneOut] = [exactDenoiser(chain, dataLaw), exactLeaveOneOut(chain, dataLaw)];
    const marginal = marginalLaw(chain, dataLaw, 2);
    const averaged = total(chain.sequences.map((xt, i) => marginal[i]! * Math.exp(denoiser(xt, 2)[1]![0]!)));
    expect(averaged).toBeCloseTo(total(dataLaw.filter((_, i) => chain.sequences[i]![1] === 0)), 14);
    chain.sequences.forEach((xt) => {
      xt.forEach((state, n) => {
        const weights = leaveOneOut(xt, 2)[n]!.map((logProb, c) => Math.exp(logProb) * chain.between(0, 2, n)[c]![state]!);
        denoiser(xt, 2)[n]!.forEach((logProb, c) => expect(Math.exp(logProb)).toBeCloseTo(weights[c]! / total(weights), 13));
      });
    });
  });

  it('the direct prediction is q(x_{t−1} | x_t), from the joint law', () => {
    const xt = [1, 2];
    const joint = [0, 1, 2].map((j) =>
      total(
        chain.sequences.map(
          ([a, b], i) => dataLaw[i]! * chain.between(0, 1, 0)[a!]![j]! * chain.between(1, 2, 0)[j]![1]! * chain.between(0, 2, 1)[b!]![2]!,
        ),
      ),
    );
    exactDirect(chain, dataLaw)(xt, 2)[0]!.forEach((logProb, j) => expect(Math.exp(logProb)).toBeCloseTo(joint[j]! / total(joint), 14));
  });
});

describe('the enumerated model', () => {
  it('sums over all paths: p_θ(x_0) by explicit paths', () => {
    const steps = [1, 2, 3].map((t) => exactReverseLaw(model, t - 1, t));
    const law = new Array<number>(9).fill(0);
    for (let x3 = 0; x3 < 9; x3++)
      for (let x2 = 0; x2 < 9; x2++)
        for (let x1 = 0; x1 < 9; x1++)
          for (let x0 = 0; x0 < 9; x0++) {
            const [a, b] = chain.sequences[x3]!;
            law[x0]! += prior[0]![a!]! * prior[1]![b!]! * steps[2]![x3]![x2]! * steps[1]![x2]![x1]! * steps[0]![x1]![x0]!;
          }
    exactModelLaw(model).forEach((prob, i) => expect(prob).toBeCloseTo(law[i]!, 14));
    expect(total(law)).toBeCloseTo(1, 13);
  });

  it('has a bound that is E log q(x_1…x_T | x_0) / p_θ(x_0…x_T), path by path, and lies above the NLL', () => {
    const steps = [1, 2, 3].map((t) => exactReverseLaw(model, t - 1, t));
    const forward = [1, 2, 3].map((t) =>
      chain.sequences.map((from) =>
        chain.sequences.map((to) => chain.between(t - 1, t, 0)[from[0]!]![to[0]!]! * chain.between(t - 1, t, 1)[from[1]!]![to[1]!]!),
      ),
    );
    let bound = 0;
    for (let x0 = 0; x0 < 9; x0++)
      for (let x1 = 0; x1 < 9; x1++)
        for (let x2 = 0; x2 < 9; x2++)
          for (let x3 = 0; x3 < 9; x3++) {
            const q = forward[0]![x0]![x1]! * forward[1]![x1]![x2]! * forward[2]![x2]![x3]!;
            const [a, b] = chain.sequences[x3]!;
            const p = prior[0]![a!]! * prior[1]![b!]! * steps[2]![x3]![x2]! * steps[1]![x2]![x1]! * steps[0]![x1]![x0]!;
            bound += q > 0 ? dataLaw[x0]! * q * Math.log(q / p) : 0;
          }
    expect(exactBound(model, dataLaw).totalNats).toBeCloseTo(bound, 12);
    expect(bound).toBeGreaterThan(exactNllNats(model, dataLaw));
    expect(exactNllNats(model, dataLaw)).toBeGreaterThan(codeLengthNats(dataLaw, dataLaw));
  });

  it('has the bound of the shorter chain on a grid', () => {
    const coarse = forwardChain({
      numSteps: 2,
      numPositions: 2,
      step: (t, n) => (t === 1 ? chain.between(0, 2, n) : chain.between(2, 3, n)),
    });
    const short = exactBound({ ...model, grid: [0, 2, 3] }, dataLaw);
    const whole = exactBound({ ...model, chain: coarse, logits: (xt, t) => wrong(xt, t + 1) }, dataLaw);
    expect(short.termNats).toHaveLength(2);
    expect(short.totalNats).toBeCloseTo(whole.totalNats, 13);
  });

  it('adds λ times the cross-entropy of every step to the hybrid loss', () => {
    const { totalNats, priorNats } = exactBound(model, dataLaw);
    const crossEntropy = exactCrossEntropyNats(model, dataLaw);
    expect(crossEntropy).toHaveLength(3);
    expect(exactHybridNats(model, dataLaw, 0)).toBeCloseTo(totalNats - priorNats, 14);
    expect(exactHybridNats(model, dataLaw, 0.5)).toBeCloseTo(totalNats - priorNats + 0.5 * total(crossEntropy), 13);
    expect(() => exactCrossEntropyNats({ ...model, reverse: exactDirectReverse }, dataLaw)).toThrow(/no distribution over x_0/);
  });

  it.each([
    exactMixture,
    exactPlugIn({ firstStep: 'bayes' }),
    exactPlugIn({ firstStep: 'denoiser' }),
    exactLeaveOneOutReverse,
    exactDirectReverse,
  ])('normalises $name', (reverse) => {
    [1, 2, 3].forEach((t) => exactReverseLaw({ ...model, reverse }, t - 1, t).forEach((row) => expect(total(row)).toBeCloseTo(1, 13)));
  });
});
