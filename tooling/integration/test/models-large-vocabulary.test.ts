import { createRng, hasFused, mixture, plugIn, type Prediction, type TrainableDenoiser } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createT5Denoiser } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import { autoregressiveLoss, exactCountLoss, hybridLoss, train, type TrainingLoss } from '@d3pm/train';
import { absorbing, autoregressive, uniform } from '@d3pm/transitions';
import { env, profile } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** 8192 pieces of words and a mask, sequences of 128, as for LM1B; the network is as small as one can be. */
const [K, L, B, T] = [8193, 128, 2, 1000];
/** float32 `[B, L, K]` */
const TENSOR_BYTES = 4 * B * L * K;

await prepareEngine();
// Profiling would read every tensor back to look for NaN.
env().set('CHECK_COMPUTATION_FOR_ERRORS', false);
/** Whether a loss and its gradient are one operation, or formulas of many. */
const isFused = hasFused('D3pmDenoiserNll');

const masked = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {});
const decoded = autoregressive.create({ numStates: K, schedule: inverseRemaining({ numSteps: 1 }) }, { positions: L });
const mixed = uniform.create({ numStates: K, schedule: cosine({ numSteps: T }) }, {});

interface Case<P extends Prediction = Prediction> {
  readonly loss: TrainingLoss<P>;
  /** Tensors `[B, L, K]` that a step may have at a time, and those of them that are made as one-hots. */
  readonly fused: readonly [most: number, oneHots: number];
  readonly composed: readonly [most: number, oneHots: number];
}

/** Logits, their gradient before it is scaled, and the scaled one: 3 is what a loss needs. */
const cases: Readonly<Record<string, Case<'denoiser'>>> = {
  'exact count': { loss: exactCountLoss({ transition: masked }) as TrainingLoss<'denoiser'>, fused: [3, 0], composed: [6, 1] },
  autoregressive: { loss: autoregressiveLoss({ transition: decoded }) as TrainingLoss<'denoiser'>, fused: [3, 0], composed: [6, 1] },
  absorbing: { loss: hybridLoss({ transition: masked, reverse: mixture(), lambda: 0.01 }), fused: [3, 0], composed: [6, 1] },
  'absorbing, plug-in': { loss: hybridLoss({ transition: masked, reverse: plugIn(), lambda: 0.01 }), fused: [3, 0], composed: [6, 1] },
  uniform: { loss: hybridLoss({ transition: mixed, reverse: mixture() }), fused: [3, 0], composed: [9, 0] },
  'uniform, hybrid': { loss: hybridLoss({ transition: mixed, reverse: mixture(), lambda: 0.01 }), fused: [3, 0], composed: [9, 0] },
  'uniform, plug-in': { loss: hybridLoss({ transition: mixed, reverse: plugIn() }), fused: [3, 0], composed: [8, 0] },
};

const size = (shape: readonly number[]): number => shape.reduce((product, axis) => product * axis, 1);

async function step(model: TrainableDenoiser<'denoiser'>, loss: TrainingLoss<'denoiser'>): Promise<void> {
  const rng = createRng('step');
  const values = Int32Array.from({ length: B * L }, (_, i) => rng.integer(K - 1, i));
  const batches = { batchAt: () => ({ values, shape: [B, L] }) };
  const events = train(model, { numSteps: 1, batches, loss, learningRate: 1e-3, rng });
  for await (const { lossBits } of events) expect(lossBits).toBeGreaterThan(0);
}

describe('one update with 8193 states', () => {
  it.each(Object.keys(cases))('holds no more tensors [B, L, K] at a time than it is said to: %s', async (name) => {
    const { loss, ...allowed } = cases[name]!;
    const [most, oneHots] = isFused ? allowed.fused : allowed.composed;
    const model = createT5Denoiser(
      { numStates: K, numSteps: T, exampleShape: [L], rng: createRng('model') },
      { numChannels: 4, numBlocks: 1, numHidden: 8, time: 'none', causal: loss.requires === 'causal' },
    );
    const { peakBytes, kernels } = await profile(() => step(model, loss));
    model.dispose();
    const large = kernels.filter(({ name: kernel, outputShapes }) => kernel === 'OneHot' && size(outputShapes[0]!) === B * L * K);
    // All parameters, their moments and gradients, and all else are less than half of one such tensor.
    expect(peakBytes / TENSOR_BYTES).toBeLessThan(most + 0.5);
    expect(peakBytes / TENSOR_BYTES).toBeGreaterThan(3);
    expect(large.length).toBeLessThanOrEqual(oneHots);
  });
});
