import { createRng, isD3pmError, type D3pmErrorCode, type Decoder, type ModelSetting, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser, createTransformerDenoiser, parameterCount, transformerModel } from '@d3pm/models';
import { dispose, memory, stack, tensor, tensor1d, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

const K = 5;
const setting = (numStates = K): ModelSetting => ({ numStates, numSteps: 8, exampleShape: [8], rng: createRng('model') });
const options = { numChannels: 12, numBlocks: 2, numHeads: 3, maxDistance: 4, causal: true } as const;

/** A causal network with no parameter at 0, so that all it may read moves its logits. */
function makeModel(seed = 1): TrainableDenoiser<'denoiser'> {
  const model = createTransformerDenoiser(setting(), options);
  const shaken = Object.entries(model.parameters).map(([name, value]) => {
    const noise = createRng(seed).split(name);
    const moved = value.dataSync().map((x, i) => x + 0.3 * noise.normal(i));
    return [name, tensor(moved, value.shape)] as const;
  });
  model.load(Object.fromEntries(shaken));
  dispose(shaken.map(([, value]) => value));
  return model;
}

const sequence = (length: number, rows = 1, seed = 7): Tensor =>
  tensor(
    Array.from({ length: rows * length }, (_, i) => createRng(seed).integer(K, i)),
    [rows, length],
    'int32',
  );
const rowsOf = (logits: Tensor): number[][] => {
  const values = Array.from(logits.dataSync());
  return Array.from({ length: values.length / K }, (_, i) => values.slice(i * K, (i + 1) * K));
};

/** What a decoder says of each position of `states`, float32 `[B, L, K]`. */
function decoded(decoder: Decoder, states: Tensor): Tensor {
  const [batchSize, length] = states.shape as [number, number];
  const values = states.dataSync();
  return tidy(() =>
    stack(
      Array.from({ length }, (_, i) =>
        decoder.next(
          i === 0
            ? undefined
            : tensor1d(
                Array.from({ length: batchSize }, (_, b) => values[b * length + i - 1]!),
                'int32',
              ),
        ),
      ),
      1,
    ),
  );
}
function failure(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
}

describe.each(['cpu', 'wasm'] as const)('a causal transformer on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it('reads the positions before each, and no other: not a bit of the logits at i ≤ j moves with x_j', () => {
    const model = makeModel();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.nat(1000), (length, at, seed) => {
        const j = at % length;
        tidy(() => {
          const states = sequence(length, 1, seed);
          const moved = states.dataSync().slice();
          moved[j] = (moved[j]! + 1) % K;
          const [before, after] = [states, tensor(moved, [1, length], 'int32')].map((input) => rowsOf(model.logits(input, 1)));
          const changed = before!.map((row, i) => row.some((value, k) => value !== after![i]![k]));
          expect(changed).toEqual(Array.from({ length }, (_, i) => i > j));
        });
      }),
      { numRuns: 40 },
    );
  });

  it('decodes to the logits of the whole network', () => {
    const model = makeModel();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 11 }), (batchSize, length) => {
        const decoder = model.startDecoding!(batchSize);
        tidy(() => {
          const states = sequence(length, batchSize);
          // The same sums of at most 48 terms of size about 1 in another order: a few 1e-7 each, through two blocks.
          expectAllClose(decoded(decoder, states), model.logits(states, 1), { rtol: 1e-5, atol: 1e-5 });
        });
        decoder.dispose();
      }),
      { numRuns: 20 },
    );
  });
});

