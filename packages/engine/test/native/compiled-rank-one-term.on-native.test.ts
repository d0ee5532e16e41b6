import { engine, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';

/** The operations are for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

const CLASSES = [1, 2, 5, 15, 16, 17, 28, 33, 128, 257];

interface Term {
  readonly logits: readonly number[];
  readonly x0: number;
  readonly xt: number;
  /** 1 − ᾱ_s, 0 for s = 0, and 1 − α(s→t). */
  readonly redrawn: number;
  readonly step: number;
  readonly pi: readonly number[];
  readonly mixture: boolean;
  readonly bayes: boolean;
  readonly lambda: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const normalized = (values: readonly number[]): number[] => {
  const total = sum(values);
  return values.map((value) => value / total);
};

/** x − log(1 + x) for 1 + x = p / q: its logarithm where x is nearly −1, its series where x is nearly 0. */
function phi(p: number, q: number): number {
  const x = (p - q) / q;
  if (Math.abs(x) > 1e-2) return x - Math.log(p / q);
  let series = 0;
  for (let power = 9; power >= 2; power--) series = series * -x + 1 / power;
  return series * x * x;
}

/**
 * L_{t−1} + λ CE_t in float64 from Q(s→t) = α I + (1 − α) 1 πᵀ by the rule of Bayes, over all classes. Only the last step is not by the
 * book: KL(q ‖ p) = Σ q φ(p/q − 1), since both sum to 1, which keeps the digits of a small one.
 */
function oracle({ logits, x0, xt, redrawn, step, pi, mixture, bayes, lambda }: Term): number {
  const top = Math.max(...logits);
  const f = normalized(logits.map((x) => Math.exp(x - top)));
  const nll = Math.log1p(sum(logits.map((x, i) => (i === x0 ? 0 : Math.exp(x - logits[x0]!)))));
  // 1 − ᾱ_t = 1 − ᾱ_s + ᾱ_s (1 − α)
  const redrawnT = redrawn + (1 - redrawn) * step;
  const transition = (jump: number, from: number, to: number): number => (from === to ? 1 - jump : 0) + jump * pi[to]!;
  const toCurrent = logits.map((_, i) => transition(redrawnT, i, xt));
  if (redrawn === 0) {
    const odds = sum(f.map((prob, i) => (i === x0 ? 0 : (prob * toCurrent[i]!) / (f[x0]! * toCurrent[x0]!))));
    return (bayes ? Math.log1p(odds) : nll) + lambda * nll;
  }
  const weights = mixture ? f.map((prob, i) => prob / toCurrent[i]!) : f;
  const total = sum(weights);
  const likelihood = logits.map((_, j) => transition(step, j, xt));
  const q = normalized(likelihood.map((c, j) => c * transition(redrawn, x0, j)));
  const p = normalized(likelihood.map((c, j) => c * ((1 - redrawn) * weights[j]! + redrawn * pi[j]! * total)));
  return sum(q.map((prob, j) => prob * phi(p[j]!, prob))) + lambda * nll;
}

/** Central differences of fourth order by the logits of some classes. With this step they end at some 10⁻¹³ of the value. */
function gradientOf(term: Term, classes: readonly number[] = [...term.logits.keys()]): number[] {
  const h = 2e-3;
  const at = (i: number, by: number): number => oracle({ ...term, logits: term.logits.map((x, j) => (j === i ? x + by : x)) });
  return classes.map((i) => (8 * (at(i, h) - at(i, -h)) - (at(i, 2 * h) - at(i, -2 * h))) / (12 * h));
}

/** What the operation gives for terms of one chain and setting, each its own example. */
function termsOf(terms: readonly Term[]): { values: number[]; gradients: number[][] } {
  const [{ pi, mixture, bayes, lambda, logits }] = terms as [Term];
  const chain = terms.flatMap(({ redrawn, step }) => {
    const ofStart = redrawn === 0 ? [1, 1] : [1 - redrawn, redrawn];
    const redrawnT = redrawn + (1 - redrawn) * step;
    return [...ofStart, 1 - step, step, 1 - redrawnT, redrawnT, redrawn === 0 ? 1 : 0];
  });
  const states = (of: (term: Term) => number): Tensor => tensor(Int32Array.from(terms, of), [terms.length], 'int32');
  const [values, all] = tidy(() => {
    const inputs: NamedTensorMap = {
      logits: tensor(Float32Array.from(terms.flatMap((term) => term.logits)), [terms.length, logits.length]),
      x0: states(({ x0 }) => x0),
      xt: states(({ xt }) => xt),
      chain: tensor(Float32Array.from(chain), [terms.length, 7]),
      target: tensor(Float32Array.from(pi), [pi.length]),
      setting: tensor(Float32Array.of(mixture ? 1 : 0, bayes ? 1 : 0, lambda), [3]),
    };
    return engine()
      .runKernel<Tensor[]>('D3pmRankOneTerm', inputs)
      .map((output) => Array.from(output.dataSync()));
  }) as [number[], number[]];
  return { values, gradients: terms.map((_, r) => all.slice(r * logits.length, (r + 1) * logits.length)) };
}

/** Largest |actual − expected| / scale; NaN is an infinite one. */
function largestError(actual: readonly number[], expected: readonly number[], scale = 1): number {
  if (actual.length !== expected.length) return Infinity;
  return actual.reduce((worst, value, i) => {
    if (value === expected[i]) return worst;
    const error = Math.abs(value - expected[i]!) / scale;
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

/** The gradient against its largest part, since its parts cancel in a sum of 0; not against what differences of the oracle do not tell from 0. */
function gradientError(actual: readonly number[], term: Term, floor = 0): number {
  const classes = [...term.logits.keys()].filter((i) => i < 20 || i === term.x0 || i === term.xt || i === term.logits.length - 1);
  const expected = gradientOf(term, classes);
  const scale = Math.max(...expected.map(Math.abs), 1e-7 * oracle(term), floor, Number.MIN_VALUE);
  return largestError(
    classes.map((i) => actual[i]!),
    expected,
    scale,
  );
}

const relativeError = (actual: number, expected: number): number => largestError([actual], [expected], Math.abs(expected));
const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
const uniform = (classes: number): number[] => new Array<number>(classes).fill(1 / classes);
const uneven = (classes: number): number[] => normalized(Array.from({ length: classes }, (_, i) => 1 + (i % 5)));
/** float32 logits that do not repeat. */
const wave = (classes: number, spread: number, seed: number): number[] =>
  Array.from({ length: classes }, (_, i) => Math.fround(spread * Math.sin((i + seed) * (i + 2 * seed) * 0.37)));

const SETTINGS = [true, false].flatMap((mixture) => [
  { mixture, bayes: true, lambda: 0 },
  { mixture, bayes: false, lambda: 0.01 },
]);

describe.skipIf(isCard)('D3pmRankOneTerm', () => {
  it.each(CLASSES)('has the value and the gradient of %i classes at every kind of step', (classes) => {
    const steps = [
      [0.1, 0.2],
      [0.95, 0.5],
      [1e-3, 1e-3],
      [0, 0.01],
      [0, 0.5],
    ] as const;
    for (const { mixture, bayes, lambda } of SETTINGS) {
      const terms = steps.flatMap(([redrawn, step], i) =>
        [0, 1].map((away): Term => {
          const x0 = (3 * i + classes - 1) % classes;
          const xt = (x0 + away * Math.max(1, Math.floor(classes / 2))) % classes;
          return { logits: wave(classes, 3, i + 1), x0, xt, redrawn, step, pi: uneven(classes), mixture, bayes, lambda };
        }),
      );
      const { values, gradients } = termsOf(terms);
      for (const [r, term] of terms.entries()) {
        // As the formula says of itself: some 10⁻⁶.
        expect(relativeError(values[r]!, oracle(term))).toBeLessThan(1e-5);
        expect(gradientError(gradients[r]!, term)).toBeLessThan(1e-5);
      }
    }
  });

  it('is right relative to itself for an f that knows x0, where KL is far below a rounding of its logarithms', () => {
    const property = fc.property(
      fc.constantFrom(2, 16, 28, 33),
      fc.integer({ min: 4, max: 15 }),
      fc.constantFrom(...SETTINGS),
      fc.constantFrom([0.3, 0.1], [0.02, 0.005], [0, 0.02]),
      fc.nat(32),
      fc.boolean(),
      (classes, lead, setting, [redrawn, step], at, stays) => {
        const x0 = at % classes;
        const xt = stays ? x0 : (x0 + 1) % classes;
        const logits = wave(classes, 1, 2).map((x, i) => (i === x0 ? lead : x));
        const term: Term = { logits, x0, xt, redrawn: redrawn!, step: step!, pi: uniform(classes), ...setting };
        const { values, gradients } = termsOf([term]);
        expect(relativeError(values[0]!, oracle(term))).toBeLessThan(1e-5);
        expect(gradientError(gradients[0]!, term)).toBeLessThan(1e-5);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  it.each(SETTINGS)('is right for a sure and wrong f at the first steps, %o', (setting) => {
    for (const classes of [2, 16, 33]) {
      for (const [redrawn, step] of [
        [2e-4, 1e-4],
        [1e-5, 1e-5],
        [0, 1e-5],
      ] as const) {
        const x0 = classes - 1;
        const terms = [x0, 0, Math.floor(classes / 2)].map((xt): Term => {
          const logits = wave(classes, 1, 3).map((x, i) => (i === 0 ? 20 : x));
          return { logits, x0, xt, redrawn, step, pi: uniform(classes), ...setting };
        });
        const { values, gradients } = termsOf(terms);
        for (const [r, term] of terms.entries()) {
          expect(relativeError(values[r]!, oracle(term))).toBeLessThan(1e-5);
          // That of the wrong class is y − f Σ y with f = 1 and y up to 1: one far below y is right to its roundings, 5·10⁻⁸, and no more.
          expect(gradientError(gradients[r]!, term, 5e-3)).toBeLessThan(1e-5);
        }
      }
    }
  });

  it('keeps a KL of 10⁻¹² and less, and has 0 for an f that excludes all but x0', () => {
    const pi = uniform(28);
    for (const lead of [20, 30]) {
      const logits = wave(28, 1, 5).map((x, i) => (i === 4 ? lead : x));
      const term: Term = { logits, x0: 4, xt: 9, redrawn: 0.5, step: 0.1, pi, mixture: true, bayes: true, lambda: 0 };
      // To second order in what f gives to others: float64 ratios p/q lose a thousandth of a KL of 10⁻²⁶.
      const expected = oracle(term);
      expect(expected).toBeLessThan(1e-12);
      expect(relativeError(termsOf([term]).values[0]!, expected)).toBeLessThan(lead === 20 ? 1e-5 : 1e-2);
    }
    const sure = Array.from({ length: 28 }, (_, i) => (i === 4 ? 0 : -Infinity));
    for (const setting of SETTINGS) {
      for (const redrawn of [0, 0.3]) {
        const { values, gradients } = termsOf([4, 9].map((xt): Term => ({ logits: sure, x0: 4, xt, redrawn, step: 0.1, pi, ...setting })));
        expect(largest(values)).toBe(0);
        expect(largest(gradients.flat())).toBe(0);
      }
    }
  });
});
