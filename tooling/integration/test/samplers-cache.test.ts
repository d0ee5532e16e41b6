import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, leaveOneOut, mixture, plugIn, type Prediction, type ReverseProcess } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, fixStates } from '@d3pm/samplers';
import { createTransformerDenoiser } from '@d3pm/models';
import { memory, randomStandardNormal } from '@tensorflow/tfjs-core';
import { makeFamily, randomLogits, type FamilyName } from './oracle-families.ts';
import { all, recordingNetwork, rowOf } from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const betas = [0.05, 0.05, 0.1, 0.05, 0.2, 0.05, 0.1, 0.3];
const cases = [
  ['uniform', mixture(), 'stages of rank one'],
  ['uniform', leaveOneOut(), 'stages of rank one'],
  ['absorbing, re-used mask', plugIn(), 'stages of rank one'],
  ['dense, asymmetric', mixture(), 'any process'],
  ['dense, per position', plugIn(), 'any process'],
  ['uniform with a mask', mixture(), 'any process'],
] as const;

describe.each(cases)('kept logits: %s', (name, process) => {
  const reverse = process as ReverseProcess;
  const { transition } = makeFamily(name as FamilyName, { seed: 3, numSteps: betas.length, betas, numPositions: 2 });
  const logits = randomLogits(5, transition.numStates, {
    timeFree: true,
    ...(transition.extraMask !== undefined && { extraMask: transition.extraMask }),
  });
  const network = (timeFree: boolean): ReturnType<typeof recordingNetwork> =>
    recordingNetwork(reverse.prediction as Prediction, transition.numStates, logits, { timeFree });
  const options = { transition, reverse, shape: [12, 2], rng: createRng(4) };

  it.each([
    ['as they are', {}],
    ['under a constraint', { constraint: fixStates([0, -1], transition) }],
  ])('give the same samples, bit for bit, in fewer rows: %s', async (_, constraint) => {
    const [cached, uncached] = [network(true), network(false)];
    const kept = await all(ancestralSampler({ ...options, ...constraint, denoiser: cached }));
    const asked = await all(ancestralSampler({ ...options, ...constraint, denoiser: uncached }));
    expect(kept.map(({ states, changed, t }) => [t, changed, ...states.values])).toEqual(
      asked.map(({ states, changed, t }) => [t, changed, ...states.values]),
    );
    expect(asked.at(-1)).toMatchObject({ networkCalls: betas.length, networkRows: 12 * betas.length });
    expect(kept.at(-1)!.networkRows).toBeLessThan(0.8 * asked.at(-1)!.networkRows);
    expect(kept.at(-1)!.networkRows).toBe(cached.calls.flat().length);
    expect(kept.at(-1)!.networkCalls).toBe(cached.calls.length);
  });

  it('ask for exactly the examples that the step before has changed', async () => {
    const denoiser = network(true);
    const yielded = await all(ancestralSampler({ ...options, denoiser }));
    const changed = yielded
      .slice(0, -1)
      .map((state, i) =>
        Array.from({ length: 12 }, (_, b) => rowOf(state, b)).filter(
          (row, b) => i === 0 || row.join() !== rowOf(yielded[i - 1]!, b).join(),
        ),
      );
    expect(denoiser.calls.map((rows) => rows.map(({ states }) => states))).toEqual(changed.filter((rows) => rows.length > 0));
  });

  it('are freed at the end, and when the loop is left', async () => {
    const before = memory().numTensors;
    for await (const { t } of ancestralSampler({ ...options, denoiser: network(true) })) if (t === 4) break;
    expect(memory().numTensors).toBe(before);
    const sampler = ancestralSampler({ ...options, denoiser: network(true) });
    for (let i = 0; i <= betas.length; i++) await sampler.next();
    // x_0 is there, and nobody has asked for more.
    expect(memory().numTensors).toBe(before);
  });
});

it('of a real network too are those of the whole batch', async () => {
  const { transition } = makeFamily('uniform', { seed: 3, numSteps: betas.length, betas });
  const setting = { numStates: 3, numSteps: betas.length, exampleShape: [2], rng: createRng(1) };
  const network = createTransformerDenoiser(setting, { numChannels: 8, numHeads: 2, numBlocks: 1 });
  network.load(
    Object.fromEntries(
      Object.entries(network.parameters).map(([name, { shape }], i) => [name, randomStandardNormal(shape, 'float32', i + 1)]),
    ),
  );
  const options = { transition, reverse: mixture(), shape: [9, 2], rng: createRng(4) };
  const kept = await all(ancestralSampler({ ...options, denoiser: network }));
  const { timeFree: _, ...rest } = network;
  const asked = await all(ancestralSampler({ ...options, denoiser: { ...rest, timeFree: false } }));
  network.dispose();
  expect(kept.map(({ states }) => [...states.values])).toEqual(asked.map(({ states }) => [...states.values]));
  expect(kept.at(-1)!.networkRows).toBeLessThan(asked.at(-1)!.networkRows);
});
