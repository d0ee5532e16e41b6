import {
  createRegistry,
  createRng,
  isD3pmError,
  type ModelSetting,
  type Parameters,
  type Prediction,
  type TrainableDenoiser,
} from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { builtinModels, createConvolutionDenoiser, createMlpDenoiser, createTransformerDenoiser, parameterCount } from '@d3pm/models';
import { dispose, grad, memory, mul, sum, tensor, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const K = 5;
const T = 20;
const L = 6;
const setting = (seed: number | string = 1): ModelSetting => ({ numStates: K, numSteps: T, exampleShape: [L], rng: createRng(seed) });

const models: Readonly<Record<string, (seed?: number | string) => TrainableDenoiser>> = {
  mlp: (seed) => createMlpDenoiser(setting(seed), { numChannels: 12, embeddingSize: 3, numTimeFeatures: 4 }),
  'mlp, time-free, not ordinal': (seed) =>
    createMlpDenoiser(setting(seed), { numChannels: 12, embeddingSize: 3, timeConditioned: false, ordinal: false }),
  transformer: (seed) =>
    createTransformerDenoiser(setting(seed), { numChannels: 8, numBlocks: 2, numHeads: 2, numHidden: 12, maxDistance: 3 }),
  'transformer, told the time': (seed) =>
    createTransformerDenoiser(setting(seed), {
      numChannels: 8,
      numBlocks: 1,
      numHeads: 4,
      maxDistance: 2,
      timeConditioned: true,
      numTimeFeatures: 6,
    }),
  'transformer, causal': (seed) =>
    createTransformerDenoiser(setting(seed), { numChannels: 8, numBlocks: 2, numHeads: 2, numHidden: 12, maxDistance: 3, causal: true }),
  convolution: (seed) => createConvolutionDenoiser(setting(seed), { numChannels: 8, dilations: [1, 2], width: 3 }),
};
const names = Object.keys(models);
const states = (rows: number, seed = 7, length = L): Tensor =>
  tensor(
    Array.from({ length: rows * length }, (_, i) => createRng(seed).integer(K, i)),
    [rows, length],
    'int32',
  );

/** Parameters without zeros: 0.3 · normals added to the first ones. */
function shaken(model: TrainableDenoiser, seed = 3): Parameters {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, value]) => {
      const rng = createRng(seed).split(name);
      return [
        name,
        tensor(
          value.dataSync().map((x, i) => x + 0.3 * rng.normal(i)),
          value.shape,
        ),
      ];
    }),
  );
}
const load = (model: TrainableDenoiser, seed?: number): TrainableDenoiser => {
  const parameters = shaken(model, seed);
  model.load(parameters);
  dispose(Object.values(parameters));
  return model;
};
const values = (logits: Tensor): number[] => [...logits.dataSync()];
const failure = (work: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
};

describe.each(['cpu', 'wasm'] as const)('gradients on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it.each(names)('of every parameter of %s agree with finite differences', (name) => {
    const model = models[name]!();
    const parameters = shaken(model);
    const input = states(4);
    const t = Int32Array.of(1, 5, 12, 20);
    const weights = tensor(
      Array.from({ length: 4 * L * K }, (_, i) => createRng(5).normal(i)),
      [4, L, K],
    );
    const loss = (given: Parameters): Tensor => sum(mul(model.apply(given, input, t), weights));
    for (const [parameter, value] of Object.entries(parameters)) {
      const gradient = tidy(() => grad((moved: Tensor) => loss({ ...parameters, [parameter]: moved }))(value)).dataSync();
      const norm = Math.hypot(...gradient);
      // Along the gradient itself the slope is its norm, which only the right gradient has in full.
      const step = 1e-3;
      const at = (by: number): number => {
        const moved = tensor(
          value.dataSync().map((x, i) => x + (by * gradient[i]!) / norm),
          value.shape,
        );
        const sums = values(mul(model.apply({ ...parameters, [parameter]: moved }, input, t), weights));
        return sums.reduce((total, term) => total + term, 0);
      };
      const slope = (at(step) - at(-step)) / (2 * step);
      // 120 float32 logits of size about 3 are off by 2e-7 each: their sum by 2e-6, the slope by 2e-3. A ReLU that turns within
      // the step changes the slope by a share of its own part, some 1 %.
      expect(Math.abs(slope - norm) / norm, parameter).toBeLessThan(0.02);
    }
  });
});

