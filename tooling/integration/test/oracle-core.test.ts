import { tensor, tidy, memory, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  boundTermNats,
  crossEntropyNats,
  denoiserFromLeaveOneOut,
  hybridLossNats,
  learnedPriorTermNats,
  leaveOneOutFromDenoiser,
  maskCountWeights,
  mixture,
  posteriorLogProbs,
  priorTermNats,
  restrictToCompatible,
  stepGrid,
  type ReverseProcess,
} from '@d3pm/core';
import {
  exactBound,
  exactHybridNats,
  exactMixture,
  exactReverseRows,
  expectAllClose,
  forwardLaw,
  klNats,
  posterior,
  type ExactLogits,
  type ExactModel,
  type ExactReverse,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { familyNames, makeFamily, randomLogits, type Family } from './oracle-families.ts';
import { processes } from './oracle-processes.ts';

beforeAll(async () => {
  await prepareEngine();
});

/** Predictions that know nothing of the data: moderate, confident, and with classes excluded. */
const predictions = [
  { kind: 'moderate', scale: 2, zeros: 0 },
  { kind: 'confident', scale: 1e4, zeros: 0 },
  { kind: 'with exact zeros', scale: 2, zeros: 0.4 },
] as const;

/**
 * float32 logits of size z carry an error of z · 2⁻²⁴; a few of them are subtracted and the log of a
 * table of float32 logarithms is added twice.
 */
const toleranceFor = (scale: number): { rtol: number; atol: number } => ({ rtol: 1e-5, atol: 1e-5 + scale * 2 ** -21 });

interface Row {
  readonly x0: readonly number[];
  readonly xt: readonly number[];
  readonly s: number;
  readonly t: number;
}

/** Every (x_0, x_t) that can happen, at every step of a grid. */
function possiblePairs({ chain, dataLaw }: Family, grid: readonly number[]): Row[] {
  return grid.slice(1).flatMap((t, i) => {
    const given = forwardLaw(chain, t);
    return chain.sequences.flatMap((x0, from) =>
      chain.sequences.flatMap((xt, to) => (dataLaw[from]! > 0 && given[from]![to]! > 0 ? [{ x0, xt, s: grid[i]!, t }] : [])),
    );
  });
}

const everyStep = ({ chain }: Family): number[] => Array.from({ length: chain.numSteps + 1 }, (_, t) => t);
const states = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(Int32Array.from(rows.flat()), [rows.length, rows[0]!.length], 'int32');
const steps = (values: readonly number[]): Int32Array => Int32Array.from(values);

/** One batch of all rows, each with its own steps. */
function batch(rows: readonly Row[], logits: ExactLogits, numStates: number) {
  const shape: [number, number, number] = [rows.length, rows[0]!.xt.length, numStates];
  return {
    x0: states(rows.map(({ x0 }) => x0)),
    xt: states(rows.map(({ xt }) => xt)),
    s: steps(rows.map(({ s }) => s)),
    t: steps(rows.map(({ t }) => t)),
    logits: tensor(Float32Array.from(rows.flatMap(({ xt, t }) => logits(xt, t).flat())), shape),
  };
}

/** The term of one pair: KL at each position, −log p_θ(x_0 | x_t) at s = 0. */
function exactTerm(model: ExactModel, { x0, xt, s, t }: Row): number {
  return exactReverseRows(model, xt, s, t).reduce(
    (sum, row, position) => sum + klNats(posterior(model.chain, { x0: x0[position]!, xt: xt[position]!, s, t, position }), row),
    0,
  );
}

const modelOf = ({ chain, prior }: Family, reverse: ExactReverse, logits: ExactLogits): ExactModel => ({ chain, prior, reverse, logits });

describe.each(familyNames)('core on %s noise against enumeration', (name) => {
  const family = makeFamily(name, { seed: 11, numSteps: 4 });
  const { transition, chain, dataLaw } = family;
  const K = chain.numStates;
  const allSteps = everyStep(family)
    .slice(1)
    .flatMap((t) => Array.from({ length: t }, (_, s) => ({ s, t })));

  it('is the transition of the paper: rows, columns and dense form over every interval', () => {
    const all = chain.sequences;
    tidy(() => {
      for (const { s, t } of allSteps) {
        const entry = (i: number, j: number, n: number): number => Math.log(chain.between(s, t, n)[i]![j]!);
        const classes = Array.from({ length: K }, (_, k) => k);
        for (let n = 0; n < (transition.positions ?? 1); n++) {
          expectAllClose(transition.toDense(s, t, n), chain.between(s, t, n).flat(), { rtol: 1e-12, atol: 1e-14 });
        }
        expectAllClose(
          transition.pushStates(states(all), s, t),
          all.flatMap((x) => x.flatMap((state, n) => classes.map((j) => entry(state, j, n)))),
        );
        expectAllClose(
          transition.pullStates(states(all), s, t),
          all.flatMap((x) => x.flatMap((state, n) => classes.map((i) => entry(i, state, n)))),
        );
      }
    });
  });

  it('has the posterior of Bayes’ rule for every (x_0, x_t) and s < t; −∞ where x_t cannot follow from x_0', () => {
    tidy(() => {
      const rows = allSteps.flatMap(({ s, t }) => chain.sequences.flatMap((x0) => chain.sequences.map((xt) => ({ x0, xt, s, t }))));
      const { x0, xt, s, t } = batch(rows, randomLogits(1, K), K);
      expectAllClose(
        posteriorLogProbs(transition, { x0, xt, s, t }),
        rows.flatMap((row) =>
          row.x0.flatMap((state, position) => posterior(chain, { ...row, x0: state, xt: row.xt[position]!, position }).map(Math.log)),
        ),
      );
    });
  });

  it('has L_T in float64', () => {
    const possible = chain.sequences.filter((_, i) => dataLaw[i]! > 0);
    const nats = priorTermNats(transition, { values: Int32Array.from(possible.flat()), shape: [possible.length, chain.numPositions] });
    expectAllClose(
      nats,
      possible.map(
        (x0) =>
          exactBound(
            modelOf(family, exactMixture, randomLogits(1, K)),
            chain.sequences.map((other) => (other === x0 ? 1 : 0)),
          ).priorNats,
      ),
      { rtol: 1e-12, atol: 1e-13 },
    );
  });

  describe.each(predictions)('with $kind predictions', ({ scale, zeros }) => {
    const logits = randomLogits(23, K, { scale, zeros, ...(chain.extraMask !== undefined && { extraMask: chain.extraMask }) });
    const tolerance = toleranceFor(scale);

    it.each(processes)('%s: log-probabilities of every step of every chain, in one batch', (_title, reverse, exact) => {
      tidy(() => {
        const rows = allSteps.flatMap(({ s, t }) => chain.sequences.map((xt) => ({ x0: xt, xt, s, t })));
        const model = modelOf(family, exact, logits);
        expectAllClose(
          (reverse as ReverseProcess).logProbs(transition, batch(rows, logits, K)),
          rows.flatMap(({ xt, s, t }) => exactReverseRows(model, xt, s, t).flat()),
          tolerance,
        );
      });
    });

    it.each(processes)('%s: every term of the bound', (_title, reverse, exact) => {
      tidy(() => {
        const rows = possiblePairs(family, everyStep(family));
        const model = modelOf(family, exact, logits);
        expectAllClose(
          boundTermNats(transition, reverse as ReverseProcess, batch(rows, logits, K)),
          rows.map((row) => exactTerm(model, row)),
          tolerance,
        );
      });
    });

    it.each(processes.slice(0, 4))('%s: cross-entropy of every pair', (_title, reverse, exact) => {
      tidy(() => {
        const rows = possiblePairs(family, everyStep(family));
        expectAllClose(
          crossEntropyNats(transition, reverse as ReverseProcess, batch(rows, logits, K)),
          rows.map(({ x0, xt, t }) =>
            logits(xt, t).reduce(
              (sum, row, position) => sum - exact.denoiserLogProbs!(chain, { logits: row, xt: xt[position]!, position, t })[x0[position]!]!,
              0,
            ),
          ),
          tolerance,
        );
      });
    });
  });

  it.each(processes.slice(0, 4))('%s: the hybrid loss averages to L_vb − L_T + λ Σ CE_t over t, x_0 and x_t', (_title, reverse, exact) => {
    const logits = randomLogits(29, K);
    const rows = possiblePairs(family, everyStep(family));
    for (const lambda of [0, 0.01, 1.5]) {
      const losses = tidy(() => hybridLossNats(transition, reverse as ReverseProcess, { ...batch(rows, logits, K), lambda }).dataSync());
      const mean = rows.reduce((sum, { x0, xt, t }, i) => {
        const weight =
          dataLaw[chain.sequences.indexOf(x0)]! * forwardLaw(chain, t)[chain.sequences.indexOf(x0)]![chain.sequences.indexOf(xt)]!;
        return sum + (weight * losses[i]!) / chain.numSteps;
      }, 0);
      expectAllClose([mean], [exactHybridNats(modelOf(family, exact, logits), dataLaw, lambda)], { rtol: 2e-6, atol: 0 });
    }
  });

  it('has the bound of the n-step chain on the grid ⌈iT/n⌉, also when n does not divide T', () => {
    const longer = makeFamily(name, { seed: 12, numSteps: 5 });
    const logits = randomLogits(31, K);
    for (const [count, expected] of [
      [1, [0, 5]],
      [2, [0, 3, 5]],
      [3, [0, 2, 4, 5]],
      [4, [0, 2, 3, 4, 5]],
      [5, [0, 1, 2, 3, 4, 5]],
    ] as const) {
      const grid = [...stepGrid(5, count)];
      expect(grid).toEqual(expected);
      const rows = possiblePairs(longer, grid);
      const terms = tidy(() => boundTermNats(longer.transition, mixture(), batch(rows, logits, K)).dataSync());
      const bound = rows.reduce((sum, { x0, xt, t }, i) => {
        const at = longer.chain.sequences.indexOf(x0);
        return sum + longer.dataLaw[at]! * forwardLaw(longer.chain, t)[at]![longer.chain.sequences.indexOf(xt)]! * terms[i]!;
      }, 0);
      const exact = exactBound({ ...modelOf(longer, exactMixture, logits), grid }, longer.dataLaw);
      expectAllClose([bound], [exact.totalNats - exact.priorNats], { rtol: 2e-6, atol: 0 });
    }
  });

  it('converts a denoiser to leave-one-out and back to itself on C(x_t)', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const logits = randomLogits(seed, K, { scale: 3 });
        const rows = everyStep(family)
          .slice(1)
          .flatMap((t) => chain.sequences.map((xt) => ({ x0: xt, xt, s: 0, t })));
        tidy(() => {
          const { logits: logProbs, xt, t } = batch(rows, logits, K);
          const converted = leaveOneOutFromDenoiser(transition, { logProbs, xt, t });
          expectAllClose(
            denoiserFromLeaveOneOut(transition, { logProbs: converted, xt, t }),
            restrictToCompatible(transition, { logProbs, xt, t }),
            {
              rtol: 1e-5,
              atol: 1e-5,
            },
          );
          const expected = rows.flatMap((row) =>
            logits(row.xt, row.t).flatMap((values, n) => {
              const weights = values.map((logit, c) => {
                const reached = chain.between(0, row.t, n)[c]![row.xt[n]!]!;
                return reached > 0 ? Math.exp(logit) / reached : 0;
              });
              const total = weights.reduce((sum, weight) => sum + weight, 0);
              return weights.map((weight) => (weight > 0 ? Math.log(weight / total) : -Infinity));
            }),
          );
          expectAllClose(converted, expected, { rtol: 1e-5, atol: 1e-5 });
        });
      }),
      { numRuns: 5 },
    );
  });
});

