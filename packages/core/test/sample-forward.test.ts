import { describe, expect, it } from 'vitest';
import { createRng, drawFromProbs, sampleForward, type Transition } from '../src/index.ts';
import { expectSampledFrom } from '../src/testing/index.ts';

/** Two steps of an asymmetric chain on three states, as nothing but its tables. */
const Q = [
  [
    [0.7, 0.2, 0.1],
    [0, 0.5, 0.5],
    [0.3, 0, 0.7],
  ],
  [
    [0.1, 0.9, 0],
    [0.4, 0.4, 0.2],
    [0, 0.6, 0.4],
  ],
];
const product = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => row.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
const between = (s: number, t: number): number[][] =>
  Q.slice(s, t).reduce(product, [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);

const tablesOnly: Transition = {
  name: 'tables',
  numStates: 3,
  numSteps: 2,
  prior: { kind: 'fixed', probs: Float64Array.of(1 / 3, 1 / 3, 1 / 3) },
  toDense: (s, t) => Float64Array.from(between(s, t).flat()),
  push: () => expect.unreachable(),
  pull: () => expect.unreachable(),
  pushStates: () => expect.unreachable(),
  pullStates: () => expect.unreachable(),
  dispose: () => undefined,
};
const withRows: Transition = { ...tablesOnly, rowProbs: (state, s, t) => between(s, t)[state]! };

describe.each([
  ['tables', tablesOnly],
  ['rows', withRows],
])('sampleForward by %s', (_, transition) => {
  it.each([
    [0, 1],
    [1, 2],
    [0, 2],
  ])('draws from the rows of Q(%i→%i)', (s, t) => {
    const size = 9000;
    for (const state of [0, 1, 2]) {
      const states = { values: new Int32Array(size).fill(state), shape: [size, 1] };
      const counts = new Int32Array(3);
      for (const value of sampleForward(transition, states, { s, t, rng: createRng(11) }).values) counts[value]!++;
      expectSampledFrom(counts, between(s, t)[state]!);
    }
  });

  it('draws the same whatever the batch, and each example its own', () => {
    const states = { values: Int32Array.from({ length: 32 }, (_unused, i) => i % 3), shape: [8, 4] };
    const rng = createRng(2);
    const together = sampleForward(transition, states, { t: 2, rng }).values;
    for (let b = 0; b < 8; b++) {
      const alone = { values: states.values.slice(4 * b, 4 * b + 4), shape: [1, 4] };
      expect(sampleForward(transition, alone, { t: 2, rng, firstExample: b }).values).toEqual(together.slice(4 * b, 4 * b + 4));
    }
  });
});

/** Every other position has the rows in the opposite order. */
const byPosition: Transition = {
  ...tablesOnly,
  positions: 4,
  toDense: (s, t, n) => Float64Array.from((n! % 2 ? between(s, t).reverse() : between(s, t)).flat()),
};

it.each([
  ['tables', tablesOnly],
  ['rows', withRows],
  ['tables of each position', byPosition],
])('position n of example b is the draw of number n of stream b from its row, by %s', (_, transition) => {
  const states = { values: Int32Array.from({ length: 60 }, (_unused, i) => (i * 7) % 3), shape: [15, 4] };
  const [s, t] = [Int32Array.from({ length: 15 }, (_unused, b) => b % 2), Int32Array.from({ length: 15 }, (_unused, b) => 1 + (b % 2))];
  const rng = createRng(8);
  const expected = states.values.map((state, i) => {
    const [b, n] = [Math.floor(i / 4), i % 4];
    return drawFromProbs(transition.toDense(s[b]!, t[b]!, n), 3 * state, 3, rng.split(20 + b).float64(n));
  });
  expect(sampleForward(transition, states, { s, t, rng, firstExample: 20 }).values).toEqual(expected);
});

it('refuses states and steps that the chain does not have', () => {
  const states = { values: Int32Array.of(0, 3), shape: [1, 2] };
  expect(() => sampleForward(tablesOnly, states, { t: 1, rng: createRng(1) })).toThrow(
    'sampleForward: states has state 3 in example 0 at position 1, expected 0…2',
  );
  const data = { values: Int32Array.of(0), shape: [1, 1] };
  for (const t of [-1, 3, 0.5]) expect(() => sampleForward(tablesOnly, data, { t, rng: createRng(1) })).toThrow(/^sampleForward: /u);
});
