import { createRng, logNormalize, type Parameters } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createUNetDenoiser } from '@d3pm/models';
import { add, grads, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attentionBlock } from '../../src/u-net/attention-block.ts';
import { convolution } from '../../src/u-net/convolution.ts';
import { groupNorm } from '../../src/u-net/group-norm.ts';
import { hiddenConvolution } from '../../src/u-net/hidden-convolution.ts';
import { residualBlock } from '../../src/u-net/residual-block.ts';
import { upsample } from '../../src/u-net/upsample.ts';
import golden from '../golden/u-net.json' with { type: 'json' };
import { integers, numbers, parameter, signs } from './golden-numbers.ts';

interface GoldenGradient {
  readonly shape: readonly number[];
  readonly norm: number;
  readonly products: readonly number[];
}
type GoldenGradients = Readonly<Record<string, GoldenGradient>>;

/** float32 sums of up to 600 terms against float64. */
const TOLERANCE = { rtol: 1e-4, atol: 1e-4 };

/** Gradients of Σ y · numbers('dy') by all tensors named, beside the golden ones. */
function expectGradients(apply: (tensors: Parameters) => Tensor, tensors: Parameters, expected: GoldenGradients): void {
  const names = Object.keys(tensors);
  expect([...names].sort()).toEqual(Object.keys(expected).sort());
  const weighted = (...values: Tensor[]): Tensor => {
    const y = apply(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
    return sum(mul(y, numbers('dy', y.shape)));
  };
  grads(weighted as never)(names.map((name) => tensors[name]!)).forEach((gradient: Tensor, i) => {
    const { shape, norm, products } = expected[names[i]!]!;
    expect(gradient.shape, names[i]).toEqual(shape);
    const values = gradient.dataSync<'float32'>();
    const found = [0, 1, 2, 3].map((k) => {
      const sign = signs(`${names[i]} ${k}`, values.length);
      return values.reduce((total, value, j) => total + value * sign[j]!, 0);
    });
    const scale = Math.max(norm, 1);
    expectAllClose(
      [Math.hypot(...values), ...found].map((value) => value / scale),
      [norm, ...products].map((value) => value / scale),
      TOLERANCE,
    );
  });
}

const block = { name: 'b', inChannels: 4 };
const inBlock = (parameters: Parameters) => ({
  parameters,
  time: numbers('time', [2, 8]),
  numGroups: 2,
  numHeads: 1,
});
const inNorm = (p: Parameters) => ({ scale: p['n.scale']!, bias: p['n.bias']!, numGroups: 3 });

const layers: Readonly<Record<string, (x: Tensor, parameters: Parameters) => Tensor>> = {
  convolution: (x, p) => convolution(x, p['c.weight']!, p['c.bias']),
  'convolution, stride 2': (x, p) => convolution(x, p['c.weight']!, p['c.bias'], 2),
  upsample: (x, p) => add(hiddenConvolution(upsample(x), p['c.weight']!), p['c.bias']!),
  'group norm': (x, p) => groupNorm(x, inNorm(p)),
  'group norm, swish': (x, p) => groupNorm(x, { ...inNorm(p), activation: 'swish' }),
  'residual block': (x, p) => residualBlock(x, { ...block, outChannels: 4 }, inBlock(p)),
  'residual block, more channels': (x, p) => residualBlock(x, { ...block, outChannels: 6 }, inBlock(p)),
  attention: (x, parameters) => attentionBlock(x, { parameters, name: 'a', numGroups: 2, numHeads: 1 }),
  'attention, two heads': (x, parameters) => attentionBlock(x, { parameters, name: 'a', numGroups: 2, numHeads: 2 }),
};

const made = (gradients: GoldenGradients): Parameters =>
  Object.fromEntries(
    Object.entries(gradients)
      .filter(([name]) => name !== 'x')
      .map(([name, { shape }]) => [name, parameter(name, shape)]),
  );

describe.each(['cpu', 'wasm'] as const)('PyTorch and we agree on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it('about as many layers', () => expect(golden.layers.map(({ name }) => name)).toEqual(Object.keys(layers)));

  it.each(golden.layers)('in value and gradients of: $name', ({ name, x, shape, y, gradients }) => {
    tidy(() => {
      const input = numbers('x', x);
      const parameters = made(gradients);
      const value = layers[name]!(input, parameters);
      expect(value.shape).toEqual(shape);
      expectAllClose(value, y, TOLERANCE);
      expectGradients(({ x: moved, ...rest }) => layers[name]!(moved!, rest), { x: input, ...parameters }, gradients);
    });
  });

  it.each(golden.networks)('in log-probabilities and all gradients of a network with the head $head', (expected) => {
    const model = createUNetDenoiser(
      { numStates: expected.levels, numSteps: expected.total, exampleShape: expected.size.slice(1), rng: createRng(1) },
      {
        numChannels: expected.channels,
        channelMultipliers: expected.multipliers,
        numResidualBlocks: expected.blocks,
        attentionResolutions: expected.attention,
        numGroups: expected.groups,
        head: expected.head as 'logistic' | 'logits',
      },
    );
    const states = integers('states', 128).map((n) => n % expected.levels);
    tidy(() => {
      const parameters = made(expected.gradients);
      const xt = tensor(states, expected.size, 'int32');
      const apply = (given: Parameters): Tensor => logNormalize(model.apply(given, xt, Int32Array.from(expected.steps)));
      expectAllClose(apply(parameters), expected.logProbs, TOLERANCE);
      expectGradients(apply, parameters, expected.gradients);
    });
    model.dispose();
  });
});
