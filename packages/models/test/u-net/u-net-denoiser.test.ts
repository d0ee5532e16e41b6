import {
  createRegistry,
  createRng,
  isD3pmError,
  truncatedLogisticLogits,
  type LogisticTails,
  type ModelSetting,
  type Parameters,
  type Rng,
  type TrainableDenoiser,
} from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { builtinModels, createUNetDenoiser, parameterCount, type UNetDenoiserOptions } from '@d3pm/models';
import { add, dispose, grad, grads, memory, mul, reshape, sum, tensor, tensor1d, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { zeroValues } from '../../src/initializers.ts';
import { uNetLayout } from '../../src/u-net/u-net-layout.ts';
import { uNetShape } from '../../src/u-net/u-net-options.ts';
import { uNetSpecs } from '../../src/u-net/u-net-specs.ts';

const [K, T] = [6, 20];
const SHAPE = [8, 4, 2];
const setting = (seed: number | string = 1): ModelSetting => ({ numStates: K, numSteps: T, exampleShape: SHAPE, rng: createRng(seed) });
const small: UNetDenoiserOptions = {
  numChannels: 4,
  channelMultipliers: [1, 2],
  numResidualBlocks: 1,
  attentionResolutions: [4],
  numGroups: 2,
};

const models: Readonly<Record<string, (seed?: number | string) => TrainableDenoiser>> = {
  logits: (seed) => createUNetDenoiser(setting(seed), small),
  'logits without skip, two heads': (seed) => createUNetDenoiser(setting(seed), { ...small, skip: false, numHeads: 2 }),
  logistic: (seed) => createUNetDenoiser(setting(seed), { ...small, head: 'logistic' }),
};
const names = Object.keys(models);

const states = (rows: number, seed = 7): Tensor =>
  tensor(
    Array.from({ length: rows * 64 }, (_, i) => createRng(seed).integer(K, i)),
    [rows, ...SHAPE],
    'int32',
  );
const values = (x: Tensor): number[] => [...x.dataSync()];
const code = (work: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
};

/** Parameters without zeros: 0.2 · normals added to the first ones. */
function shaken(model: TrainableDenoiser): Parameters {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, value]) => {
      const rng = createRng(3).split(name);
      return [
        name,
        tensor(
          value.dataSync().map((x, i) => x + 0.2 * rng.normal(i)),
          value.shape,
        ),
      ];
    }),
  );
}
function load(model: TrainableDenoiser): TrainableDenoiser {
  const parameters = shaken(model);
  model.load(parameters);
  dispose(Object.values(parameters));
  return model;
}

describe('parameters', () => {
  const count = (head: 'logistic' | 'logits', options: UNetDenoiserOptions = {}): number => {
    const exampleShape = [32, 32, 3];
    const shape = uNetShape({ exampleShape, numStates: 256 }, { ...options, head });
    const specs = uNetSpecs({
      layout: uNetLayout({ ...shape, height: 32 }),
      numChannels: shape.numChannels,
      inChannels: 3,
      outChannels: head === 'logits' ? 3 * 256 : 2 * 3,
      outputBias: zeroValues,
    });
    return Object.values(specs).reduce((total, spec) => total + spec.shape.reduce((product, axis) => product * axis, 1), 0);
  };

  it('of the network for CIFAR-10, by default, are as many as in the paper', () => {
    expect([count('logistic'), count('logits')]).toEqual([35_749_766, 36_628_352]);
  });

  it('are those that the specification counts', async () => {
    await prepareEngine({ backend: 'cpu' });
    const options: UNetDenoiserOptions = { numChannels: 4, channelMultipliers: [1, 2, 1], attentionResolutions: [16] };
    const model = createUNetDenoiser({ numStates: 256, numSteps: T, exampleShape: [32, 32, 3], rng: createRng(1) }, options);
    expect(parameterCount(model)).toBe(count('logits', options));
    model.dispose();
  });

  it('have names that checkpoints rely on', async () => {
    await prepareEngine({ backend: 'cpu' });
    const model = models['logits']!();
    const layers = new Set(Object.keys(model.parameters).map((name) => name.slice(0, name.lastIndexOf('.'))));
    const block = (name: string, shortcut: boolean): string[] =>
      ['norm1', 'conv1', 'time', 'norm2', 'conv2', ...(shortcut ? ['shortcut'] : [])].map((layer) => `${name}.${layer}`);
    const attention = (name: string): string[] => ['norm', 'input', 'output'].map((layer) => `${name}.${layer}`);
    expect([...layers]).toEqual([
      'time.hidden',
      'time.output',
      'input',
      ...block('down.0.block.0', false),
      'down.0.resample',
      ...block('down.1.block.0', true),
      ...attention('down.1.attention.0'),
      ...block('middle.block.0', false),
      ...attention('middle.attention'),
      ...block('middle.block.1', false),
      ...block('up.1.block.0', true),
      ...attention('up.1.attention.0'),
      ...block('up.1.block.1', true),
      ...attention('up.1.attention.1'),
      'up.1.resample',
      ...block('up.0.block.0', true),
      ...block('up.0.block.1', true),
      'norm',
      'output',
    ]);
    model.dispose();
  });
});