describe('every denoiser', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it.each(names)('%s: logits [B, L, K], the same from apply and logits, the same for each example alone', (name) => {
    const model = load(models[name]!());
    const both = model.logits(states(2), Int32Array.of(3, 11));
    expect([both.shape, both.dtype]).toEqual([[2, L, K], 'float32']);
    expect(values(model.apply(model.parameters, states(2), Int32Array.of(3, 11)))).toEqual(values(both));
    const second = model.logits(tensor(states(2).dataSync().slice(L), [1, L], 'int32'), 11);
    expectAllClose(second, values(both).slice(L * K), { rtol: 1e-5, atol: 1e-5 });
  });

  it.each(names)('%s: the same seed gives the same parameters, another seed others; every name has a stream of its own', (name) => {
    const [first, again, other] = [models[name]!(1), models[name]!(1), models[name]!(2)];
    for (const [parameter, value] of Object.entries(first.parameters)) expect(values(again.parameters[parameter]!)).toEqual(values(value));
    expect(values(other.parameters['embedding.weight']!)).not.toEqual(values(first.parameters['embedding.weight']!));
    expect(parameterCount(first)).toBe(Object.values(first.parameters).reduce((count, { size }) => count + size, 0));
  });

  it.each(names)('%s: leaves no tensors behind, and none at all once disposed', (name) => {
    const before = memory().numTensors;
    const model = load(models[name]!());
    const input = states(2);
    expectNoLeak(() => model.logits(input, 4));
    expectNoLeak(() =>
      tidy(() =>
        grad((w: Tensor) => sum(model.apply({ ...model.parameters, 'output.weight': w }, input, 4)))(model.parameters['output.weight']!),
      ),
    );
    input.dispose();
    model.dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each(names)('%s: says that it is disposed, whatever is asked of it', (name) => {
    const [model, other] = [models[name]!(), models[name]!()];
    model.dispose();
    const asked = [
      () => model.logits(states(1), 2),
      () => model.apply(model.parameters, states(1), 2),
      () => model.load(other.parameters),
      () => model.startDecoding?.(1) ?? model.logits(states(1), 2),
    ];
    for (const work of asked) {
      expect(failure(work).code).toBe('INVALID_OPTIONS');
      expect(failure(work).message).toContain('the model is disposed; make another');
    }
    expect(model.apply(other.parameters, states(1), 2).shape).toEqual([1, L, K]);
  });

  it.each(names)('%s: outlives the tensors it was loaded from, and a tidy around the loading', (name) => {
    const model = models[name]!();
    const expected = tidy(() => {
      load(model);
      return values(model.logits(states(1), 2));
    });
    expect(values(model.logits(states(1), 2))).toEqual(expected);
  });

  it.each(names)('%s: load lists every difference and changes nothing', (name) => {
    const model = models[name]!();
    const before = values(model.parameters['output.bias']!);
    const { 'norm.scale': _, ...rest } = model.parameters;
    const error = failure(() => model.load({ ...rest, extra: zeros([1]), 'output.bias': zeros([2]), 'output.weight': zeros([3, 3]) }));
    expect(error.code).toBe('UNKNOWN_NAME');
    for (const part of ['norm.scale is missing', 'extra is not known', 'output.bias is float32 [2]', 'output.weight is float32 [3, 3]'])
      expect(error.message).toContain(part);
    const other = failure(() => model.load({ ...model.parameters, 'output.bias': zeros([2]) }));
    expect(other.code).toBe('SHAPE');
    expect(other.message).toMatch(/; make the model with the options that they were saved with$/);
    const read = { dtype: 'F32', shape: [K], data: new Float32Array(K) }; // by decodeSafetensors
    expect(failure(() => model.load({ ...model.parameters, 'output.bias': read as unknown as Tensor })).message).toMatch(
      /output\.bias is F32 \[5\], expected float32 \[\d+\]; give what was read from a file to loadWeights of @d3pm\/train$/,
    );
    expect(values(model.parameters['output.bias']!)).toEqual(before);
  });

  it.each(names)('%s: refuses states of another dtype or rank', (name) => {
    const model = models[name]!();
    expect(failure(() => model.logits(zeros([2, L]), 1)).code).toBe('DTYPE');
    expect(failure(() => model.logits(zeros([2, L, 1], 'int32'), 1)).code).toBe('SHAPE');
  });

  it('starts at outputBias, exactly, with −∞ as −30', () => {
    const outputBias = [Math.log(0.5), Math.log(0.25), 0.125, -100, -Infinity];
    const expected = Float32Array.from([Math.log(0.5), Math.log(0.25), 0.125, -30, -30]);
    for (const create of [createMlpDenoiser, createTransformerDenoiser, createConvolutionDenoiser]) {
      const logits = values(create(setting(), { outputBias }).logits(states(1), 1));
      expect(logits).toEqual(Array.from({ length: L }, () => [...expected]).flat());
    }
  });
});

describe('time', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it.each(names)('%s says truly whether it reads t', (name) => {
    const model = load(models[name]!());
    const [early, late] = [values(model.logits(states(2), 1)), values(model.logits(states(2), Int32Array.of(1, T)))];
    const half = L * K;
    expect(late.slice(0, half)).toEqual(early.slice(0, half));
    const difference = Math.max(...late.slice(half).map((value, i) => Math.abs(value - early[half + i]!)));
    expect(difference === 0).toBe(model.timeFree);
    expect(difference > 1e-3).toBe(!model.timeFree);
  });
  it('t outside 1…T is refused by those that read it', () => {
    for (const t of [0, T + 1, 1.5]) expect(failure(() => models['mlp']!().logits(states(1), t)).code).toBe('STEP_RANGE');
  });
});

