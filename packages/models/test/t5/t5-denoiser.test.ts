import { createRng, isD3pmError, type ModelSetting, type Parameters, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createT5Denoiser, type T5DenoiserOptions } from '@d3pm/models';
import { dispose, grad, memory, mul, stack, sum, tensor, tensor1d, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

const K = 5;
const T = 6;
const L = 8;
const setting = (seed: number | string = 1): ModelSetting => ({ numStates: K, numSteps: T, exampleShape: [L], rng: createRng(seed) });
const small = { numChannels: 12, numBlocks: 2, numHeads: 3, numBuckets: 8, maxDistance: 9 } as const;
const variants: Readonly<Record<string, T5DenoiserOptions<'denoiser'>>> = {
  'told the step': small,
  'not told the step': { ...small, time: 'none' },
  'with the buckets of the left alone': { ...small, bucketing: 'left-only' },
  causal: { ...small, causal: true },
};
const names = Object.keys(variants);
const make = (name: string, seed?: number): TrainableDenoiser<'denoiser'> => createT5Denoiser(setting(seed), variants[name]!);

const sequence = (length = L, rows = 1, seed = 7): Tensor =>
  tensor(
    Array.from({ length: rows * length }, (_, i) => createRng(seed).integer(K, i)),
    [rows, length],
    'int32',
  );
const values = (logits: Tensor): number[] => Array.from(logits.dataSync());
const rowsOf = (logits: Tensor): number[][] => {
  const flat = values(logits);
  return Array.from({ length: flat.length / K }, (_, i) => flat.slice(i * K, (i + 1) * K));
};
function failure(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
}

/** For each position read, whether the logits there move when the state at `j` does. */
function moved(model: TrainableDenoiser, length: number, j: number, seed: number): boolean[] {
  return tidy(() => {
    const states = sequence(length, 1, seed);
    const other = states.dataSync().slice();
    other[j] = (other[j]! + 1) % K;
    const [before, after] = [states, tensor(other, [1, length], 'int32')].map((input) => rowsOf(model.logits(input, 1)));
    return before!.map((row, i) => row.some((value, k) => value !== after![i]![k]));
  }) as unknown as boolean[];
}

describe.each(['cpu', 'wasm'] as const)('a T5 on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it.each(names)('has the gradients of finite differences: %s', (name) => {
    const model = make(name);
    const { parameters } = model;
    const input = sequence(L, 3);
    const t = Int32Array.of(1, 4, T);
    const weights = tensor(
      Array.from({ length: 3 * L * K }, (_, i) => createRng(5).normal(i)),
      [3, L, K],
    );
    const loss = (given: Parameters): Tensor => sum(mul(model.apply(given, input, t), weights));
    for (const [parameter, value] of Object.entries(parameters)) {
      const gradient = tidy(() => grad((other: Tensor) => loss({ ...parameters, [parameter]: other }))(value)).dataSync();
      const norm = Math.hypot(...gradient);
      const step = 2e-3;
      // Along the gradient itself the slope is its norm, which only the right gradient has in full.
      const at = (by: number): number =>
        tidy(() => {
          const other = value.dataSync().map((x, i) => x + (by * gradient[i]!) / norm);
          const terms = mul(model.apply({ ...parameters, [parameter]: tensor(other, value.shape) }, input, t), weights);
          return values(terms).reduce((total, term) => total + term, 0);
        }) as unknown as number;
      const slope = (at(step) - at(-step)) / (2 * step);
      // 120 float32 logits of size about 1 are off by some 1e-7 each: their sum by 1e-6, the slope by 5e-4.
      expect(Math.abs(slope - norm), parameter).toBeLessThan(2e-3 + 2e-3 * norm);
    }
    dispose([input, weights]);
    model.dispose();
  });

  it('reads everything, or only what is before a position', () => {
    const [whole, left, causal] = ['not told the step', 'with the buckets of the left alone', 'causal'].map((name) => make(name)) as [
      TrainableDenoiser,
      TrainableDenoiser,
      TrainableDenoiser,
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.nat(1000), (length, at, seed) => {
        const j = at % length;
        const everywhere = Array.from({ length }, () => true);
        expect(moved(whole, length, j, seed)).toEqual(everywhere);
        expect(moved(left, length, j, seed)).toEqual(everywhere);
        expect(moved(causal, length, j, seed)).toEqual(everywhere.map((_, i) => i > j));
      }),
      { numRuns: 15 },
    );
    for (const model of [whole, left, causal]) model.dispose();
  });

  it('decodes to the logits of the whole network', () => {
    const model = make('causal');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 16 }), (batchSize, length) => {
        const decoder = model.startDecoding!(batchSize);
        tidy(() => {
          const states = sequence(length, batchSize);
          const before = (i: number): number[] => Array.from({ length: batchSize }, (_, b) => states.dataSync()[b * length + i - 1]!);
          const steps = Array.from({ length }, (_, i) => decoder.next(i === 0 ? undefined : tensor1d(before(i), 'int32')));
          expectAllClose(stack(steps, 1), model.logits(states, 1), { rtol: 1e-5, atol: 1e-5 });
        });
        decoder.dispose();
      }),
      { numRuns: 10 },
    );
    model.dispose();
  });
});