describe.each(['cpu', 'wasm'] as const)('gradients on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it.each(names)('of every parameter of the network with %s are finite, not 0, and together the slope of the loss', (name) => {
    const model = models[name]!();
    const parameters = shaken(model);
    const [input, t] = [states(2), Int32Array.of(1, 15)];
    const weights = tensor(
      Array.from({ length: 2 * 64 * K }, (_, i) => createRng(5).normal(i)),
      [2, ...SHAPE, K],
    );
    const all = Object.keys(parameters);
    tidy(() => {
      const loss = (...moved: Tensor[]): Tensor => {
        const given = Object.fromEntries(all.map((parameter, i) => [parameter, moved[i]!]));
        return sum(mul(model.apply(given, input, t), weights));
      };
      const before = all.map((parameter) => parameters[parameter]!);
      const gradients = grads(loss)(before);
      const norms = gradients.map((gradient) => Math.hypot(...gradient.dataSync()));
      norms.forEach((norm, i) => expect(norm > 1e-3 && norm < 1e4, `${all[i]}: ${norm}`).toBe(true));
      const norm = Math.hypot(...norms);
      const at = (by: number): number => loss(...before.map((value, i) => add(value, mul(gradients[i]!, by / norm)))).dataSync()[0]!;
      const step = 1e-3;
      // The loss, some 100, is off by 1e-5: the slope by 1e-2, and by a share of the third derivative.
      expect(Math.abs((at(step) - at(-step)) / (2 * step) - norm) / norm).toBeLessThan(0.01);
    });
  });
});

