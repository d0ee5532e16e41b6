import { createRng, isD3pmError, mixture, toTensor, type States, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose, expectNoLeak, sequences } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { evaluateBound } from '@d3pm/eval';
import { createTransformerDenoiser } from '@d3pm/models';
import { inverseRemaining } from '@d3pm/schedules';
import { autoregressiveLoss, train, type BatchSource, type TrainOptions } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { autoregressiveChain, causalNegativeLogLikelihoods, causalNetwork } from './autoregressive-chain.ts';

await prepareEngine({ backend: 'wasm' });

const [K, N] = [4, 3];
const chain = autoregressiveChain(K, N);
const data: States = { values: Int32Array.from(sequences(K - 1, N).flat()), shape: [(K - 1) ** N, N] };

/** A text of three letters: the next one is one further on with probability 3/4, and two with 1/4. */
function patternText(positions: number): BatchSource & { readonly entropyBits: number } {
  const bits = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25));
  return {
    entropyBits: (Math.log2(3) + (positions - 1) * bits) / positions,
    batchAt: (index) => {
      const values = new Int32Array(32 * positions);
      for (let b = 0; b < 32; b++) {
        const rng = createRng('text').split(index, b);
        for (let i = 0; i < positions; i++) {
          const at = b * positions + i;
          values[at] = i === 0 ? rng.integer(3, 0) : (values[at - 1]! + (rng.float64(i) < 0.75 ? 1 : 2)) % 3;
        }
      }
      return { values, shape: [32, positions] };
    },
  };
}

const refusal = async (model: TrainableDenoiser<'denoiser'>, options: TrainOptions<'denoiser'>): Promise<string> => {
  const before = memory().numTensors;
  const error = await train(model, options)
    .next()
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(memory().numTensors).toBe(before);
  if (!isD3pmError(error)) throw new Error(`expected a D3pmError, got ${String(error)}`);
  return `${error.code} ${error.message}`;
};

describe('autoregressiveLoss', () => {
  const network = causalNetwork(K, N);
  const loss = autoregressiveLoss({ transition: chain });
  const expected = causalNegativeLogLikelihoods(network, K, N);
  const { states, t } = loss.corrupt(data, createRng(1));

  it('is the negative log-likelihood, example by example, of clean data', () => {
    const x0 = toTensor(data);
    const logits = network.logits(x0, 1);
    expect(states).toBe(data);
    // Sums of three float32 of size about 1.
    expectAllClose(loss.nats({ logits, x0, xt: toTensor(states), t }), expected, { rtol: 2e-6, atol: 1e-6 });
    expectNoLeak(() => loss.nats({ logits, x0, xt: x0, t }));
    dispose([x0, logits]);
  });

  it('is L_vb − L_T of the chain, and L_T is 0', async () => {
    const report = await evaluateBound({
      transition: chain,
      denoiser: network,
      reverse: mixture(),
      data: [data],
      rng: createRng(1),
    });
    const mean = expected.reduce((total, nats) => total + nats, 0) / expected.length;
    expect(report.prior.nats).toBe(0);
    expect(report.total.nats).toBeCloseTo(mean, 5);
  });

  it('refuses another chain', () => {
    const other = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: N }) }, {});
    expect(() => autoregressiveLoss({ transition: other })).toThrow('autoregressiveLoss: absorbing does not mask one position a step');
  });
});

describe('training on it', () => {
  const positions = 8;
  const text = patternText(positions);
  const transition = autoregressiveChain(K, positions);
  const setting = { numStates: K, numSteps: positions, exampleShape: [positions], rng: createRng('model') };
  const sizes = { numChannels: 16, numBlocks: 1, numHeads: 2, maxDistance: 4 };
  const options: TrainOptions<'denoiser'> = {
    numSteps: 200,
    batches: text,
    loss: autoregressiveLoss({ transition }),
    learningRate: 0.01,
    rng: createRng('train'),
    eventEvery: 100,
  };

  it('comes to the entropy of the text, and not below', async () => {
    const model = createTransformerDenoiser(setting, { ...sizes, causal: true });
    const before = memory().numTensors;
    const bits: number[] = [];
    for await (const { lossBits } of train(model, options)) bits.push(lossBits);
    expect(memory().numTensors).toBe(before);
    // 25 600 letters of some 0.8 bits, each with a standard deviation of about 0.7: the mean is good to 0.005.
    expect(bits[0]! - text.entropyBits).toBeGreaterThan(0.02);
    expect(Math.abs(bits[1]! - text.entropyBits)).toBeLessThan(0.02);
    model.dispose();
  });

  it('refuses a network that would read the answer, and says what to make instead', async () => {
    const model = createTransformerDenoiser(setting, sizes);
    const message = await refusal(model, options);
    expect(message).toContain('UNSOUND train: the autoregressive loss: the denoiser is not causal');
    expect(message).toContain('causal: true');
    model.dispose();
  });
});
