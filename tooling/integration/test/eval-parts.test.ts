import { createRng, mixture, plugIn, type Dataset, type Denoiser } from '@d3pm/core';
import { swissRoll } from '@d3pm/data';
import { prepareEngine } from '@d3pm/engine';
import { evaluateAutoregressive, evaluateBound, evaluateExactCount, type EvaluationOptions, type NetworkAnswer } from '@d3pm/eval';
import { createT5Denoiser } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import { absorbing, uniform } from '@d3pm/transitions';
import { beforeAll, describe, expect, it } from 'vitest';
import { autoregressiveChain, causalNetwork } from './autoregressive-chain.ts';

beforeAll(async () => void (await prepareEngine({ backend: 'wasm' })));

const [K, T, BATCH] = [6, 8, 4];
/** 39 examples: ten batches, the last one short. */
const data: Dataset = swissRoll({ size: 50, numStates: K - 1, rng: createRng('data') });
const maxExamples = 39;
const numBatches = 10;
const masking = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, { maskState: K - 1 });
const mixing = uniform.create({ numStates: K, schedule: cosine({ numSteps: T }) }, {});

type Part = Pick<EvaluationOptions<'denoiser'>, 'answers' | 'batchRange' | 'onAnswer'>;
/** An evaluation of a network that a test may take away. */
type Evaluation = (denoiser: Denoiser<'denoiser'>, part: Part) => Promise<unknown>;

const common = { data, maxExamples, batchSize: BATCH, rng: createRng('evaluation') };
const evaluations: Readonly<Record<string, Evaluation>> = {
  'the full sum': (denoiser, part) => evaluateBound({ ...common, ...part, denoiser, transition: mixing, reverse: mixture() }),
  'stratified steps': (denoiser, part) =>
    evaluateBound({ ...common, ...part, denoiser, transition: mixing, reverse: plugIn(), stepsPerExample: 2, numSteps: 5, replicates: 3 }),
  'exact counts, whose control variate learns from the batches before': (denoiser, part) =>
    evaluateExactCount({ ...common, ...part, denoiser, transition: masking, reverse: mixture(), replicates: 2 }),
};
const network = (): Denoiser<'denoiser'> =>
  createT5Denoiser(
    { numStates: K, numSteps: T, exampleShape: [2], rng: createRng('model') },
    { numChannels: 8, numBlocks: 1, numHeads: 2, numHidden: 8 },
  );
const takenAway = (denoiser: Denoiser<'denoiser'>): Denoiser<'denoiser'> => ({
  ...denoiser,
  logits: () => {
    throw new Error('the network is asked');
  },
});

/** Batches of part i of n, as even as can be. */
const rangeOf = (index: number, count: number): { readonly from: number; readonly to: number } => ({
  from: Math.floor((index * numBatches) / count),
  to: Math.floor(((index + 1) * numBatches) / count),
});

async function answersOf(evaluate: Evaluation, denoiser: Denoiser<'denoiser'>, parts: number): Promise<NetworkAnswer[]> {
  const answers: NetworkAnswer[] = [];
  // The last part first: none knows of another.
  for (let index = parts - 1; index >= 0; index--) {
    const own: NetworkAnswer[] = [];
    await evaluate(denoiser, { batchRange: rangeOf(index, parts), onAnswer: (nats) => own.push(nats) });
    answers.unshift(...own);
  }
  return answers;
}

describe.each(Object.entries(evaluations))('%s', (_, evaluate) => {
  it.each([1, 2, 7, 10])('in %i parts is, to the bit, that of all batches at once', async (parts) => {
    const denoiser = network();
    const whole = await evaluate(denoiser, {});
    const answers = await answersOf(evaluate, denoiser, parts);
    expect(await evaluate(takenAway(denoiser), { answers })).toEqual(whole);
  });

  it('refuses answers that are not all of them, or of other batches', async () => {
    const denoiser = network();
    const answers = await answersOf(evaluate, denoiser, 3);
    const replay = (given: readonly NetworkAnswer[]): Promise<unknown> => evaluate(takenAway(denoiser), { answers: given });
    await expect(replay(answers.slice(0, -1))).rejects.toMatchObject({ code: 'INVALID_DATA' });
    await expect(replay([...answers, answers[0]!])).rejects.toThrow(`there are more than the ${answers.length} that are needed`);
    await expect(replay(answers.toReversed())).rejects.toThrow('is of 3 examples, expected 4');
  });
});

describe('a part of an evaluation', () => {
  it('of a causal network is a part of the exact likelihood', async () => {
    const [states, positions] = [4, 3];
    const transition = autoregressiveChain(states, positions);
    const denoiser = causalNetwork(states, positions);
    const text: Dataset = {
      name: 'threes',
      numStates: states - 1,
      exampleShape: [positions],
      size: 27,
      examples: (indices) => ({
        values: Int32Array.from(Array.from(indices, (i) => [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3]).flat()),
        shape: [indices.length, positions],
      }),
    };
    const given = { transition, denoiser, data: text, batchSize: 4, rng: createRng(1) };
    const whole = await evaluateAutoregressive(given);
    const answers: NetworkAnswer[] = [];
    for (const batchRange of [
      { from: 0, to: 3 },
      { from: 3, to: 7 },
    ]) {
      await evaluateAutoregressive({ ...given, batchRange, onAnswer: (nats) => answers.push(nats) });
    }
    expect(await evaluateAutoregressive({ ...given, denoiser: { ...denoiser, logits: takenAway(denoiser).logits }, answers })).toEqual(
      whole,
    );
  });

  it('tells how many calls it makes', async () => {
    let total: number | undefined;
    await evaluateBound({
      ...common,
      denoiser: network(),
      transition: mixing,
      reverse: mixture(),
      batchRange: { from: 2, to: 5 },
      onProgress: ({ totalNetworkCalls }) => (total = totalNetworkCalls),
    });
    expect(total).toBe(3 * T);
  });

  it.each([
    [{ from: -1, to: 2 }, 'batchRange.from is -1'],
    [{ from: 10, to: 11 }, 'batchRange.from is 10'],
    [{ from: 3, to: 3 }, 'batchRange.to is 3'],
    [{ from: 3, to: 11 }, 'batchRange.to is 11'],
  ])('of batches %o is refused', async (batchRange, message) => {
    const work = evaluations['the full sum']!(network(), { batchRange });
    await expect(work).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) });
  });

  it('of batches that are given is refused', async () => {
    const given = { ...common, data: [data.examples([0], createRng(1))], batchRange: { from: 0, to: 1 } };
    const work = evaluateBound({ ...given, denoiser: network(), transition: mixing, reverse: mixture() });
    await expect(work).rejects.toThrow('batchRange is for a data set; give the batches of the part alone as data');
  });
});