describe('the network', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it.each(names)('with %s: logits [B, H, W, C, K], the same from apply, and for each image alone, in any order', (name) => {
    const model = load(models[name]!());
    const [input, t] = [states(3), Int32Array.of(3, 11, 20)];
    const all = model.logits(input, t);
    expect([all.shape, all.dtype]).toEqual([[3, ...SHAPE, K], 'float32']);
    expect(values(model.apply(model.parameters, input, t))).toEqual(values(all));
    const row = (x: readonly number[], b: number): number[] => x.slice((b * x.length) / 3, ((b + 1) * x.length) / 3);
    const order = [2, 0, 1];
    const moved = tensor(
      order.flatMap((b) => row(values(input), b)),
      input.shape,
      'int32',
    );
    const permuted = model.logits(
      moved,
      Int32Array.from(order, (b) => t[b]!),
    );
    expectAllClose(
      permuted,
      order.flatMap((b) => row(values(all), b)),
      { rtol: 1e-5, atol: 1e-5 },
    );
  });

  it.each(names)('with %s reads the step, every state, and its whole surroundings', (name) => {
    const model = load(models[name]!());
    const before = values(model.logits(states(1), 5));
    const distance = (other: readonly number[]): number => Math.max(...other.map((value, i) => Math.abs(value - before[i]!)));
    expect(distance(values(model.logits(states(1), 6)))).toBeGreaterThan(1e-3);
    for (const corner of [0, 63]) {
      const changed = states(1).dataSync().slice();
      changed[corner] = (changed[corner]! + 3) % K;
      const after = values(model.logits(tensor(changed, [1, ...SHAPE], 'int32'), 5));
      const moved = Array.from({ length: 64 }, (_, i) => distance(after.map((value, j) => (Math.floor(j / K) === i ? value : before[j]!))));
      expect(Math.min(...moved)).toBeGreaterThan(1e-6);
    }
  });

  it('starts at the bias and the one-hot of x_t, exactly', () => {
    const outputBias = [0.5, 0.25, -1, -100, -Infinity, 2];
    const start = [0.5, 0.25, -1, -30, -30, 2];
    const input = states(2);
    const from = (options: UNetDenoiserOptions): number[] =>
      values(createUNetDenoiser(setting(), { ...small, ...options }).logits(input, 4));
    const expected = (bias: readonly number[], skip: number): number[] =>
      values(input).flatMap((state) => bias.map((value, k) => value + (k === state ? skip : 0)));
    expect(from({ outputBias })).toEqual(expected(start, 1));
    expect(from({ outputBias, skip: false })).toEqual(expected(start, 0));
    expect(from({})).toEqual(expected([0, 0, 0, 0, 0, 0], 1));
  });

  it('with the logistic head starts at the distribution around x_t', () => {
    const input = states(2);
    const nothing = zeros(input.shape);
    const expected = (tails: LogisticTails): number[] =>
      values(truncatedLogisticLogits({ xt: input, shift: nothing, logScale: nothing, numStates: K, tails }));
    expect(values(models['logistic']!().logits(input, 4))).toEqual(expected('exact'));
    const floored = createUNetDenoiser(setting(), { ...small, head: 'logistic', logisticTails: 'floored' });
    expect(values(floored.logits(input, 4))).toEqual(expected('floored'));
    floored.dispose();
  });

  it('hears of the time in every block, however many channels it has', () => {
    const at = tensor1d(Float32Array.from({ length: 2 * 64 * K }, (_, i) => Math.sin(i)));
    for (const numChannels of [8, 12, 32]) {
      const { numGroups: _, ...rest } = small;
      const model = createUNetDenoiser(setting(), { ...rest, numChannels });
      const parameters = shaken(model);
      const named = Object.entries(parameters).filter(([name]) => name.endsWith('.time.bias'));
      const loss = (...biases: Tensor[]): Tensor => {
        const moved = { ...parameters, ...Object.fromEntries(named.map(([name], i) => [name, biases[i]!])) };
        return sum(mul(reshape(model.apply(moved, states(2), 5), [at.size]), at));
      };
      const gradients = tidy(() => grads(loss as never)(named.map(([, bias]) => bias)).map((gradient) => Math.hypot(...values(gradient))));
      expect(gradients).toHaveLength(8);
      // Rounding alone, where it is lost, is of 10⁻⁶ of the largest.
      expect(Math.min(...gradients) / Math.max(...gradients)).toBeGreaterThan(1e-3);
    }
  });

  it('starts with unit variance where the image enters: LeCun normals', () => {
    const model = createUNetDenoiser(setting(), { ...small, numChannels: 32, numGroups: 8 });
    for (const [parameter, inputs] of [
      ['up.1.block.0.conv1.weight', 9 * 128],
      ['down.1.block.0.shortcut.weight', 32],
    ] as const) {
      const weights = values(model.parameters[parameter]!);
      const variance = weights.reduce((total, value) => total + value * value, 0) / weights.length;
      // 2048 squares at least: a standard error of 3 %, five of them.
      expect(Math.abs(variance * inputs - 1), parameter).toBeLessThan(0.16);
    }
    for (const parameter of ['up.1.block.0.conv2.weight', 'middle.attention.output.weight', 'output.weight'])
      expect(
        values(model.parameters[parameter]!).every((value) => value === 0),
        parameter,
      ).toBe(true);
  });

  it.each(names)('with %s leaves no tensors behind, and none at all once disposed', (name) => {
    const before = memory().numTensors;
    const model = load(models[name]!());
    const input = states(2);
    expectNoLeak(() => model.logits(input, 4));
    const gradient = (rng: Rng): Tensor =>
      tidy(() =>
        grad((w: Tensor) => sum(model.apply({ ...model.parameters, 'input.weight': w }, input, 4, { rng })))(
          model.parameters['input.weight']!,
        ),
      );
    expectNoLeak(() => gradient(createRng(1)));
    input.dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('drops numbers only when it is given a source, the same for the same source', () => {
    const model = load(createUNetDenoiser(setting(), { ...small, dropout: 0.5 }));
    const none = load(createUNetDenoiser(setting(), { ...small, dropout: 0 }));
    const from = (network: TrainableDenoiser, rng?: Rng): number[] =>
      values(network.apply(network.parameters, states(1), 4, rng ? { rng } : {}));
    expect(from(model)).toEqual(from(none));
    expect(from(none, createRng(1))).toEqual(from(none));
    expect(from(model, createRng(1))).toEqual(from(model, createRng(1)));
    expect(from(model, createRng(1))).not.toEqual(from(model, createRng(2)));
    expect(from(model, createRng(1))).not.toEqual(from(model));
  });

  it('takes images that are not square, of one level, and of two states', () => {
    const shapes: readonly (readonly [number[], number[]])[] = [
      [
        [2, 6, 1],
        [1, 1],
      ],
      [[3, 5, 2], [1]],
      [
        [12, 4, 1],
        [1, 2, 1],
      ],
    ];
    for (const [exampleShape, channelMultipliers] of shapes) {
      const model = createUNetDenoiser(
        { numStates: 2, numSteps: T, exampleShape, rng: createRng(1) },
        { numChannels: 2, channelMultipliers, numResidualBlocks: 1 },
      );
      expect(model.logits(zeros([2, ...exampleShape], 'int32'), 1).shape).toEqual([2, ...exampleShape, 2]);
      model.dispose();
    }
  });

  it('refuses states of another dtype, shape or value, and steps outside of 1…T', () => {
    const model = models['logits']!();
    expect(code(() => model.logits(zeros([2, ...SHAPE]), 1)).code).toBe('DTYPE');
    expect(code(() => model.logits(zeros([2, 4, 8, 2], 'int32'), 1)).code).toBe('SHAPE');
    expect(code(() => model.logits(tensor(new Int32Array(64).fill(K), [1, ...SHAPE], 'int32'), 1)).code).toBe('STATE_RANGE');
    for (const t of [0, T + 1]) expect(code(() => model.logits(states(1), t)).code).toBe('STEP_RANGE');
  });
});

describe('options', () => {
  const create =
    (options: unknown, exampleShape: readonly number[] = SHAPE) =>
    (): unknown =>
      createUNetDenoiser({ ...setting(), exampleShape }, options as UNetDenoiserOptions);

  it.each([
    [{ numChanels: 3 }, 'did you mean "numChannels"'],
    [{ numChannels: 3 }, 'numChannels is 3, expected an even integer'],
    [{ channelMultipliers: [] }, 'channelMultipliers'],
    [{ channelMultipliers: [1, 0] }, 'channelMultipliers[1] is 0'],
    [{ numResidualBlocks: 0 }, 'numResidualBlocks is 0'],
    [{ ...small, attentionResolutions: [16] }, 'attentionResolutions has 16, expected heights of levels, which are 8, 4'],
    [{ ...small, attentionResolutions: 4 }, 'attentionResolutions'],
    [{ ...small, numGroups: 3 }, 'numGroups is 3, expected a divisor of numChannels, which is 4'],
    [{ ...small, numHeads: 8 }, 'numHeads is 8, expected a divisor of the channels of every level, one of which has 4'],
    [{ dropout: 1 }, 'dropout is 1, expected a probability'],
    [{ head: 'logit' }, 'did you mean "logits"'],
    [{ skip: 1 }, 'skip'],
    [{ ...small, head: 'logistic', outputBias: [0, 0, 0, 0, 0, 0] }, 'outputBias is given with the head "logistic"'],
    [{ ...small, head: 'logistic', skip: true }, 'skip is true with the head "logistic"'],
    [{ ...small, logisticTails: 'exact' }, 'logisticTails is given with the head "logits"'],
    [{ ...small, head: 'logistic', logisticTails: 'floor' }, 'did you mean "floored"'],
    [{ ...small, outputBias: [0, 0] }, 'expected 6 logits'],
    [{ prediction: 'x0' }, 'prediction'],
    [null, 'expected an object'],
  ])('refuses %o', (options, part) => {
    const error = code(create(options));
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message).toContain('createUNetDenoiser');
    expect(error.message).toContain(part);
  });

  it.each([
    [[64], 'exampleShape is [64], expected [height, width, channels]'],
    [[8, 8], 'a grey image has one channel'],
    [[28, 28, 1], 'expected height and width to be multiples of 8, for 4 levels halve them 3 times; give fewer channelMultipliers'],
    [[32, 12, 3], 'multiples of 8'],
  ])('refuses images %o', (exampleShape, part) => {
    const error = code(create({}, exampleShape));
    expect(error.code).toBe('SHAPE');
    expect(error.message).toContain(part);
  });

  it('of a head for two levels or more', () => {
    expect(code(() => createUNetDenoiser({ ...setting(), numStates: 1 }, { ...small, head: 'logistic' })).message).toContain('at least 2');
  });

  it('make the network by name', async () => {
    await prepareEngine({ backend: 'cpu' });
    const plugin = createRegistry(builtinModels).find('u-net');
    const model = plugin.create(setting(), plugin.parse({ ...small, prediction: 'leave-one-out' }));
    expect([model.prediction, model.numStates, model.numSteps, model.timeFree]).toEqual(['leave-one-out', K, T, false]);
    model.dispose();
  });
});