describe('the exact-count form of the absorbing bound', () => {
  const logits = randomLogits(37, 4, { timeFree: true });
  const subsets = (L: number): number[][] =>
    Array.from({ length: 2 ** L }, (_, bits) => Array.from({ length: L }, (_, n) => n).filter((n) => (bits >> n) & 1));

  it.each([
    { numSteps: 1, numPositions: 2 },
    { numSteps: 3, numPositions: 2 },
    { numSteps: 6, numPositions: 3 },
  ])('is the full bound of a time-free denoiser in float64: T = $numSteps, L = $numPositions', ({ numSteps, numPositions }) => {
    const family = makeFamily('absorbing, extra mask', { seed: 41, numSteps, numPositions });
    const { chain, dataLaw, transition } = family;
    const mask = chain.extraMask!;
    const { weights } = maskCountWeights(transition, numPositions);
    const all = subsets(numPositions);
    const countForm = chain.sequences.reduce((sum, x0, index) => {
      if (dataLaw[index] === 0) return sum;
      return all.reduce((inner, masked) => {
        if (masked.length === 0) return inner;
        const row = { xt: x0.map((state, n) => (masked.includes(n) ? mask : state)) };
        const predicted = logits(row.xt, 1);
        const nll = masked.reduce(
          (nats, n) => nats - exactMixture.denoiserLogProbs!(chain, { logits: predicted[n]!, xt: mask, position: n, t: 1 })[x0[n]!]!,
          0,
        );
        return inner + (dataLaw[index]! * weights[masked.length]! * nll) / all.filter(({ length }) => length === masked.length).length;
      }, sum);
    }, 0);
    const { totalNats, priorNats } = exactBound(modelOf(family, exactMixture, logits), dataLaw);
    expect(Math.abs(countForm - (totalNats - priorNats))).toBeLessThan(1e-12);
  });

  it('draws t given n from r_t · Binom(n; L, 1 − ᾱ_t)', () => {
    const { chain, transition } = makeFamily('absorbing, extra mask', { seed: 43, numSteps: 5 });
    const { weights, stepGivenCount } = maskCountWeights(transition, 2);
    const clean = (t: number): number => chain.between(0, t, 0)[0]![0]!;
    for (const count of [1, 2]) {
      const law = [1, 2, 3, 4, 5].map((t) => {
        const r = (clean(t - 1) - clean(t)) / (1 - clean(t));
        return r * (count === 1 ? 2 * (1 - clean(t)) * clean(t) : (1 - clean(t)) ** 2);
      });
      expect(weights[count]).toBeCloseTo(
        law.reduce((sum, weight) => sum + weight, 0),
        13,
      );
      let below = 0;
      law.forEach((weight, i) => {
        const [from, to] = [below / weights[count]!, (below + weight) / weights[count]!];
        below += weight;
        if (weight === 0) return;
        expect(stepGivenCount(count, from + 1e-9)).toBe(i + 1);
        expect(stepGivenCount(count, to - 1e-9)).toBe(i + 1);
      });
    }
  });

  it('is refused for a mask that data can be', () => {
    const { transition } = makeFamily('absorbing, re-used mask', { seed: 47, numSteps: 3 });
    expect(() => maskCountWeights(transition, 2)).toThrow(expect.objectContaining({ code: 'UNSOUND' }));
  });

  it('keeps w_n finite when the first steps do nothing: β = 0', () => {
    const { transition } = makeFamily('absorbing, extra mask', { seed: 47, numSteps: 3, betas: [0, 0.5, 1] });
    const later = makeFamily('absorbing, extra mask', { seed: 47, numSteps: 2, betas: [0.5, 1] });
    expectAllClose(maskCountWeights(transition, 2).weights, maskCountWeights(later.transition, 2).weights, { rtol: 1e-14, atol: 0 });
  });
});

