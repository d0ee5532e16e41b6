import '@tensorflow/tfjs-backend-cpu';
import { tensor } from '@tensorflow/tfjs-core';
import { priorTermNats } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poissonWeights } from '../../src/exponential/poisson-weights.ts';
import { sparseExponential } from '../../src/exponential/sparse-exponential.ts';
import { withMask } from '../../src/with-mask.ts';
import { errorText } from '../error-text.ts';
import { noiseOf } from '../noise.ts';
import { expectMatrices, identity } from '../reference-matrix.ts';
import { arbConnected, completeOf, dumbbell, generatorOf, knitted, pathOf, ringOf, type Graph } from './sparse-graphs.ts';
import { exponentialOf, generatorMatrix } from './sparse-reference.ts';

const sparse = (graph: Graph, ...rates: number[]) =>
  sparseExponential({ name: 'sparse', schedule: noiseOf('rate', rates), generator: generatorOf(graph) });
const graphs: readonly (readonly [string, Graph])[] = [
  ['a graph with hubs', knitted(27)],
  ['a complete graph: one eigenvalue', completeOf(20)],
  ['a ring: pairs of eigenvalues', ringOf(24)],
  ['a path', pathOf(12)],
  ['two cliques and a weak bridge', dumbbell(8, 1e-6)],
];

describe.each(graphs)('exp(α R) of %s', (_, graph) => {
  it.each([1e-6, 1e-3, 0.1, 1, 5, 30, 1e3, 1e6])('α = %d', (alpha) => {
    const transition = sparse(graph, alpha);
    expectAllClose(transition.toDense(0, 1), exponentialOf(graph, alpha).flat(), { rtol: 1e-10, atol: 0 });
  });
  it('α = ∞ is the uniform law', () => {
    const K = graph.numStates;
    expectAllClose(sparse(graph, 1, Infinity).toDense(0, 2), new Array(K * K).fill(1 / K), { rtol: 1e-15, atol: 0 });
  });
});

it('is the chain of its steps, by every map', () => {
  fc.assert(
    fc.property(arbConnected, fc.array(fc.double({ min: 1e-4, max: 20, noNaN: true }), { minLength: 1, maxLength: 4 }), (graph, rates) =>
      expectMatrices(
        { ...sparse(graph, ...rates) },
        rates.map((rate) => exponentialOf(graph, rate)),
      ),
    ),
    { numRuns: 15 },
  );
});

it('has an L_T of 20,000 states without a table of them, with a mask and without', () => {
  const large = sparse(ringOf(20_000), 1);
  // A walk of a few steps on a ring is the same on any that is larger; the prior is uniform.
  const row = sparse(ringOf(200), 1).toDense(0, 1).slice(0, 200);
  const entropy = row.reduce((sum, prob) => sum - prob * Math.log(prob), 0);
  const x0 = { values: Int32Array.of(0, 19_999, 7, 7), shape: [2, 2] };
  expectAllClose(
    priorTermNats(large, x0),
    [2, 2].map((positions) => positions * (Math.log(20_000) - entropy)),
    { rtol: 1e-12, atol: 0 },
  );
  const probs = new Float64Array(20_001).fill(1 / 20_001);
  const masked = withMask(large, { schedule: noiseOf('jump-probability', [0.25]), prior: { kind: 'fixed', probs } });
  const nats = Math.log(20_001) - (0.75 * entropy - 0.75 * Math.log(0.75) - 0.25 * Math.log(0.25));
  expectAllClose(priorTermNats(masked, x0), [2 * nats, 2 * nats], { rtol: 1e-12, atol: 0 });
});

it('agrees with an eigendecomposition at K = 27 to 1e-12', () => {
  const graph = knitted(27);
  const { realEigenvalues, eigenvectorMatrix: V } = new EigenvalueDecomposition(new Matrix(generatorMatrix(graph)), {
    assumeSymmetric: true,
  });
  const alphas = [1e-4, 0.01, 0.3, 2, 11, 70, 500, 3000];
  const transition = sparse(graph, ...alphas);
  alphas.forEach((alpha, index) => {
    const expected = V.mmul(Matrix.diag(realEigenvalues.map((value) => Math.exp(alpha * value)))).mmul(V.transpose());
    expectAllClose(transition.toDense(index, index + 1), expected.to1DArray(), { rtol: 0, atol: 1e-12 });
  });
});

