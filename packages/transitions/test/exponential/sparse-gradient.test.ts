import '@tensorflow/tfjs-backend-cpu';
import { grad, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { createRng } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { expect, it } from 'vitest';
import { sparseExponential } from '../../src/exponential/sparse-exponential.ts';
import { noiseOf } from '../noise.ts';
import { generatorOf, knitted, pathOf, type Graph } from './sparse-graphs.ts';
import { exponentialOf } from './sparse-reference.ts';

const sparse = (graph: Graph, ...rates: number[]) =>
  sparseExponential({ name: 'sparse', schedule: noiseOf('rate', rates), generator: generatorOf(graph) });

/** d/dx_i of Σ_j w_j log Σ_i exp(x_i) E_ij, by central differences in float64. */
function differences(graph: Graph, alpha: number, x: readonly number[], w: readonly number[]): number[] {
  const matrix = exponentialOf(graph, alpha);
  const loss = (logs: readonly number[]): number =>
    w.reduce((total, weight, j) => total + weight * Math.log(logs.reduce((mass, log, i) => mass + Math.exp(log) * matrix[i]![j]!, 0)), 0);
  const step = 1e-5;
  return x.map((_, i) => {
    const moved = (by: number): number[] => x.map((log, k) => (k === i ? log + by : log));
    return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
  });
}

it.each([0.01, 0.7, 40])('the gradient of push and pull is that of the logarithm of a product, α = %d', (alpha) => {
  const graph = knitted(30);
  const rng = createRng(11);
  const rows = [0, 1].map((b) => ({
    x: Array.from(rng.split('x', b).float64s(30), (u) => Math.fround(9 * (u - 1))),
    w: Array.from(rng.split('w', b).float64s(30), (u) => Math.fround(u - 0.5)),
  }));
  const expected = rows.flatMap(({ x, w }) => differences(graph, alpha, x, w));
  const transition = sparse(graph, alpha, alpha);
  for (const map of ['push', 'pull'] as const) {
    // One example for each step: the same α twice.
    const gradient = tidy(() =>
      grad((input: Tensor) => transition[map](input, Int32Array.of(0, 1), Int32Array.of(1, 2)))(
        tensor(rows.map(({ x }) => x)),
        tensor(rows.map(({ w }) => w)),
      ),
    );
    expectAllClose(gradient, expected, { rtol: 1e-5, atol: 1e-6 });
  }
});

it('is finite where the input is impossible or underflows, and passes through at α = 0', () => {
  const transition = sparse(pathOf(6), 1e-70, 0);
  const x = tensor([[0, -Infinity, -Infinity, -90, -Infinity, -Infinity], new Array<number>(6).fill(-Infinity)]);
  const dy = tensor([
    [1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1],
  ]);
  const gradient = grad((input: Tensor) => transition.push(input, 0, 1))(x, dy).dataSync();
  // A jump is e^−161: 1 comes from 0, but 2 from 3, one jump nearer. Logarithms of −400 are float32, right to 2e-5.
  expectAllClose(gradient.subarray(0, 6), [2, 0, 0, 4, 0, 0], { rtol: 2e-5, atol: 1e-6 });
  expect([...gradient.subarray(6)]).toEqual([0, 0, 0, 0, 0, 0]);
  expectAllClose(
    grad((input: Tensor) => transition.push(input, 1, 2))(tensor([[0, -1, -2, -3, -Infinity, -4]]), tensor([[1, -2, 3, 0, 5, 6]])),
    [1, -2, 3, 0, 0, 6],
  );
});

it('leaves no tensor behind', () => {
  const transition = sparse(knitted(20), 0.3);
  const x = tensor([new Array<number>(20).fill(-3)]);
  expectNoLeak(() => [grad((input: Tensor) => transition.push(input, 0, 1))(x)]);
});
