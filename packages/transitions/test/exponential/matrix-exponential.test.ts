import '@tensorflow/tfjs-backend-cpu';
import { dispose, memory, tensor } from '@tensorflow/tfjs-core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { uniform } from '@d3pm/transitions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixExponential } from '../../src/exponential/matrix-exponential.ts';
import { noiseOf } from '../noise.ts';
import { logRows, transposed } from '../reference-matrix.ts';
import { bridged, clique, exponentialOf, generatorOf, path, randomGraph } from './symmetric-rates.ts';

const exponential = (generator: Float64Array, ...rates: number[]) =>
  matrixExponential({ name: 'exponential', schedule: noiseOf('rate', rates), generator });
/** exp(α R) through the first step. */
const tableAt = (generator: Float64Array, alpha: number): Float64Array => exponential(generator, alpha).toDense(0, 1);
const statesOf = (K: number) => tensor([...Array(K).keys()], [K], 'int32');
const logTableAt = (generator: Float64Array, alpha: number): Float32Array => {
  const transition = exponential(generator, alpha);
  return transition.pushStates(statesOf(transition.numStates), 0, 1).dataSync<'float32'>();
};

describe('exp(α R) of the definition, right relatively in every entry', () => {
  const arbGenerator = fc.oneof(
    fc.integer({ min: 2, max: 12 }).map((K) => path(K)),
    fc.integer({ min: 2, max: 12 }).map((K) => clique(K)),
    fc.record({ K: fc.integer({ min: 2, max: 12 }), seed: fc.nat(1000) }).map(({ K, seed }) => randomGraph(K, seed)),
    fc
      .record({ K: fc.integer({ min: 4, max: 12 }), log: fc.double({ min: -9, max: 0, noNaN: true }) })
      .map(({ K, log }) => bridged(K, 10 ** log)),
  );
  const arbLog = fc.double({ min: -6, max: 6, noNaN: true });

  it('as tables', () => {
    fc.assert(
      fc.property(arbGenerator, arbLog, (generator, log) => {
        // The squarings of the reference lose 1e-16 each, relatively.
        expectAllClose(tableAt(generator, 10 ** log), exponentialOf(generator, 10 ** log).flat(), { rtol: 1e-10, atol: 0 });
      }),
      { numRuns: 200 },
    );
  });

  it('as maps, over any steps', () => {
    fc.assert(
      fc.property(arbGenerator, fc.array(arbLog, { minLength: 2, maxLength: 3 }), (generator, logs) => {
        const rates = logs.map((log) => 10 ** log);
        const transition = exponential(generator, ...rates);
        const K = transition.numStates;
        const units = tensor(Array.from({ length: K }, (_, i) => Array.from({ length: K }, (_, j) => (i === j ? 0 : -Infinity))));
        const tolerance = { rtol: 1e-6, atol: 1e-6 };
        for (const [s, t] of [
          [0, 1],
          [1, 2],
          [0, 2],
        ] as const) {
          const expected = exponentialOf(
            generator,
            rates.slice(s, t).reduce((sum, rate) => sum + rate, 0),
          );
          const [rows, columns] = [logRows(expected).flat(), logRows(transposed(expected)).flat()];
          expectAllClose(transition.pushStates(statesOf(K), s, t), rows, tolerance);
          expectAllClose(transition.pullStates(statesOf(K), s, t), columns, tolerance);
          expectAllClose(transition.push(units, s, t), rows, tolerance);
          expectAllClose(transition.pull(units, s, t), columns, tolerance);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('symmetric to the last digit', () => {
    fc.assert(
      fc.property(arbGenerator, arbLog, (generator, log) => {
        const table = tableAt(generator, 10 ** log);
        const K = Math.sqrt(table.length);
        expect(table).toEqual(table.map((_, at) => table[(at % K) * K + Math.floor(at / K)]!));
      }),
      { numRuns: 50 },
    );
  });
});

it('is the uniform family with refresh 1 − e^−α for the generator 11ᵀ/K − I', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.double({ min: -8, max: 3, noNaN: true }), (K, log) => {
      const alpha = 10 ** log;
      const redrawn = uniform.create({ numStates: K, schedule: noiseOf('jump-probability', [-Math.expm1(-alpha)]) }, {});
      expectAllClose(tableAt(clique(K), alpha), redrawn.toDense(0, 1), { rtol: 1e-10, atol: 0 });
    }),
    { numRuns: 100 },
  );
});

it.each([1e-30, 1e-12, 1e-3, 0.1, 1, 10, 1e3, 1e6, 1e12, 1e300])('is (1 ± e^−2α) / 2 for two states, at α = %d', (alpha) => {
  const [stay, leave] = [(1 + Math.exp(-2 * alpha)) / 2, -Math.expm1(-2 * alpha) / 2];
  expectAllClose(tableAt(generatorOf(2, [[0, 1, 1]]), alpha), [stay, leave, leave, stay], { rtol: 1e-13, atol: 0 });
});

it.each([1e3, 1e5, 1e7, 1e8, 1e9, 1e11])('knows how much has crossed a bridge of rate 1e-8, at α = %d', (alpha) => {
  // Each clique of n has long mixed, so that the two are two states with a rate of 1e-8 / n, to a relative 1e-8.
  const [K, n] = [12, 6];
  const table = tableAt(bridged(K, 1e-8), alpha);
  const crossed = -Math.expm1((-2e-8 * alpha) / n) / K;
  expect(table[1 * K + (K - 2)]! / crossed).toBeCloseTo(1, alpha > 1e4 ? 4 : 2);
});

it.each([1e10, 1e11])('does not double its rounding with each squaring: a rate of 1e-16 behind one of 1, at α = %d', (alpha) => {
  // Eigenvalue of the slow mode of the path 0 – 1 – 2, without cancellation. The fast one has left b/4 behind, some 1e-11 of the entry.
  const [a, b] = [1, 1e-16];
  const decay = (3 * a * b) / (a + b + Math.sqrt(a * a + b * b - a * b));
  const table = tableAt(
    generatorOf(3, [
      [0, 1, a],
      [1, 2, b],
    ]),
    alpha,
  );
  expectAllClose([table[2]!], [-Math.expm1(-alpha * decay) / 3], { rtol: 1e-10, atol: 0 });
});

describe('entries that float64 does not hold', () => {
  /** log of α^d / d! Π rates: the one shortest path, to a relative α. */
  const logOfPath = (d: number, alpha: number): number => {
    let log = d * Math.log(alpha);
    for (let n = 2; n <= d; n++) log -= Math.log(n);
    return log;
  };

  it('are in the logarithms, and those that it does beside them', () => {
    const K = 64;
    const logs = logTableAt(path(K), 1e-8);
    expectAllClose(
      Array.from({ length: K - 1 }, (_, d) => logs[d + 1]!),
      Array.from({ length: K - 1 }, (_, d) => logOfPath(d + 1, 1e-8)),
      { rtol: 1e-6, atol: 1e-6 },
    );
    expect(logOfPath(K - 1, 1e-8)).toBeLessThan(-1300);
    expect(tableAt(path(K), 1e-8)[K - 1]).toBe(0);
  });

  it('come out of many halvings too', () => {
    // A slow chain of 70 states with a fast end, whose jumps are what is halved.
    const K = 71;
    const generator = generatorOf(K, [...Array.from({ length: K - 2 }, (_, i) => [i, i + 1, 1e-8] as const), [K - 2, K - 1, 1]]);
    const [whole, half] = [logTableAt(generator, 8), logTableAt(generator, 4)];
    // A row by Q(8) = Q(4) Q(4), in the test's own words.
    const row = Array.from({ length: K }, (_, j) => {
      const terms = Array.from({ length: K }, (_, k) => half[k]! + half[k * K + j]!);
      const top = Math.max(...terms);
      return top + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - top), 0));
    });
    expectAllClose(whole.subarray(0, K), row, { rtol: 1e-6, atol: 1e-5 });
    expect(Math.min(...row)).toBeLessThan(-700);
  });
});

