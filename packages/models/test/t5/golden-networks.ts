import { createRng, type Parameters } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { createT5Denoiser } from '@d3pm/models';
import { grads, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import golden from '../golden/t5.json' with { type: 'json' };
import { integers, numbers, parameter, signs } from '../u-net/golden-numbers.ts';

export type GoldenNetwork = (typeof golden.networks)[number];

/** Asserts that the network of the library has the logits of the golden one, and the gradients of Σ logits · numbers('dy'). */
export function expectGoldenNetwork(expected: GoldenNetwork): void {
  const { classes, total, size, steps, gradients } = expected;
  const model = createT5Denoiser(
    { numStates: classes, numSteps: total, exampleShape: [size[1]!], rng: createRng(1) },
    {
      numChannels: expected.channels,
      numBlocks: expected.blocks,
      numHeads: expected.heads,
      numHidden: expected.hidden,
      numBuckets: expected.numBuckets,
      maxDistance: expected.maxDistance,
      bucketing: expected.bucketing as 'bidirectional' | 'left-only',
      time: steps === null ? 'none' : 'table',
      causal: expected.causal,
    },
  );
  const states = integers('states', size[0]! * size[1]!).map((n) => n % classes);
  tidy(() => {
    const parameters: Parameters = Object.fromEntries(Object.entries(gradients).map(([name, { shape }]) => [name, parameter(name, shape)]));
    const xt = tensor(states, size as [number, number], 'int32');
    const apply = (given: Parameters): Tensor => model.apply(given, xt, Int32Array.from(steps ?? [1, 1]));
    expect(Object.keys(model.parameters).sort()).toEqual(Object.keys(gradients).sort());
    expectAllClose(apply(parameters), expected.logits, { rtol: 1e-5, atol: 1e-5 });
    const names = Object.keys(gradients);
    const weighted = (...values: Tensor[]): Tensor => {
      const y = apply(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
      return sum(mul(y, numbers('dy', y.shape)));
    };
    grads(weighted as never)(names.map((name) => parameters[name]!)).forEach((gradient: Tensor, i) => {
      const { shape, norm, products } = gradients[names[i] as keyof typeof gradients]!;
      expect(gradient.shape, names[i]).toEqual(shape);
      const values = gradient.dataSync<'float32'>();
      const found = [0, 1, 2, 3].map((k) => {
        const sign = signs(`${names[i]} ${k}`, values.length);
        return values.reduce((all, value, j) => all + value * sign[j]!, 0);
      });
      const scale = Math.max(norm, 1);
      // Sums of up to 432 entries that cancel.
      const tolerance = { rtol: 1e-4, atol: 1e-4 };
      const relative = [Math.hypot(...values), ...found].map((value) => value / scale);
      expectAllClose(
        relative,
        [norm, ...products].map((value) => value / scale),
        tolerance,
      );
    });
  });
  model.dispose();
}
