import { expectAllClose } from '@d3pm/core/testing';
import { createRng } from '@d3pm/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sizeOf, type ActionTask } from '../../src/exponential/action-task.ts';
import { createBlockRecurrence } from '../../src/exponential/block-recurrence.ts';
import { chebyshevRows } from '../../src/exponential/chebyshev.ts';
import { chebyshevWeights } from '../../src/exponential/chebyshev-weights.ts';
import { exponentialAction } from '../../src/exponential/exponential-action.ts';
import { hopsAtMost } from '../../src/exponential/hops.ts';
import { logUniformizedRow } from '../../src/exponential/log-uniformization.ts';
import { isModal, modalRow } from '../../src/exponential/modal-row.ts';
import { poissonWeights } from '../../src/exponential/poisson-weights.ts';
import { slowModes } from '../../src/exponential/slow-modes.ts';
import { spectralRadius } from '../../src/exponential/spectral-radius.ts';
import { massKept, uniformization } from '../../src/exponential/uniformization.ts';
import { completeOf, dumbbell, generatorOf, knitted, pathOf, ringOf, type Graph } from './sparse-graphs.ts';
import { exponentialOf } from './sparse-reference.ts';

afterEach(() => vi.unstubAllGlobals());

const methodsOf = (graph: Graph) => {
  const generator = generatorOf(graph);
  const { exitRates } = generator;
  const recurrence = createBlockRecurrence(generator, 8);
  const radius = spectralRadius(generator);
  const options = { fastest: Math.max(...exitRates), maxHops: hopsAtMost(generator), relativeTerm: 2 ** -50 };
  const uniformize = uniformization(generator, options);
  return {
    generator,
    radius,
    uniformization: (task: ActionTask) => uniformize(recurrence, [task])[0]!,
    logarithms: (start: number, rate: number) =>
      logUniformizedRow(
        generator,
        Float64Array.from(exitRates, (_, i) => (i === start ? 0 : -Infinity)),
        { ...options, rate },
      ).map(Math.exp),
    chebyshev: (task: ActionTask) => massKept(chebyshevRows(recurrence, [task], { exitRates, radius })[0]!, sizeOf(task.start).mass),
    modes: slowModes(generator, recurrence, radius),
  };
};

describe('the recurrence', () => {
  it.each([2, 8])('is the same in WebAssembly and in JavaScript, to the last bit, %d vectors wide', (width) => {
    const generator = generatorOf(knitted(300));
    const rng = createRng(3);
    const run = () => {
      const { vectors, sum, diagonal, weights, advance } = createBlockRecurrence(generator, width);
      vectors[0].set(rng.split('x').float64s(vectors[0].length));
      vectors[1].set(rng.split('y').float64s(vectors[1].length));
      diagonal.set(rng.split('diagonal').float64s(300));
      weights.set(rng.split('weights').float64s(width));
      advance(0, 0.3, -1);
      advance(1, -0.2, 0.7);
      return { sum: [...sum], vectors: vectors.map((vector) => [...vector]), isWasm: !(sum.buffer.byteLength === sum.byteLength) };
    };
    const fast = run();
    vi.stubGlobal('WebAssembly', undefined);
    const slow = run();
    expect([fast.isWasm, slow.isWasm]).toEqual([true, false]);
    expect(slow.sum).toEqual(fast.sum);
    expect(slow.vectors).toEqual(fast.vectors);
  });

  it('falls back to JavaScript where a page forbids WebAssembly', () => {
    const forbidden = function (): never {
      throw new Error('unsafe-eval');
    };
    vi.stubGlobal('WebAssembly', { ...WebAssembly, Module: forbidden, Memory: WebAssembly.Memory });
    const [row] = exponentialAction(generatorOf(pathOf(4)))([{ start: 1, rate: 0.5 }]);
    expectAllClose(row!.probs, exponentialOf(pathOf(4), 0.5)[1]!, { rtol: 1e-13, atol: 0 });
  });
});