describe('a T5', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it.each(names)('%s: says truly whether it reads t, each of the T steps, and whether it is causal', (name) => {
    const model = make(name);
    const { time = name === 'causal' ? 'none' : 'table' } = variants[name]!;
    const told = time === 'table';
    const bySteps = Array.from({ length: T }, (_, i) => String(values(model.logits(sequence(), i + 1))));
    expect(new Set(bySteps).size).toBe(told ? T : 1);
    expect([model.timeFree, model.numSteps, model.causal, model.startDecoding !== undefined]).toEqual([
      !told,
      told ? T : undefined,
      name === 'causal' ? true : undefined,
      name === 'causal',
    ]);
    model.dispose();
  });

  it('adds row t − 1 of the table, the last at t = T', () => {
    const model = make('told the step');
    const table = model.parameters['time.weight']!;
    const only = (row: number): Tensor =>
      tensor(
        table.dataSync().map((value, i) => (Math.floor(i / small.numChannels) === row ? value : 0)),
        table.shape,
      );
    const at = (row: number, t: number): number[] => values(model.apply({ ...model.parameters, 'time.weight': only(row) }, sequence(), t));
    for (const t of [1, 3, T]) {
      expect(at(t - 1, t)).toEqual(values(model.logits(sequence(), t)));
      expect(at(t % T, t)).not.toEqual(values(model.logits(sequence(), t)));
    }
    for (const t of [0, T + 1]) expect(failure(() => model.logits(sequence(), t)).code).toBe('STEP_RANGE');
    model.dispose();
  });

  it('with the buckets of the left alone does not tell the order of what is to the right', () => {
    const [left, both] = [make('with the buckets of the left alone'), make('told the step')];
    const input = tensor([1, 2, 3, 4, 0, 2], [1, 6], 'int32');
    const swapped = tensor([1, 2, 4, 3, 2, 0], [1, 6], 'int32');
    // One block, so that the first position sees the others through nothing else.
    const first = (model: TrainableDenoiser): number[][] => [input, swapped].map((states) => rowsOf(model.logits(states, 2))[0]!);
    const single = createT5Denoiser(setting(), { ...small, numBlocks: 1, bucketing: 'left-only' });
    const [a, b] = first(single) as [number[], number[]];
    expectAllClose(a, b, { rtol: 1e-5, atol: 1e-6 });
    const [c, d] = first(both) as [number[], number[]];
    expect(Math.max(...c.map((value, i) => Math.abs(value - d[i]!)))).toBeGreaterThan(1e-3);
    for (const model of [left, both, single]) model.dispose();
  });

  it.each(names)('%s: logits [B, L, K] at any length, the same for each example alone', (name) => {
    const model = make(name);
    for (const length of [1, 2, 40]) expect(model.logits(sequence(length), 1).shape).toEqual([1, length, K]);
    const both = sequence(L, 2);
    const second = tensor(both.dataSync().slice(L), [1, L], 'int32');
    expectAllClose(model.logits(second, 5), values(model.logits(both, Int32Array.of(2, 5))).slice(L * K), { rtol: 1e-5, atol: 1e-5 });
    model.dispose();
  });

  it.each(names)('%s: leaves no tensors behind, and none at all once disposed', (name) => {
    const before = memory().numTensors;
    const model = make(name);
    const input = sequence(L, 2);
    expectNoLeak(() => model.logits(input, 4));
    expectNoLeak(() => model.apply(model.parameters, input, 4, { rng: createRng(1) }));
    expectNoLeak(() =>
      tidy(() =>
        grad((w: Tensor) => sum(model.apply({ ...model.parameters, 'output.weight': w }, input, 4)))(model.parameters['output.weight']!),
      ),
    );
    input.dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('keeps two tensors a block while it decodes', () => {
    const model = make('causal');
    const before = memory().numTensors;
    const decoder = model.startDecoding!(2);
    const held = memory().numTensors - before;
    decoder.next().dispose();
    const states = tensor1d([1, 2], 'int32');
    for (let i = 0; i < 4; i++) decoder.next(states).dispose();
    expect(memory().numTensors - before).toBe(held + 2 * small.numBlocks + 1);
    expect(failure(() => tidy(() => decoder.next(zeros([3], 'int32')))).message).toContain('t5Denoiser.next');
    decoder.dispose();
    states.dispose();
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });
});