it('an unmasked position stays what it is and costs 0, even when f excludes it', () => {
  const { transition } = makeFamily('absorbing, extra mask', { seed: 59, numSteps: 3 });
  tidy(() => {
    const x = tensor([[0, 2]], [1, 2], 'int32');
    const logits = tensor([-Infinity, 0, 1, 2, 0, 0, -Infinity, 5], [1, 2, 4]);
    expectAllClose(boundTermNats(transition, mixture(), { x0: x, xt: x, s: 1, t: 2, logits }), [0]);
  });
});

it('has L_T of a prior that differs by position under one Q', () => {
  const family = makeFamily('dense, asymmetric', { seed: 53, numSteps: 3 });
  const prior = [
    [0.2, 0.3, 0.5],
    [0.6, 0.3, 0.1],
  ];
  const transition = { ...family.transition, prior: { kind: 'fixed' as const, probs: Float64Array.from(prior.flat()) } };
  const nats = priorTermNats(transition, {
    values: Int32Array.from(family.chain.sequences.flat()),
    shape: [family.chain.sequences.length, 2],
  });
  const mean = family.dataLaw.reduce((sum, prob, i) => sum + prob * nats[i]!, 0);
  expectAllClose([mean], [exactBound({ ...modelOf(family, exactMixture, randomLogits(1, 3)), prior }, family.dataLaw).priorNats], {
    rtol: 1e-12,
    atol: 0,
  });
});

it('has L_T of a learned prior', () => {
  const family = makeFamily('uniform', { seed: 53, numSteps: 3 });
  const [a, b] = [
    [0.3, -1, 0.5],
    [2, 0, 0.1],
  ];
  const prior = [a!, b!].map((row) =>
    row.map((logit) => Math.exp(Math.fround(logit)) / row.reduce((sum, other) => sum + Math.exp(Math.fround(other)), 0)),
  );
  const before = memory().numTensors;
  tidy(() => {
    const transition = { ...family.transition, prior: { kind: 'learned' as const, logits: tensor([a!, b!]) } };
    const nats = learnedPriorTermNats(transition, states(family.chain.sequences)).dataSync();
    const mean = family.dataLaw.reduce((sum, prob, i) => sum + prob * nats[i]!, 0);
    expectAllClose([mean], [exactBound({ ...modelOf(family, exactMixture, randomLogits(1, 3)), prior }, family.dataLaw).priorNats], {
      rtol: 1e-5,
      atol: 1e-7,
    });
  });
  expect(memory().numTensors).toBe(before);
});
