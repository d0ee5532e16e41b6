import type { Exponential, Transition, TransitionPlugin } from '@d3pm/core';
import { dense, defineTransition } from '@d3pm/transitions';

export interface GeneratorOptions {
  /** R, rows sum to 0. */
  readonly generator: readonly (readonly number[])[];
}

/**
 * `exp(αR)` of any small generator by uniformisation: R = λ (P − I), p exp(αR) = Σ_n Poisson(n; λα) p Pⁿ, which has no
 * negative term. A long time is halved until λα ≤ 1 and squared.
 */
function generatorExponential(
  { generator }: GeneratorOptions,
  rates: ArrayLike<number>,
): Exponential & { table(rate: number): Float64Array } {
  const lambda = Math.max(...generator.map((row, i) => -row[i]!));
  const jump = generator.map((row, i) => row.map((rate, j) => rate / lambda + (i === j ? 1 : 0)));
  const times = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] =>
    a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
  const exponentialOf = (rate: number): number[][] => {
    const halvings = Math.max(0, Math.ceil(Math.log2(lambda * Math.min(rate, 1e6 / lambda))));
    const time = (lambda * Math.min(rate, 1e6 / lambda)) / 2 ** halvings;
    let term: number[][] = jump.map((row, i) => row.map((_, j) => (i === j ? Math.exp(-time) : 0)));
    let sum = term;
    for (let n = 1; n < 30; n++) {
      term = times(term, jump).map((row) => row.map((x) => (x * time) / n));
      sum = sum.map((row, i) => row.map((x, j) => x + term[i]![j]!));
    }
    for (let n = 0; n < halvings; n++) sum = times(sum, sum);
    return sum.map((row) => row.map((x) => x / row.reduce((total, y) => total + y, 0)));
  };
  let latest: { readonly rate: number; readonly matrix: number[][] } | undefined;
  const matrix = (rate: number): number[][] => {
    if (latest?.rate !== rate) latest = { rate, matrix: exponentialOf(rate) };
    return latest.matrix;
  };
  return {
    rate: (s, t) =>
      Array.from(rates)
        .slice(s, t)
        .reduce((sum, beta) => sum + beta, 0),
    push: (probs, rate) => Float64Array.from(times([Array.from(probs)], matrix(rate))[0]!),
    table: (rate) => Float64Array.from(matrix(rate).flat()),
  };
}

/** A family of the generator given, by tables, that says what it is. */
export const generatorPlugin: TransitionPlugin<'test/generator', GeneratorOptions, 'rate'> = defineTransition({
  name: 'test/generator',
  unit: 'rate',
  parse: (options) => options as GeneratorOptions,
  create: ({ numStates, schedule }, options): Transition => {
    const { table, ...exponential } = generatorExponential(options, schedule.noise);
    return {
      ...dense({
        name: 'test/generator',
        numStates,
        numSteps: schedule.numSteps,
        step: (t) => table(schedule.noise[t - 1]!),
        prior: { kind: 'fixed', probs: table(Infinity).slice(0, numStates) },
      }),
      exponential,
    };
  },
});