describe('sequences', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  /** How far the logits at each position move when the state at `position` does. */
  const influence = (model: TrainableDenoiser, length: number, position: number): number[] => {
    const before = states(1, 7, length);
    const changed = before.dataSync().slice();
    changed[position] = (changed[position]! + 1) % K;
    const [a, b] = [before, tensor(changed, [1, length], 'int32')].map((input) => values(model.logits(input, 1))) as [number[], number[]];
    return Array.from({ length }, (_, l) => Math.max(...a.slice(l * K, (l + 1) * K).map((value, k) => Math.abs(value - b[l * K + k]!))));
  };

  it('a convolution sees (width − 1)/2 · Σ dilations to either side, and no further', () => {
    const model = load(createConvolutionDenoiser(setting(), { numChannels: 16, dilations: [1, 2], width: 3 }));
    const moved = influence(model, 13, 6).map((change) => change > 0);
    expect(moved).toEqual(Array.from({ length: 13 }, (_, l) => Math.abs(l - 6) <= 3));
  });

  it('a shifted sequence has shifted logits, away from the ends', () => {
    const model = load(createConvolutionDenoiser(setting(), { numChannels: 16, dilations: [1, 2] }));
    const long = states(1, 9, 20);
    const shifted = tensor(long.dataSync().slice(2, 20), [1, 18], 'int32');
    const [a, b] = [values(model.logits(long, 1)), values(model.logits(shifted, 1))];
    expectAllClose(b.slice(3 * K, 15 * K), a.slice(5 * K, 17 * K), { rtol: 1e-5, atol: 1e-5 });
  });

  it('a transformer sees everything, on both sides, and tells left from right', () => {
    const model = load(models['transformer']!());
    expect(Math.min(...influence(model, 10, 5))).toBeGreaterThan(0);
    // Reversing the input would reverse the logits if only the distance counted.
    const forward = states(1, 4, 10);
    const backward = tensor(forward.dataSync().slice().reverse(), [1, 10], 'int32');
    const [a, b] = [values(model.logits(forward, 1)), values(model.logits(backward, 1))];
    const mirrored = Array.from({ length: 10 }, (_, l) => b.slice((9 - l) * K, (10 - l) * K)).flat();
    expect(Math.max(...a.map((value, i) => Math.abs(value - mirrored[i]!)))).toBeGreaterThan(1e-2);
  });

  it('a transformer whose bias is mirrored reads the mirrored sequence alike', () => {
    const model = load(models['transformer']!());
    const mirrored = Object.fromEntries(
      Object.entries(model.parameters).map(([name, value]) => {
        if (!name.endsWith('relativeBias')) return [name, value];
        const [heads, entries] = value.shape as [number, number];
        const rows = Array.from({ length: heads }, (_, h) => Array.from(value.dataSync().slice(h * entries, (h + 1) * entries)).reverse());
        return [name, tensor(rows.flat(), value.shape)];
      }),
    );
    const forward = states(1, 4, 9);
    const backward = tensor(forward.dataSync().slice().reverse(), [1, 9], 'int32');
    const [a, b] = [values(model.logits(forward, 1)), values(model.apply(mirrored, backward, 1))];
    expectAllClose(Array.from({ length: 9 }, (_, l) => b.slice((8 - l) * K, (9 - l) * K)).flat(), a, { rtol: 1e-4, atol: 1e-4 });
  });

  it('a transformer starts with heads that favour the left and the right neighbour', () => {
    const bias = values(
      createTransformerDenoiser(setting(), { numChannels: 8, numHeads: 2, maxDistance: 7 }).parameters['blocks.0.attention.relativeBias']!,
    );
    const best = (head: number): number => bias.slice(15 * head, 15 * head + 15).indexOf(0) - 7;
    expect([best(0), best(1)]).toEqual([-1, 1]);
    expect(Math.min(...bias)).toBe(-5);
  });

  it('any length is read', () => {
    for (const name of ['transformer', 'transformer, causal', 'convolution'])
      for (const length of [1, 2, 33]) expect(models[name]!().logits(states(1, 1, length), 1).shape).toEqual([1, length, K]);
  });
});