describe('decoding', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it('keeps two tensors a block, and none once disposed', () => {
    const model = makeModel();
    const before = memory().numTensors;
    const decoder = model.startDecoding!(2);
    const held = memory().numTensors - before;
    decoder.next().dispose();
    for (let i = 0; i < 5; i++) {
      const states = tensor1d([1, 2], 'int32');
      decoder.next(states).dispose();
      states.dispose();
      expect(memory().numTensors - before).toBe(held + 2 * options.numBlocks);
    }
    decoder.dispose();
    decoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('outlives a tidy around each call', () => {
    const model = makeModel();
    const states = sequence(4);
    const expected = rowsOf(model.logits(states, 1));
    const decoder = model.startDecoding!(1);
    const actual = Array.from({ length: 4 }, (_, i) =>
      tidy(() => [...decoder.next(i === 0 ? undefined : tensor1d([states.dataSync()[i - 1]!], 'int32')).dataSync()]),
    );
    expectAllClose(actual.flat(), expected.flat(), { rtol: 1e-5, atol: 1e-5 });
    decoder.dispose();
  });

  it('goes on under the parameters it was started with, whatever is loaded', () => {
    const [model, other] = [makeModel(1), makeModel(2)];
    const states = sequence(3);
    const expected = rowsOf(model.logits(states, 1));
    const decoder = model.startDecoding!(1);
    model.load(other.parameters);
    expectAllClose(decoded(decoder, states), expected.flat(), { rtol: 1e-5, atol: 1e-5 });
    expect(rowsOf(model.logits(states, 1))).not.toEqual(expected);
    decoder.dispose();
  });

  it.each<[string, (decoder: Decoder) => unknown, D3pmErrorCode, string]>([
    ['states before position 0', (decoder) => decoder.next(zeros([2], 'int32')), 'INVALID_OPTIONS', 'first call'],
    ['no states later on', (decoder) => (decoder.next(), decoder.next()), 'INVALID_OPTIONS', 'expected those of position 0'],
    ['another batch', (decoder) => (decoder.next(), decoder.next(zeros([3], 'int32'))), 'SHAPE', '[3], expected [2]'],
    ['floats', (decoder) => (decoder.next(), decoder.next(zeros([2]))), 'DTYPE', 'int32'],
    ['states beyond K', (decoder) => (decoder.next(), decoder.next(tensor1d([0, K], 'int32'))), 'STATE_RANGE', `state ${K}`],
    ['a disposed decoder', (decoder) => (decoder.dispose(), decoder.next()), 'INVALID_OPTIONS', 'startDecoding'],
  ])('refuses %s', (_, work, code, part) => {
    const model = makeModel();
    const decoder = model.startDecoding!(2);
    const error = failure(() => work(decoder));
    expect(error.code).toBe(code);
    expect(error.message).toContain('transformerDenoiser.next');
    expect(error.message).toContain(part);
    decoder.dispose();
    model.dispose();
  });

  it('refuses a batch without an example', () => {
    expect(failure(() => makeModel().startDecoding!(0))).toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('the option', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it('makes a network of the same size, but for what stands before position 0', () => {
    const [causal, bidirectional] = [options, { ...options, causal: false }].map((given) => createTransformerDenoiser(setting(), given));
    expect([causal!.causal, causal!.timeFree, bidirectional!.causal, bidirectional!.startDecoding]).toEqual([
      true,
      true,
      undefined,
      undefined,
    ]);
    expect(parameterCount(causal!)).toBe(parameterCount(bidirectional!) + options.numChannels);
    expect('causal' in createMlpDenoiser(setting())).toBe(false);
  });

  it('has heads that start at the nearest states to the left: places 0, −1, −2 of a sequence shifted by one', () => {
    const bias = createTransformerDenoiser(setting(), options).parameters['blocks.0.attention.relativeBias']!.dataSync();
    const favourites = [0, 1, 2].map((head) => bias.slice(9 * head, 9 * head + 9).indexOf(0) - 4);
    expect(favourites).toEqual([0, -1, -2]);
  });

  it('is there for configs', () => {
    const model = transformerModel.create(setting(), transformerModel.parse({ numChannels: 8, numHeads: 2, causal: true }));
    expect(model.causal).toBe(true);
  });

  it('does not go with time', () => {
    const error = failure(() => createTransformerDenoiser(setting(), { ...options, timeConditioned: true }));
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringContaining('leave timeConditioned out') });
  });

  it('leaves no tensors behind when its logits are asked for', () => {
    const model = makeModel();
    const states = sequence(6);
    expectNoLeak(() => model.logits(states, 1));
  });
});
