import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, mixture, type Denoiser, type Rng, type States } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import {
  ancestralSampler,
  autoregressiveSampler,
  confidenceSampler,
  correctedSampler,
  eventSampler,
  finalStates,
  firstHittingSampler,
  fixStates,
  gibbsSampler,
  remaskingSampler,
  type SamplerOptions,
  type SamplerState,
} from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing, uniform } from '@d3pm/transitions';
import { autoregressiveChain, causalNetwork } from './autoregressive-chain.ts';
import { exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';
import { all, recordingNetwork } from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const schedule = inverseRemaining({ numSteps: 9 });
const masked = absorbing.create({ numStates: 4, schedule }, { maskState: 3 });
const mixed = uniform.create({ numStates: 4, schedule }, {});
const logits = randomLogits(5, 4, { extraMask: 3, timeFree: true });
const rng = createRng('every');

type Options = Omit<SamplerOptions, 'transition'> & { readonly denoiser: Denoiser<'denoiser'> };
type Sampler = (options: Options) => AsyncIterable<SamplerState>;
const zeros = ({ shape }: Options): States => ({ values: new Int32Array(shape.reduce((a, b) => a * b)), shape });
const samplers: readonly (readonly [string, Sampler])[] = [
  ['ancestralSampler, absorbing', (options) => ancestralSampler({ transition: masked, reverse: mixture(), ...options })],
  ['ancestralSampler, uniform', (options) => ancestralSampler({ transition: mixed, reverse: mixture(), ...options })],
  ['correctedSampler, absorbing', (options) => correctedSampler({ transition: masked, reverse: mixture(), rounds: 2, ...options })],
  ['correctedSampler, uniform', (options) => correctedSampler({ transition: mixed, reverse: mixture(), rounds: 2, ...options })],
  ['eventSampler', (options) => eventSampler({ transition: masked, ...options })],
  ['firstHittingSampler', (options) => firstHittingSampler({ transition: masked, ...options })],
  ['remaskingSampler', (options) => remaskingSampler({ transition: masked, strength: 0.5, ...options })],
  ['confidenceSampler', (options) => confidenceSampler({ transition: masked, ...options })],
  ['confidenceSampler, drawn', (options) => confidenceSampler({ transition: masked, count: 'drawn', ...options })],
  ['gibbsSampler', (options) => gibbsSampler({ transition: mixed, t: 4, rounds: 4, initial: zeros(options), ...options })],
];
const network = (timeFree = false): Denoiser<'denoiser'> => exactNetwork('denoiser', 4, logits, { timeFree });

describe.each(samplers)('%s', (_, sampler) => {
  it.each([
    ['as it is', undefined],
    ['under a constraint', fixStates([-1, 2, -1, -1, 0], masked)],
  ])('draws by seed, example and position only: 8 at once are 8 times 1, and 3 then 5, %s', async (__, constraint) => {
    const run = async (size: number, firstExample: number, stream: Rng = rng): Promise<number[]> => [
      ...(
        await finalStates(sampler({ denoiser: network(), shape: [size, 5], rng: stream, firstExample, ...(constraint && { constraint }) }))
      ).values,
    ];
    const together = await run(8, 0);
    const alone: number[] = [];
    for (let b = 0; b < 8; b++) alone.push(...(await run(1, b)));
    expect(alone).toEqual(together);
    expect([...(await run(3, 0)), ...(await run(5, 3))]).toEqual(together);
    expect(await run(8, 0, createRng('another'))).not.toEqual(together);
  });

  it('gives the same samples of a network that says it is time-free, in no more rows', async () => {
    const [kept, asked] = await Promise.all(
      [true, false].map((timeFree) => all(sampler({ denoiser: network(timeFree), shape: [6, 5], rng }))),
    );
    expect(kept!.map(({ states }) => states)).toEqual(asked!.map(({ states }) => states));
    expect(kept!.at(-1)!.networkRows).toBeLessThanOrEqual(asked!.at(-1)!.networkRows);
  });

  it('counts its calls, the rows in them, and what changed', async () => {
    const denoiser = recordingNetwork('denoiser', 4, logits, { timeFree: true });
    const yielded = await all(sampler({ denoiser, shape: [6, 5], rng }));
    expect(yielded[0]).toMatchObject({ networkCalls: 0, networkRows: 0, changed: 0 });
    expect(yielded.at(-1)).toMatchObject({ networkCalls: denoiser.calls.length, networkRows: denoiser.calls.flat().length });
    yielded.slice(1).forEach(({ states, changed, networkCalls, networkRows }, i) => {
      const before = yielded[i]!;
      expect(changed).toBe(states.values.filter((value, position) => value !== before.states.values[position]).length);
      expect(networkRows - before.networkRows).toBeGreaterThanOrEqual(networkCalls - before.networkCalls);
    });
  });

  it('keeps the shape of the positions', async () => {
    const flat = await finalStates(sampler({ denoiser: network(), shape: [3, 6], rng }));
    const square = await finalStates(sampler({ denoiser: network(), shape: [3, 2, 3], rng }));
    expect(square.shape).toEqual([3, 2, 3]);
    expect(square.values).toEqual(flat.values);
  });

  it('leaves no tensor, also when the loop is left or the network fails', async () => {
    const before = memory().numTensors;
    const options = { denoiser: network(true), shape: [3, 5], rng };
    await finalStates(sampler(options));
    await finalStates(sampler({ ...options, constraint: fixStates([-1, 2, -1, -1, 0], masked) }));
    let yielded = 0;
    for await (const state of sampler(options)) if (++yielded === 3 && state.states.shape.length > 0) break;
    expect(memory().numTensors).toBe(before);
    const failing = (values: number, shape: (batchSize: number) => number[]): Denoiser<'denoiser'> => ({
      ...network(),
      logits: ({ shape: [batchSize] }) =>
        tensor(new Float32Array(shape(batchSize!).reduce((a, b) => a * b)).fill(values), shape(batchSize!)),
    });
    await expect(finalStates(sampler({ ...options, denoiser: failing(0, (size) => [size, 4]) }))).rejects.toMatchObject({ code: 'SHAPE' });
    const nan = failing(Number.NaN, (size) => [size, 5, 4]);
    await expect(finalStates(sampler({ ...options, denoiser: nan }))).rejects.toMatchObject({ code: 'NON_FINITE' });
    expect(memory().numTensors).toBe(before);
  });
});

it('autoregressiveSampler counts the rows of its calls too', async () => {
  const options = { transition: autoregressiveChain(4, 3), shape: [5, 3], rng };
  const network = causalNetwork(4, 3);
  const yielded = await all(autoregressiveSampler({ ...options, denoiser: network }));
  expect(yielded.map(({ networkCalls, networkRows }) => [networkCalls, networkRows])).toEqual([
    [0, 0],
    [1, 5],
    [2, 10],
    [3, 15],
  ]);
});

describe('a sampler of absorbing noise', () => {
  const options = { transition: masked, denoiser: network(), shape: [2, 3], rng };
  it.each([
    ['eventSampler', eventSampler],
    ['firstHittingSampler', firstHittingSampler],
    ['remaskingSampler', remaskingSampler],
    ['confidenceSampler', confidenceSampler],
  ] as const)('refuses what it cannot sample: %s', (name, sampler) => {
    const refusal =
      (change: object): (() => unknown) =>
      () =>
        sampler({ ...options, ...change });
    const refused = (code: string): object => expect.objectContaining({ code, message: expect.stringContaining(name) as string }) as object;
    expect(refusal({ transition: mixed })).toThrow(refused('UNSOUND'));
    const reused = absorbing.create({ numStates: 4, schedule }, { maskState: 3, extraMask: false });
    expect(refusal({ transition: reused })).toThrow(refused('UNSOUND'));
    expect(refusal({ denoiser: exactNetwork('direct', 4, logits) })).toThrow(refused('UNSOUND'));
    expect(refusal({ denoiser: exactNetwork('denoiser', 5, logits) })).toThrow(refused('SHAPE'));
    expect(refusal({ shape: [3] })).toThrow(refused('SHAPE'));
    expect(refusal({ initial: { values: new Int32Array(4), shape: [2, 2] } })).toThrow(refused('SHAPE'));
    expect(refusal({ initial: { values: new Int32Array(6).fill(4), shape: [2, 3] } })).toThrow(refused('STATE_RANGE'));
  });

  it.each([
    ['eventSampler', eventSampler],
    ['remaskingSampler', remaskingSampler],
    ['confidenceSampler', confidenceSampler],
  ] as const)('takes 1…T steps: %s', (_, sampler) => {
    for (const numSteps of [0, 10, 1.5]) {
      expect(() => sampler({ ...options, numSteps })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    }
  });

  it.each([
    ['eventSampler', eventSampler],
    ['remaskingSampler', remaskingSampler],
  ] as const)('draws its last step or takes the mode: %s', (_, sampler) => {
    expect(() => sampler({ ...options, lastStep: 'mode' as 'argmax' })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });

  it('reads a leave-one-out network as it reads a denoiser', async () => {
    for (const sampler of [eventSampler, firstHittingSampler, remaskingSampler, confidenceSampler]) {
      const [one, other] = (['denoiser', 'leave-one-out'] as const).map((prediction) => exactNetwork(prediction, 4, logits));
      expect(await finalStates(sampler({ ...options, denoiser: one! }))).toEqual(
        await finalStates(sampler({ ...options, denoiser: other! })),
      );
    }
  });
});
