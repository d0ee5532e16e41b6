import { createRng } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { add, tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { attention } from '../src/attention.ts';
import { causalMask } from '../src/causal-mask.ts';
import { relativeBias } from '../src/relative-bias.ts';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

it('the relative bias of row i and column j is the entry of j − i, clipped', () => {
  const table = [
    [-2, -1, 0, 1, 2],
    [10, 11, 12, 13, 14],
  ];
  const bias = relativeBias(tensor2d(table), { length: 4 });
  const expected = table.flatMap((entries) =>
    [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => entries[Math.min(Math.max(j - i, -2), 2) + 2]!)),
  );
  expect(bias.shape).toEqual([1, 2, 4, 4]);
  expect([...bias.dataSync()]).toEqual(expected);
});

it('the relative bias can leave out its first rows', () => {
  const table = tensor2d([[-2, -1, 0, 1, 2]]);
  const last = relativeBias(table, { length: 5, firstRow: 3 });
  expect(last.shape).toEqual([1, 1, 2, 5]);
  expect([...last.dataSync()]).toEqual([...relativeBias(table, { length: 5 }).dataSync()].slice(15));
});

it.each([false, true])('attention is its formula, in float64 from the definition; causal: %s', (causal) => {
  const [batchSize, length, heads, perHead] = [2, 3, 2, 2];
  const channels = heads * perHead;
  const normals = (label: string, rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => createRng(label).normal(i * columns + j)));
  const times = (x: readonly number[], w: readonly (readonly number[])[]): number[] =>
    w[0]!.map((_, j) => x.reduce((total, value, i) => total + value * w[i]![j]!, 0));
  const [x, input, output, bias] = [
    normals('x', batchSize * length, channels),
    normals('in', channels, 3 * channels),
    normals('out', channels, channels),
    normals('bias', heads * length, length),
  ];
  const expected: number[] = [];
  for (let b = 0; b < batchSize; b++) {
    const rows = x.slice(b * length, (b + 1) * length).map((row) => times(row, input));
    for (let i = 0; i < length; i++) {
      const read = Array.from({ length: heads }, (_, h) => {
        const part = (row: readonly number[], kind: number): number[] =>
          row.slice(kind * channels + h * perHead, kind * channels + (h + 1) * perHead);
        const query = part(rows[i]!, 0);
        const weights = rows.map((row, j) =>
          causal && j > i
            ? 0
            : Math.exp(part(row, 1).reduce((total, k, d) => total + k * query[d]!, 0) / Math.sqrt(perHead) + bias[h * length + i]![j]!),
        );
        const sum = weights.reduce((total, weight) => total + weight, 0);
        return query.map((_, d) => rows.reduce((total, row, j) => total + (weights[j]! / sum) * part(row, 2)[d]!, 0));
      });
      expected.push(...times(read.flat(), output));
    }
  }
  tidy(() => {
    const scores = tensor(bias.flat(), [1, heads, length, length]);
    const actual = attention(tensor(x.flat(), [batchSize, length, channels]), {
      input: tensor2d(input),
      output: tensor2d(output),
      bias: causal ? add(scores, causalMask(length)) : scores,
    });
    expectAllClose(actual, expected, { rtol: 1e-5, atol: 1e-5 });
  });
});
