import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { mixture, plugIn, posteriorLogProbs, type Transition } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { absorbing, createTransitionRegistry, dense, discretizedGaussian, uniform } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { autoregressive } from '../src/autoregressive.ts';
import { banded } from '../src/banded.ts';
import { blockAbsorbing } from '../src/block-absorbing.ts';
import { lowRankMixing } from '../src/low-rank-mixing.ts';
import { uniformAbsorbing } from '../src/uniform-absorbing.ts';
import { withMask } from '../src/with-mask.ts';
import { noiseOf } from './noise.ts';

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
  /** Which one, when Q depends on it. */
  readonly position?: number;
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
const registry = createTransitionRegistry([
  uniform,
  absorbing,
  discretizedGaussian,
  banded,
  uniformAbsorbing,
  blockAbsorbing,
  autoregressive,
]);
const flatPrior = (numStates: number) => ({ kind: 'fixed', probs: new Float64Array(numStates).fill(1 / numStates) }) as const;

function transitionOf({ family, options, numStates, noise }: Family, numSteps: number): Transition {
  if (family === 'asymmetric') return asymmetric(numStates, numSteps);
  if (family === 'low-rank') return lowRank(numStates, noise);
  if (family === 'uniform with mask') {
    const inner = uniform.create({ numStates: numStates - 1, schedule: noiseOf('jump-probability', noise) }, {});
    return withMask(inner, { schedule: noiseOf('jump-probability', options['maskNoise'] as number[]) });
  }
  const { unit } = registry.find(family);
  return registry.fromConfig({ name: family, ...options }, { numStates, schedule: noiseOf(unit, noise) });
}

/** A matrix of rows with the integer weights given. */
function shares(rows: number, columns: number, weight: (i: number, j: number) => number): Float64Array {
  const total = (i: number): number => Array.from({ length: columns }, (_, j) => weight(i, j)).reduce((sum, other) => sum + other, 0);
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const i = Math.floor(at / columns);
    return weight(i, at % columns) / total(i);
  });
}

function lowRank(numStates: number, noise: readonly number[]): Transition {
  return lowRankMixing({
    name: 'low-rank',
    numStates,
    schedule: noiseOf('jump-probability', noise),
    encode: shares(numStates, 2, (i, a) => ((i + 2 * a) % 3) + (a === i % 2 ? 1 : 0)),
    core: (t) => shares(2, 3, (a, b) => ((a + b + t) % 3) + (a === b ? 1 : 0)),
    decode: shares(3, numStates, (b, j) => ((2 * b + j) % 4) + (j === b % numStates ? 1 : 0)),
    prior: flatPrior(numStates),
  });
}

function asymmetric(numStates: number, numSteps: number): Transition {
  const step = (t: number): Float64Array =>
    shares(numStates, numStates, (i, j) => ((7 * i + 3 * j + t) % 5) + (j === (i + 1) % numStates ? 1 : 0));
  return dense({ name: 'asymmetric', numStates, numSteps, step, prior: flatPrior(numStates) });
}

/** `values`, one a row, at every position. */
function atEveryPosition(transition: Transition, values: readonly number[]): Tensor {
  const { positions = 1 } = transition;
  return tensor(
    values.flatMap((value) => new Array<number>(positions).fill(value)),
    [values.length, positions],
    'int32',
  );
}

/** The rows `[K]` of a tensor `[rows, positions, K]` at one position. */
function rowsAt(rows: Tensor, position = 0): number[][] {
  return (rows.arraySync() as number[][][]).map((each) => each[position]!);
}

const title = ({ family, numStates, options, position }: Family): string =>
  `${family} ${JSON.stringify(options).slice(0, 60)}, K = ${numStates}${position === undefined ? '' : `, position ${position}`}`;
const logs = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? -Infinity);

describe('golden tables', () => {
  const { cases, numSteps } = golden<TransitionCase>('transitions');
  it.each(cases.map((each) => [title(each), each] as const))('%s', (_, each) => {
    const transition = transitionOf(each, numSteps);
    const K = each.numStates;
    const select = (row: ArrayLike<number>): number[] => each.columns.map((column) => row[column]!);
    for (const { s, t, probs, logProbs } of each.tables) {
      const matrix = transition.toDense(s, t, each.position);
      // Products of 1e-280 and less are denormals on the way.
      expectAllClose(
        each.rows.flatMap((i) => select(matrix.subarray(i * K, (i + 1) * K))),
        probs.flat(),
        { rtol: 1e-12, atol: 1e-280 },
      );
      const rows = rowsAt(transition.pushStates(atEveryPosition(transition, each.rows), s, t), each.position);
      expectAllClose(rows.flatMap(select), logs(logProbs.flat()), { rtol: 1e-5, atol: 1e-6 });
      const columns = rowsAt(transition.pullStates(atEveryPosition(transition, each.columns), s, t), each.position);
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
    const expected = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? 0);
    const { positions = 1 } = transition;
    const states = (state: number): Tensor => atEveryPosition(transition, [state]);
    const logits = tensor(new Array<number[]>(positions).fill(logs(each.f)).flat(), [1, positions, K]);
    for (const row of each.rows) {
      const xt = states(row.xt);
      const probsOf = (rows: Tensor): number[] => rowsAt(rows, each.position)[0]!.map(Math.exp);
      row.posterior.forEach((posterior, x0) => {
        expectAllClose(probsOf(posteriorLogProbs(transition, { x0: states(x0), xt, s, t })), expected(posterior), tolerance);
      });
      expectAllClose(probsOf(mixture().logProbs(transition, { logits, xt, s, t })), normalized(expected(row.mixture)), tolerance);
      expectAllClose(probsOf(plugIn().logProbs(transition, { logits, xt, s, t })), expected(row.plugIn), tolerance);
    }
    expect(each.rows).toHaveLength(K);
  });
});

function normalized(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0 ? [...values] : values.map((value) => value / total);
}
