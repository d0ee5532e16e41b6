import { createRng, plugIn, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createUNetDenoiser } from '@d3pm/models';
import { cosine, inverseRemaining, linear } from '@d3pm/schedules';
import { hybridLoss, train } from '@d3pm/train';
import { absorbing, discretizedGaussian, uniform } from '@d3pm/transitions';
import { env, profile } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** Images of the shape of CIFAR-10; the network is as small as one can be. */
const [K, T, B, SHAPE] = [256, 1000, 8, [32, 32, 3]];
const POSITIONS = 32 * 32 * 3;
/** float32 `[B, 32, 32, 3, K]` */
const TENSOR_BYTES = 4 * B * POSITIONS * K;
/** The formulas of a term, in parts of 4 MB. */
const PARTS_BYTES = 50 * 4 * 2 ** 20;

await prepareEngine();
// Profiling would read every tensor back to look for NaN.
env().set('CHECK_COMPUTATION_FOR_ERRORS', false);

const families: Readonly<Record<string, Transition>> = {
  uniform: uniform.create({ numStates: K, schedule: cosine({ numSteps: T }) }, {}),
  'grey absorbs': absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, { maskState: 128, extraMask: false }),
  gauss: discretizedGaussian.create({ numStates: K, schedule: linear({ numSteps: T, start: 1e-4, stop: 0.02, unit: 'variance' }) }, {}),
};

describe('one update of images with 256 levels', () => {
  it.each([
    ['uniform', 'logits'],
    ['uniform', 'logistic'],
    ['grey absorbs', 'logits'],
    ['gauss', 'logits'],
    ['gauss', 'logistic'],
  ] as const)('holds logits, their gradient and two more tensors of that size, whatever the formula: %s, %s', async (family, head) => {
    const model = createUNetDenoiser(
      { numStates: K, numSteps: T, exampleShape: SHAPE, rng: createRng('model') },
      { numChannels: 2, channelMultipliers: [1, 1, 1], numResidualBlocks: 1, attentionResolutions: [], head, dropout: 0 },
    );
    const values = Int32Array.from({ length: B * POSITIONS }, (_, i) => (7919 * i) % K);
    const batches = { batchAt: () => ({ values, shape: [B, ...SHAPE] }) };
    const loss = hybridLoss({ transition: families[family]!, reverse: plugIn({ firstStep: 'denoiser' }), lambda: 0.001 });
    const { peakBytes } = await profile(async () => {
      const events = train(model, { numSteps: 1, batches, loss, learningRate: 1e-3, rng: createRng('step') });
      for await (const { lossBits } of events) expect(lossBits).toBeGreaterThan(0);
    });
    model.dispose();
    expect(peakBytes).toBeLessThan(4.3 * TENSOR_BYTES + PARTS_BYTES);
    expect(peakBytes).toBeGreaterThan(3 * TENSOR_BYTES);
  });
});