describe('what is far away', () => {
  it('is right relatively below the noise of other methods, where that costs little', () => {
    const bridged = dumbbell(8, 1e-20);
    expectAllClose(sparse(bridged, 1e3).toDense(0, 1), exponentialOf(bridged, 1e3).flat(), { rtol: 1e-11, atol: 0 });
    // At α = 1e6 it does not: 1.6e-16 becomes the bound.
    expect(sparse(bridged, 1e6).rowProbs!(3, 0, 1)[12]).toBeCloseTo(2e-15, 20);
  });
  it('is right relatively: eleven jumps at α = 1e-3', () => {
    const row = sparse(pathOf(12), 1e-3).rowProbs!(0, 0, 1);
    // Leading terms α^11/11! (1 − 22 α/12 + …): 11 paths' worth of waiting, by the series of the path.
    expect(row[11]).toBeGreaterThan(2e-41);
    expectAllClose([row[11]!], [exponentialOf(pathOf(12), 1e-3)[0]![11]!], { rtol: 1e-7, atol: 0 });
  });
  it('is right relatively where terms cost more, and the noise of Chebyshev would hide it', () => {
    // On a line the difference of two Poisson variables of mean α; halfway round a ring from both sides.
    const [K, alpha] = [700, 400];
    const poisson = poissonWeights(alpha);
    const ways = (d: number): number => poisson.reduce((sum, weight, n) => sum + weight * (poisson[n + d] ?? 0), 0);
    const row = sparse(ringOf(K), alpha).rowProbs!(0, 0, 1);
    const distances = [0, 100, 250, 350];
    const expected = distances.map((d) => ways(d) + ways(K - d));
    expect(expected[3]).toBeLessThan(1e-30);
    expectAllClose(
      distances.map((d) => row[d]!),
      expected,
      { rtol: 1e-9, atol: 0 },
    );
  });
  it('is possible where float64 underflows', () => {
    const alpha = 1e-40;
    const logs = sparse(pathOf(30), alpha)
      .pushStates(tensor([0], [1], 'int32'), 0, 1)
      .dataSync();
    const leading = Array.from(
      { length: 30 },
      (_, d) => d * Math.log(alpha) - Array.from({ length: d }, (__, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0),
    );
    // float32 logarithms down to −2700.
    expectAllClose(logs, leading, { rtol: 2e-7, atol: 1e-7 });
  });
  it('is the smallest normal number where even logarithms would take too long', () => {
    const row = sparse(ringOf(20000), 0.01).rowProbs!(0, 0, 1);
    expect([row[10000], row[1]]).toEqual([2 ** -1022, expect.closeTo(0.01 * Math.exp(-0.02), 6)]);
  });
  it('joins steps that underflow to those that do not', () => {
    const K = 200;
    const transition = sparse(ringOf(K), 0.05, 50);
    const near = transition.pushStates(tensor([3], [1], 'int32'), 0, 1);
    expectAllClose(transition.push(near, 1, 2), transition.pushStates(tensor([3], [1], 'int32'), 0, 2), { rtol: 2e-6, atol: 1e-5 });
    expect(Math.min(...near.dataSync())).toBeLessThan(-600);
  });
});

it('maps a point mass and a distribution far from it', () => {
  const graph = dumbbell(6, 1e-3);
  const K = graph.numStates;
  const far = Array.from({ length: K }, (_, i) => (i < 6 ? -i : -300 - i));
  const matrix = exponentialOf(graph, 0.4);
  const expected = matrix[0]!.map((__, j) => Math.log(matrix.reduce((sum, row, i) => sum + Math.exp(far[i]!) * row[j]!, 0)));
  expectAllClose(sparse(graph, 0.4).push(tensor([far]), 0, 1), expected, { rtol: 1e-6, atol: 1e-6 });
  const impossible = sparse(graph, 0.4)
    .pull(tensor([new Array<number>(K).fill(-Infinity), far]), 0, 1)
    .dataSync();
  expect([...impossible.subarray(0, K)].every((log) => log === -Infinity)).toBe(true);
});

it('gives rows to draw from, and a host push', () => {
  const graph = knitted(40);
  const transition = sparse(graph, 0.5, 2, 0);
  const matrix = exponentialOf(graph, 2.5);
  expect(transition.exponential!.rate(0, 3)).toBe(2.5);
  expectAllClose(transition.rowProbs!(7, 0, 2), matrix[7]!, { rtol: 1e-9, atol: 1e-15 });
  expect(transition.rowProbs!(7, 0, 2)).toBe(transition.rowProbs!(7, 0, 2));
  const p = Float64Array.from({ length: 40 }, (_, i) => (i % 3) / 39);
  const expected = matrix[0]!.map((__, j) => matrix.reduce((sum, row, i) => sum + p[i]! * row[j]!, 0));
  expectAllClose(transition.exponential!.push(p, 2.5), expected, { rtol: 1e-9, atol: 1e-15 });
  expect(transition.exponential!.push(new Float64Array(40), 2.5)).toEqual(new Float64Array(40));
  expectAllClose(transition.toDense(2, 3), identity(40).flat(), { rtol: 0, atol: 0 });
});

it('keeps no tensor, before and after dispose', () => {
  const transition = sparse(knitted(50), 0.2, 5);
  const [states, x] = [tensor([1, 2, 49, 1], [2, 2], 'int32'), tensor(new Array(100).fill(-2), [2, 50])];
  const maps = () => [
    transition.pushStates(states, Int32Array.of(0, 1), 2),
    transition.pullStates(states, 0, 1),
    transition.push(x, 0, 2),
    transition.pull(x, 1, 2),
  ];
  expectNoLeak(maps);
  transition.dispose();
  transition.dispose();
  expectNoLeak(maps);
});

describe('bad input', () => {
  const graph = knitted(8);
  const apart: Graph = {
    numStates: 5,
    edges: [
      [0, 2, 1],
      [2, 4, 1],
      [1, 3, 1],
    ],
  };
  it.each([
    [
      'a graph that falls apart',
      () => sparse(apart, 1),
      /^NO_STATIONARY: sparse: the states fall into 2 parts, and those of state 0 and of state 1 never meet/,
    ],
    [
      'a schedule of another unit',
      () => sparseExponential({ name: 'mine', schedule: noiseOf('variance', [1]) as never, generator: generatorOf(graph) }),
      /^UNIT: mine: the schedule is a variance, expected a rate/,
    ],
    [
      'a graph that a rate of 0 does not join',
      () =>
        sparse(
          {
            numStates: 3,
            edges: [
              [0, 1, 1],
              [1, 2, 0],
            ],
          },
          1,
        ),
      /^NO_STATIONARY: sparse: the states fall into 2 parts, and those of state 0 and of state 2 never meet/,
    ],
    ['a rate below 0', () => generatorOf(pathOf(3, -0.5)), /^INVALID_OPTIONS: symmetricGenerator: the rate of the pair \(0, 1\) is -0\.5/],
    ['a rate of NaN', () => generatorOf(pathOf(3, NaN)), /^INVALID_OPTIONS: symmetricGenerator: the rate of the pair \(0, 1\) is NaN/],
    [
      'an infinite rate',
      () => generatorOf(pathOf(3, Infinity)),
      /^INVALID_OPTIONS: symmetricGenerator: the rate of the pair \(0, 1\) is Infinity/,
    ],
    [
      'a pair beyond the states',
      () => generatorOf({ numStates: 3, edges: [[0, 3, 1]] }),
      /^INVALID_OPTIONS: symmetricGenerator: the pair \(0, 3\) is not of two different states in 0…2/,
    ],
    [
      'a state below 0',
      () => generatorOf({ numStates: 3, edges: [[-1, 2, 1]] }),
      /^INVALID_OPTIONS: symmetricGenerator: the pair \(-1, 2\) is not of two different states/,
    ],
    [
      'a state with itself',
      () => generatorOf({ numStates: 3, edges: [[1, 1, 1]] }),
      /^INVALID_OPTIONS: symmetricGenerator: the pair \(1, 1\) is not of two different states/,
    ],
    ['K = 0', () => generatorOf({ numStates: 0, edges: [] }), /^INVALID_OPTIONS: symmetricGenerator: numStates is 0/],
    ['K = 1', () => sparse({ numStates: 1, edges: [] }, 1), /^INVALID_OPTIONS: sparse: numStates is 1/],
    ['β < 0', () => sparse(graph, -1), /^INVALID_SCHEDULE: sparse: β of step 1 is -1/],
    [
      'a prior of another length',
      () =>
        sparseExponential({
          name: 'mine',
          schedule: noiseOf('rate', [1]),
          generator: generatorOf(graph),
          prior: { kind: 'fixed', probs: Float64Array.of(1, 0) },
        }),
      /^SHAPE: mine: the prior has 2 probabilities/,
    ],
    [
      'a state that is none',
      () => sparse(graph, 1).rowProbs!(8, 0, 1),
      /^INVALID_OPTIONS: sparse\.rowProbs: state is 8, expected an integer in 0…7/,
    ],
    ['t > T', () => sparse(graph, 1).rowProbs!(0, 0, 2), /^STEP_RANGE: sparse\.rowProbs/],
    [
      'a negative α',
      () => sparse(graph, 1).exponential!.push(new Float64Array(8), -1),
      /^INVALID_OPTIONS: sparse\.exponential\.push: rate is -1/,
    ],
    ['a vector of another length', () => sparse(graph, 1).exponential!.push(new Float64Array(7), 1), /^SHAPE: sparse\.exponential\.push/],
    [
      'a table of gigabytes',
      () => sparse(ringOf(20000), 1).toDense(0, 1),
      /^TABLE_TOO_LARGE: sparse\.toDense: a 20000×20000 float64 table/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