it('goes to the uniform law at α = ∞, and a step of it forgets everything', () => {
  const transition = exponential(path(5), 0.5, Infinity, 0.25);
  expect(transition.exponential!.rate(0, 1)).toBe(0.5);
  expect(transition.exponential!.rate(0, 3)).toBe(Infinity);
  expect(transition.exponential!.rate(2, 3)).toBe(0.25);
  expect(transition.toDense(0, 2)).toEqual(new Float64Array(25).fill(0.2));
  expect(transition.toDense(2, 3)[0]).toBeGreaterThan(0.7);
});

it('adds rates without losing a small one behind large ones', () => {
  const transition = exponential(path(3), 1e9, 1e-12, 1e-12);
  expect(transition.exponential!.rate(1, 3)).toBe(2e-12);
  expectAllClose(transition.toDense(1, 3).subarray(1, 2), [2e-12], { rtol: 1e-11, atol: 0 });
});

it('keeps to its parts when there is a prior', () => {
  const prior = { kind: 'fixed', probs: Float64Array.of(0.5, 0.25, 0.25) } as const;
  const options = { name: 'parts', schedule: noiseOf('rate', [1, Infinity]), generator: generatorOf(3, [[0, 2, 0.5]]), prior };
  const transition = matrixExponential(options);
  const [stay, leave] = [(1 + Math.exp(-1)) / 2, -Math.expm1(-1) / 2];
  expectAllClose(transition.toDense(0, 1), [stay, 0, leave, 0, 1, 0, leave, 0, stay], { rtol: 1e-13, atol: 0 });
  expect(transition.toDense(1, 2)).toEqual(Float64Array.of(0.5, 0, 0.5, 0, 1, 0, 0.5, 0, 0.5));
  expect(transition.prior).toBe(prior);
});

