import '@tensorflow/tfjs-backend-cpu';
import { tensor } from '@tensorflow/tfjs-core';
import { expectAllClose } from '@d3pm/core/testing';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestNeighborGraph } from '../../src/nearest-neighbor/nearest-neighbor-graph.ts';
import { nearestNeighbor } from '../../src/nearest-neighbor/nearest-neighbor.ts';
import { errorText } from '../error-text.ts';
import { noiseOf } from '../noise.ts';
import { randomEmbeddings, rowsOf } from './random-embeddings.ts';

const arbRate = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -6, max: 3, noNaN: true }).map((log) => 10 ** log) },
  fc.constantFrom(0, Infinity),
);
describeTransitionLaws(
  'nearest neighbour',
  fc
    .record({
      K: fc.integer({ min: 2, max: 9 }),
      k: fc.nat(),
      seed: fc.nat(1000),
      noise: fc.array(arbRate, { minLength: 1, maxLength: 5 }),
    })
    .map(({ K, k, seed, noise }) =>
      nearestNeighbor.create(
        { numStates: K, schedule: noiseOf('rate', noise) },
        { embeddings: randomEmbeddings(K, 3, seed), numNeighbors: 1 + (k % (K - 1)), whenDisconnected: 'join' },
      ),
    ),
  { numRuns: 30 },
);

describeTransitionLaws(
  'nearest neighbour of 27 characters',
  nearestNeighbor.create(
    { numStates: 27, schedule: noiseOf('rate', [1e-4, 0.01, 0.3, 5, 100]) },
    { embeddings: randomEmbeddings(27, 8, 4) },
  ),
  { numRuns: 5 },
);

const schedule = noiseOf('rate', [0.5]);
const embeddings = rowsOf(randomEmbeddings(27, 8, 4));
const made = (numStates: number, options: Parameters<typeof nearestNeighbor.create>[1]) =>
  nearestNeighbor.create({ numStates, schedule }, options);

it('moves to neighbours first: one step of a small rate is R', () => {
  const rate = 1e-9;
  const table = nearestNeighbor
    .create({ numStates: 27, schedule: noiseOf('rate', [rate]) }, { embeddings, numNeighbors: 3, whenDisconnected: 'join' })
    .toDense(0, 1);
  const { rowStarts, targets, rates } = nearestNeighborGraph(embeddings, { numNeighbors: 3, whenDisconnected: 'join' });
  for (let at = rowStarts[4]!; at < rowStarts[5]!; at++) expect(table[4 * 27 + targets[at]!]! / rate).toBeCloseTo(rates[at]!, 7);
});

it('has 5 neighbours unless said otherwise, and one stationary law', () => {
  expect(made(27, { embeddings }).toDense(0, 1)).toEqual(made(27, { embeddings, numNeighbors: 5 }).toDense(0, 1));
  expect(made(27, { embeddings }).stationary).toEqual(new Float64Array(27).fill(1 / 27));
});

it('parses what JSON holds, and its own result', () => {
  const options = { embeddings, numNeighbors: 4, normalize: false, whenDisconnected: 'join' };
  const parsed = nearestNeighbor.parse(JSON.parse(JSON.stringify(options)));
  expect(parsed).toEqual({ ...options, embeddings: { values: Float64Array.from(embeddings.flat()), numDimensions: 8 } });
  expect(nearestNeighbor.parse(parsed)).toEqual(parsed);
});

it('makes no table of many states, and has the same law', () => {
  const K = 600;
  const many = randomEmbeddings(K, 6, 9);
  const alpha = 2;
  const transition = nearestNeighbor.create({ numStates: K, schedule: noiseOf('rate', [alpha]) }, { embeddings: many, numNeighbors: 6 });
  // A row of Σ_n αⁿ/n! (R + Λ I)ⁿ e^{−αΛ}, one vector at a time.
  const { rowStarts, targets, rates, exitRates } = nearestNeighborGraph(many, { numNeighbors: 6 });
  const fastest = Math.max(...exitRates);
  let term = Float64Array.from({ length: K }, (_, state) => (state === 17 ? Math.exp(-alpha * fastest) : 0));
  const row = term.slice();
  for (let n = 1; n < 60; n++) {
    term = term.map((_, i) => {
      let sum = (fastest - exitRates[i]!) * term[i]!;
      for (let at = rowStarts[i]!; at < rowStarts[i + 1]!; at++) sum += rates[at]! * term[targets[at]!]!;
      return (sum * alpha) / n;
    });
    term.forEach((weight, i) => (row[i]! += weight));
  }
  expectAllClose(transition.rowProbs!(17, 0, 1), row, { rtol: 1e-6, atol: 1e-14 });
  expectAllClose(transition.pushStates(tensor([17], [1], 'int32'), 0, 1), row.map(Math.log), { rtol: 1e-6, atol: 1e-6 });
});

