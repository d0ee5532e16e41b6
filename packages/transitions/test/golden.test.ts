import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { tensor } from '@tensorflow/tfjs-core';
import { mixture, plugIn, posteriorLogProbs, type NoiseSchedule, type Transition } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { builtinTransitions, createTransitionRegistry, dense } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';

/** What `tooling/golden/transitions.py` writes; null is −∞. */
interface Golden<C> {
  readonly command: string;
  readonly numSteps: number;
  readonly cases: readonly C[];
}
interface Family {
  readonly family: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly numStates: number;
  readonly noise: readonly number[];
}
interface TransitionCase extends Family {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly tables: readonly {
    readonly s: number;
    readonly t: number;
    readonly probs: number[][];
    readonly logProbs: (number | null)[][];
  }[];
}
interface ReverseCase extends Family {
  readonly f: (number | null)[];
  readonly s: number;
  readonly t: number;
  readonly rows: readonly {
    readonly xt: number;
    readonly posterior: (number | null)[][];
    readonly mixture: (number | null)[];
    readonly plugIn: (number | null)[];
  }[];
}

const golden = <C>(name: string): Golden<C> =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as Golden<C>;
const registry = createTransitionRegistry(builtinTransitions);

function transitionOf({ family, options, numStates, noise }: Family, numSteps: number): Transition {
  if (family !== 'asymmetric') {
    const unit = registry.find(family).unit;
    return registry.fromConfig(
      { name: family, ...options },
      { numStates, schedule: { unit, numSteps, noise: Float64Array.from(noise) } as NoiseSchedule },
    );
  }
  const step = (t: number): Float64Array => {
    const weights = (i: number): number[] =>
      Array.from({ length: numStates }, (_, j) => ((7 * i + 3 * j + t) % 5) + (j === (i + 1) % numStates ? 1 : 0));
    return Float64Array.from({ length: numStates ** 2 }, (_, at) => {
      const row = weights(Math.floor(at / numStates));
      return row[at % numStates]! / row.reduce((sum, weight) => sum + weight, 0);
    });
  };
  return dense({
    name: family,
    numStates,
    numSteps,
    step,
    prior: { kind: 'fixed', probs: new Float64Array(numStates).fill(1 / numStates) },
  });
}

const title = ({ family, numStates, options }: Family): string => `${family} ${JSON.stringify(options)}, K = ${numStates}`;
const logs = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? -Infinity);

describe('golden tables', () => {
  const { cases, numSteps } = golden<TransitionCase>('transitions');
  it.each(cases.map((each) => [title(each), each] as const))('%s', (_, each) => {
    const transition = transitionOf(each, numSteps);
    const K = each.numStates;
    const select = (row: ArrayLike<number>): number[] => each.columns.map((column) => row[column]!);
    for (const { s, t, probs, logProbs } of each.tables) {
      const matrix = transition.toDense(s, t);
      // Products of 1e-280 and less are denormals on the way.
      expectAllClose(
        each.rows.flatMap((i) => select(matrix.subarray(i * K, (i + 1) * K))),
        probs.flat(),
        { rtol: 1e-12, atol: 1e-280 },
      );
      const rows = transition.pushStates(tensor([...each.rows], [each.rows.length], 'int32'), s, t).arraySync() as number[][];
      expectAllClose(rows.flatMap(select), logs(logProbs.flat()), { rtol: 1e-5, atol: 1e-6 });
      const columns = transition.pullStates(tensor([...each.columns], [each.columns.length], 'int32'), s, t).arraySync() as number[][];
      expectAllClose(
        each.rows.flatMap((i) => columns.map((column) => column[i]!)),
        logs(logProbs.flat()),
        { rtol: 1e-5, atol: 1e-6 },
      );
    }
    expect(each.tables.length).toBeGreaterThan(3);
  });
});

describe('golden posteriors and reverse steps', () => {
  const { cases, numSteps } = golden<ReverseCase>('reverse');
  it.each(cases.map((each) => [`${title(each)}, ${each.s} → ${each.t}`, each] as const))('%s', (_, each) => {
    const transition = transitionOf(each, numSteps);
    const { numStates: K, s, t } = each;
    const tolerance = { rtol: 1e-5, atol: 1e-6 };
    const probs = (logProbs: ArrayLike<number>): number[] => Array.from(logProbs, Math.exp);
    const expected = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? 0);
    for (const row of each.rows) {
      const xt = tensor([row.xt], [1, 1], 'int32');
      const logits = tensor(logs(each.f), [1, 1, K]);
      row.posterior.forEach((posterior, x0) => {
        expectAllClose(
          probs(posteriorLogProbs(transition, { x0: tensor([x0], [1, 1], 'int32'), xt, s, t }).dataSync()),
          expected(posterior),
          tolerance,
        );
      });
      expectAllClose(probs(mixture().logProbs(transition, { logits, xt, s, t }).dataSync()), normalized(expected(row.mixture)), tolerance);
      expectAllClose(probs(plugIn().logProbs(transition, { logits, xt, s, t }).dataSync()), expected(row.plugIn), tolerance);
    }
    expect(each.rows).toHaveLength(K);
  });
});

function normalized(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0 ? [...values] : values.map((value) => value / total);
}