describe('weights', () => {
  it.each([1e-9, 0.3, 12, 699, 701, 4e4])('of Poisson, mean %d, have its moments', (mean) => {
    const weights = poissonWeights(mean);
    const moment = (power: number): number => weights.reduce((sum, weight, n) => sum + weight * (n - mean) ** power, 0);
    expectAllClose([moment(0), moment(2) / mean, moment(3) / mean], [1, 1, 1], { rtol: 1e-9, atol: 0 });
    const first = Math.max(1, Math.floor(mean));
    expectAllClose([weights[first]! / weights[first - 1]!], [mean / first], { rtol: 1e-12, atol: 0 });
  });
  it.each([1e-6, 0.5, 20, 350, 6000])('of Chebyshev, z = %d, make exp(−z (1 − x))', (z) => {
    const weights = chebyshevWeights(z, 1e-15);
    for (const angle of [0, 0.01, 0.1, 0.5, 1.5, 3, Math.PI]) {
      const value = weights.reduce((sum, weight, n) => sum + weight * Math.cos(n * angle), 0);
      // Angles of thousands of turns are rounded by 1e-13.
      expect(Math.abs(value - Math.exp(-z * (1 - Math.cos(angle))))).toBeLessThan(3e-13);
    }
    expect(weights.length).toBeLessThan(20 + 1.1 * Math.sqrt(2 * z * 34.5));
  });
});

describe.each([
  ['a graph with hubs', knitted(90)],
  ['a ring', ringOf(81)],
  ['two cliques', dumbbell(40, 0.01)],
  ['a complete graph', completeOf(80)],
])('the methods agree on %s', (_, graph) => {
  const { uniformization, chebyshev, logarithms, modes, radius, generator } = methodsOf(graph);
  const { numStates: K } = graph;
  it('row by row', () => {
    for (const rate of [0.02, 0.9, 25]) {
      const exact = exponentialOf(graph, rate);
      for (const start of [0, K - 1]) {
        expectAllClose(uniformization({ start, rate }), exact[start]!, { rtol: 1e-11, atol: 1e-300 });
        expectAllClose(chebyshev({ start, rate }), exact[start]!, { rtol: 0, atol: 2e-15 });
        expectAllClose(logarithms(start, rate), exact[start]!, { rtol: 1e-7, atol: 1e-300 });
      }
    }
  });
  it('at the seam of the slow modes', () => {
    const rate = 34.6 / modes.nextDecay;
    expect([isModal(modes, rate), isModal(modes, rate / 1.01)]).toEqual([true, false]);
    for (const start of [1, K - 2])
      expectAllClose(modalRow(modes, { start, rate }, K), chebyshev({ start, rate }), { rtol: 0, atol: 5e-15 });
    const p = Float64Array.from({ length: K }, (__, i) => (i % 5) + 0.25);
    expectAllClose(modalRow(modes, { start: p, rate }, K), chebyshev({ start: p, rate }), { rtol: 1e-13, atol: 0 });
  });
  it('within a spectral radius that is bound', () => {
    const largest = Math.max(...generator.exitRates);
    expect(radius).toBeGreaterThan(largest);
    expect(radius).toBeLessThan(2 * largest * (1 + 1e-9));
  });
});

it('finds the pairs of modes of a ring', () => {
  const { modes } = methodsOf(ringOf(500));
  const expected = Array.from(modes.decays, (_, k) => 2 - 2 * Math.cos((2 * Math.PI * Math.ceil((k + 1) / 2)) / 500));
  expect(modes.decays.length).toBeGreaterThanOrEqual(16);
  expectAllClose(modes.decays, expected, { rtol: 1e-11, atol: 0 });
});

it('finds a mode far below the rounding of the others', () => {
  const bridge = 1e-22;
  const { modes } = methodsOf(dumbbell(30, bridge));
  // One over the other clique: 2 · bridge / 30.
  expectAllClose([modes.decays[0]!], [bridge / 15], { rtol: 1e-6, atol: 0 });
});

describe('a row', () => {
  const generator = generatorOf(knitted(400));
  const p = Float64Array.from({ length: 400 }, (_, i) => i % 7);
  const tasks: ActionTask[] = [0, 0.001, 0.4, 0.4, 30, 250, 2000, 1e5, Infinity].flatMap((rate, k) => [
    { start: 40 * k, rate },
    { start: p, rate },
  ]);
  it('does not depend on what is made beside it or before, to the last bit', () => {
    const together = exponentialAction(generator)([...tasks, ...tasks]);
    const action = exponentialAction(generator);
    const alone = tasks.toReversed().map((task) => action([task])[0]!);
    together.forEach(({ probs }, k) => expect(probs).toEqual(alone[tasks.length - 1 - (k % tasks.length)]!.probs));
  });
  it('keeps what p sums to', () => {
    const total = p.reduce((sum, each) => sum + each, 0);
    exponentialAction(generator)(tasks).forEach(({ probs }, k) =>
      expectAllClose([probs.reduce((sum, each) => sum + each, 0)], [k % 2 === 0 ? 1 : total], { rtol: 1e-13, atol: 0 }),
    );
  });
});