describe('bad input', () => {
  const rows = (count: number): number[][] => embeddings.slice(0, count);
  const parse = (options: unknown) => nearestNeighbor.parse(options);
  const spoilt = (row: number, value: readonly number[]): number[][] => embeddings.map((each, i) => (i === row ? [...value] : each));
  it.each([
    [
      'k = K',
      () => made(5, { embeddings: rows(5), numNeighbors: 5 }),
      /^INVALID_OPTIONS: nearestNeighborGraph: numNeighbors \(of 5 states, each has 4 others\) is 5, expected an integer in 1…4/,
    ],
    [
      'k = 0',
      () => parse({ embeddings, numNeighbors: 0 }),
      /^INVALID_OPTIONS: nearest-neighbor: numNeighbors is 0, expected an integer at least 1/,
    ],
    [
      'k = 0 of a graph',
      () => nearestNeighborGraph(embeddings, { numNeighbors: 0 }),
      /^INVALID_OPTIONS: .* is 0, expected an integer in 1…26/,
    ],
    ['k = 1.5', () => parse({ embeddings, numNeighbors: 1.5 }), /^INVALID_OPTIONS: nearest-neighbor: numNeighbors is 1\.5/],
    [
      'NaN',
      () => made(27, { embeddings: spoilt(3, [1, NaN, 1, 1, 1, 1, 1, 1]) }),
      /^NON_FINITE: nearest-neighbor: embeddings are NaN at row 3, column 1/,
    ],
    [
      '∞',
      () => made(27, { embeddings: spoilt(26, [1, 1, 1, 1, 1, 1, 1, Infinity]) }),
      /^NON_FINITE: nearest-neighbor: embeddings are Infinity at row 26, column 7/,
    ],
    [
      'a row of zeros',
      () => made(27, { embeddings: spoilt(8, new Array(8).fill(0)) }),
      /^INVALID_OPTIONS: nearestNeighborGraph: row 8 of embeddings is all zeros and has no direction; .* normalize: false/,
    ],
    [
      'ragged rows',
      () => made(27, { embeddings: spoilt(2, [1]) }),
      /^SHAPE: nearest-neighbor: row 2 of embeddings has 1 numbers, expected the 8 of row 0/,
    ],
    [
      'a row that is none',
      () => parse({ embeddings: [[1], 'a'] }),
      /^INVALID_OPTIONS: nearest-neighbor: row 1 of embeddings is "a", expected an array of numbers/,
    ],
    ['a text in a row', () => parse({ embeddings: [[1], ['1']] }), /^INVALID_OPTIONS: nearest-neighbor: row 1 of embeddings is \["1"\]/],
    ['no rows', () => parse({ embeddings: [] }), /^SHAPE: nearest-neighbor: embeddings have no numbers/],
    ['empty rows', () => parse({ embeddings: [[], []] }), /^SHAPE: nearest-neighbor: embeddings have no numbers/],
    [
      'one row',
      () => nearestNeighborGraph([[1, 2]], { numNeighbors: 1 }),
      /^SHAPE: nearestNeighborGraph: embeddings have 1 row, expected at least 2/,
    ],
    [
      'no embeddings',
      () => parse({}),
      /^INVALID_OPTIONS: nearest-neighbor: embeddings are undefined, expected rows of numbers, or \{ values/,
    ],
    [
      'a table without dimensions',
      () => parse({ embeddings: { values: Float64Array.of(1) } }),
      /^INVALID_OPTIONS: nearest-neighbor: numDimensions is undefined/,
    ],
    [
      'a table of part of a row',
      () => parse({ embeddings: { values: new Float64Array(7), numDimensions: 2 } }),
      /^SHAPE: nearest-neighbor: embeddings have 7 numbers, expected rows of numDimensions 2/,
    ],
    [
      'a mask with an embedding',
      () => made(26, { embeddings }),
      /^SHAPE: nearest-neighbor: embeddings have 27 rows, expected one for each of the 26 states; a mask is not a token of the graph: make the family of the 26 tokens and wrap it with withMask/,
    ],
    [
      'a mask without',
      () => made(28, { embeddings }),
      /27 rows, expected one for each of the 28 states; a mask is not a token .* the 27 tokens/,
    ],
    ['another vocabulary', () => made(30, { embeddings }), /27 rows, expected one for each of the 30 states$/],
    ['a misspelt option', () => parse({ embeddings, numNeighbours: 3 }), /^INVALID_OPTIONS: .* did you mean "numNeighbors"/],
    [
      'normalize: 1',
      () => parse({ embeddings, normalize: 1 }),
      /^INVALID_OPTIONS: nearest-neighbor: normalize is 1, expected true or false/,
    ],
    [
      'whenDisconnected: "repair"',
      () => parse({ embeddings, whenDisconnected: 'repair' }),
      /whenDisconnected is "repair", expected "refuse" or "join"/,
    ],
    [
      'a graph in parts',
      () =>
        made(4, {
          embeddings: [
            [1, 0],
            [1, 0.1],
            [0, 1],
            [0.1, 1],
          ],
          numNeighbors: 1,
        }),
      /^NO_STATIONARY: nearestNeighborGraph: .* 2 parts of 2 and 2 states/,
    ],
    [
      'jump probabilities',
      () => nearestNeighbor.create({ numStates: 27, schedule: noiseOf('jump-probability', [1]) as never }, { embeddings }),
      /^UNIT: nearest-neighbor/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