it('stays where nothing ever jumps, at α = ∞ too', () => {
  const prior = { kind: 'fixed', probs: Float64Array.of(0.5, 0.5) } as const;
  const still = matrixExponential({ name: 'still', schedule: noiseOf('rate', [1, Infinity]), generator: new Float64Array(4), prior });
  for (const t of [1, 2]) expect(still.toDense(0, t)).toEqual(Float64Array.of(1, 0, 0, 1));
});

it('pushes distributions on the host by any α', () => {
  const generator = randomGraph(6, 3);
  const { exponential: capability, stationary } = exponential(generator, 1);
  const probs = Float64Array.of(0.5, 0, 0.125, 0.125, 0.25, 0);
  const expected = exponentialOf(generator, 0.7);
  expectAllClose(
    capability!.push(probs, 0.7),
    expected[0]!.map((_, j) => probs.reduce((sum, prob, i) => sum + prob * expected[i]![j]!, 0)),
    { rtol: 1e-12, atol: 0 },
  );
  expectAllClose(capability!.push(probs, Infinity), stationary!, { rtol: 1e-15, atol: 0 });
  expectAllClose(capability!.push(probs, 0), probs, { rtol: 0, atol: 0 });
});

it('keeps tables by α, gives the same ones within any limit, and disposes what it keeps', () => {
  const generator = randomGraph(8, 1);
  const schedule = noiseOf('rate', [0.5, 0.5, 0.25, 1]);
  const before = memory().numTensors;
  const wide = matrixExponential({ name: 'wide', schedule, generator });
  const narrow = matrixExponential({ name: 'narrow', schedule, generator, maxTableBytes: 6 * 512 });
  expect(wide.toDense(0, 1)).toBe(wide.toDense(1, 2));
  expect(wide.toDense(0, 2)).toBe(wide.toDense(3, 4));
  for (let round = 0; round < 3; round++) {
    for (let s = 0; s < 4; s++) for (let t = s; t <= 4; t++) expect(narrow.toDense(s, t)).toEqual(wide.toDense(s, t));
  }
  expect(narrow.rowProbs!(3, 0, 4)).toEqual(wide.toDense(0, 4).subarray(24, 32));
  const states = tensor([0, 5], [2, 1], 'int32');
  const maps = () => [wide.pushStates(states, 0, 2), wide.pullStates(states, Int32Array.of(0, 1), Int32Array.of(4, 3))];
  dispose(maps()); // tables are made, and stay until the transition goes
  expectNoLeak(maps);
  states.dispose();
  wide.dispose();
  narrow.dispose();
  expect(memory().numTensors).toBe(before);
});