describe('plugins', () => {
  const registry = createRegistry(builtinModels);

  it('make the models by name', async () => {
    await prepareEngine({ backend: 'cpu' });
    expect(registry.names).toEqual(['mlp', 'transformer', 'convolution', 'u-net', 't5']);
    for (const name of registry.names) {
      const plugin = registry.find(name);
      const model = plugin.create(
        { ...setting(), exampleShape: name === 'u-net' ? [8, 8, 1] : [4] },
        plugin.parse({ numChannels: 8, prediction: 'leave-one-out' }) as never,
      );
      expect([model.prediction, model.numStates]).toEqual(['leave-one-out', K]);
      model.dispose();
    }
  });

  it('type the meaning of the output', () => {
    const denoiser: TrainableDenoiser<'denoiser'> = createMlpDenoiser(setting());
    const leaveOneOut: TrainableDenoiser<'leave-one-out'> = createMlpDenoiser(setting(), { prediction: 'leave-one-out' });
    const meanings: Prediction[] = [denoiser.prediction, leaveOneOut.prediction];
    expect(meanings).toEqual(['denoiser', 'leave-one-out']);
  });

  it.each([
    ['mlp', { numChanels: 3 }, 'did you mean "numChannels"'],
    ['mlp', { numChannels: 0 }, 'numChannels is 0'],
    ['mlp', { numTimeFeatures: 3 }, 'even'],
    ['mlp', { ordinal: 'yes' }, 'ordinal'],
    ['mlp', null, 'expected an object'],
    ['transformer', { prediction: 'x0' }, 'prediction'],
    ['transformer', { causal: 1 }, 'causal'],
    ['convolution', { width: 4 }, 'odd'],
    ['convolution', { dilations: [] }, 'dilations'],
    ['convolution', { dilations: [1, 0] }, 'dilations[1]'],
    ['convolution', { outputBias: 'abc' }, 'outputBias'],
  ])('%s refuses %o', (name, options, part) => {
    const error = failure(() => registry.find(name).parse(options));
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message).toContain(part);
  });

  it('refuses what only the setting shows', () => {
    expect(failure(() => createConvolutionDenoiser({ ...setting(), exampleShape: [4, 4] })).code).toBe('SHAPE');
    expect(failure(() => createTransformerDenoiser(setting(), { numChannels: 8, numHeads: 3 })).code).toBe('INVALID_OPTIONS');
    expect(failure(() => createMlpDenoiser(setting(), { outputBias: [0, 0] })).message).toContain('expected 5 logits');
    expect(failure(() => createMlpDenoiser(setting(), { outputBias: [0, 0, NaN, 0, 0] })).code).toBe('INVALID_OPTIONS');
  });
});
