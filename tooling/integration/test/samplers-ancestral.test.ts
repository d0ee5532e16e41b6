import { memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, direct, leaveOneOut, mixture, type Denoiser, type States, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, finalStates, forwardTrajectory, samplePrior, type SamplerState } from '@d3pm/samplers';
import { absorbing, uniform } from '@d3pm/transitions';
import { exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';

beforeAll(async () => {
  await prepareEngine();
});

const numSteps = 12;
/** β_t = (T − t + 1)⁻¹, the last one 1. */
const schedule = {
  unit: 'jump-probability',
  numSteps,
  noise: Float64Array.from({ length: numSteps }, (_, i) => 1 / (numSteps - i)),
} as const;
const masked = absorbing.create({ numStates: 4, schedule }, { maskState: 3 });
const mixed = uniform.create({ numStates: 4, schedule }, {});
const network = (): ReturnType<typeof exactNetwork<'denoiser'>> => exactNetwork('denoiser', 4, randomLogits(5, 4, { extraMask: 3 }));
const reverse = mixture();
const rng = createRng('samplers');

async function all(sampler: AsyncIterable<SamplerState>): Promise<SamplerState[]> {
  const states: SamplerState[] = [];
  for await (const state of sampler) states.push(state);
  return states;
}

describe.each([
  ['absorbing', masked],
  ['uniform', mixed],
] as const)('ancestralSampler, %s', (_, transition) => {
  it('yields every state of the grid, x_T first, and counts what it did', async () => {
    const denoiser = network();
    const states = await all(ancestralSampler({ transition, denoiser, reverse, shape: [3, 5], rng, numSteps: 5 }));
    expect(states.map(({ t }) => t)).toEqual([12, 10, 8, 5, 3, 0]);
    expect(states[0]).toMatchObject({ networkCalls: 0, changed: 0 });
    expect(states.at(-1)!.networkCalls).toBe(denoiser.asked.length);
    states.slice(1).forEach(({ states: now, changed }, i) => {
      const before = states[i]!.states.values;
      expect(changed).toBe(now.values.filter((value, position) => value !== before[position]).length);
      expect(now.shape).toEqual([3, 5]);
    });
  });

  it('draws by seed, example, step and position only: 8 at once are 8 times 1, and 3 then 5', async () => {
    const run = (size: number, firstExample: number): Promise<States> =>
      finalStates(ancestralSampler({ transition, denoiser: network(), reverse, shape: [size, 5], rng, firstExample }));
    const together = [...(await run(8, 0)).values];
    const alone: number[] = [];
    for (let b = 0; b < 8; b++) alone.push(...(await run(1, b)).values);
    expect(alone).toEqual(together);
    expect([...(await run(3, 0)).values, ...(await run(5, 3)).values]).toEqual(together);
    expect([
      ...(await finalStates(ancestralSampler({ transition, denoiser: network(), reverse, shape: [8, 5], rng: createRng(2) }))).values,
    ]).not.toEqual(together);
  });

  it('gives each of the positions …N its own draw, whatever their shape', async () => {
    const flat = await finalStates(ancestralSampler({ transition, denoiser: network(), reverse, shape: [4, 6], rng }));
    const square = await finalStates(ancestralSampler({ transition, denoiser: network(), reverse, shape: [4, 2, 3], rng }));
    expect(square.shape).toEqual([4, 2, 3]);
    expect(square.values).toEqual(flat.values);
  });

  it('starts where it is told to, and leaves that alone', async () => {
    const initial = { values: Int32Array.of(3, 0, 3, 1), shape: [2, 2] };
    const states = await all(ancestralSampler({ transition, denoiser: network(), reverse, shape: [2, 2], rng, initial }));
    expect(states[0]!.states.values).toEqual(Int32Array.of(3, 0, 3, 1));
    expect(initial.values).toEqual(Int32Array.of(3, 0, 3, 1));
  });

  it('leaves no tensor, also when the caller stops early or the denoiser fails', async () => {
    const before = memory().numTensors;
    const options = { transition, denoiser: network(), reverse, shape: [3, 5], rng };
    await finalStates(ancestralSampler(options));
    await finalStates(ancestralSampler({ ...options, lastStep: 'argmax' }));
    for await (const { t } of ancestralSampler(options)) if (t < 6) break;
    const wrongShape: Denoiser<'denoiser'> = { ...options.denoiser, logits: () => tensor([[1, 2, 3, 4]]) };
    await expect(finalStates(ancestralSampler({ ...options, denoiser: wrongShape }))).rejects.toMatchObject({ code: 'SHAPE' });
    const nan: Denoiser<'denoiser'> = {
      ...options.denoiser,
      logits: ({ shape }) => tensor(new Float32Array(4 * shape[0]! * 5).fill(NaN), [...shape, 4]),
    };
    await expect(finalStates(ancestralSampler({ ...options, denoiser: nan }))).rejects.toMatchObject({ code: 'NON_FINITE' });
    expect(memory().numTensors).toBe(before);
  });

  it('refuses, before any work, what cannot be sampled', () => {
    const options = { transition, denoiser: network(), reverse, shape: [2, 3], rng };
    const failing = (change: object): unknown => {
      try {
        return ancestralSampler({ ...options, ...change });
      } catch (error) {
        return error;
      }
    };
    expect(failing({ numSteps: 13 })).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(failing({ shape: [3] })).toMatchObject({ code: 'SHAPE', message: expect.stringContaining('[batch, …positions]') as string });
    expect(failing({ shape: [0, 3] })).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(failing({ lastStep: 'mode' })).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(failing({ reverse: leaveOneOut() })).toMatchObject({
      code: 'UNSOUND',
      message: expect.stringContaining('"denoiser"') as string,
    });
    expect(failing({ reverse: direct(), denoiser: exactNetwork('direct', 4, randomLogits(1, 4)), numSteps: 6 })).toMatchObject({
      code: 'UNSOUND',
    });
    expect(failing({ denoiser: exactNetwork('denoiser', 5, randomLogits(1, 5)) })).toMatchObject({ code: 'SHAPE' });
    expect(failing({ initial: { values: new Int32Array(4), shape: [2, 2] } })).toMatchObject({ code: 'SHAPE' });
    expect(failing({ initial: { values: new Int32Array(6).fill(4), shape: [2, 3] } })).toMatchObject({ code: 'STATE_RANGE' });
  });

  it.each([
    ['a promise', () => Promise.resolve(tensor([1])), 'returned a promise'],
    ['a disposed tensor', disposed, 'returned a disposed tensor'],
    ['nothing', () => undefined, 'returned undefined'],
    ['integers', ({ shape }: Tensor) => tensor(new Int32Array(4 * shape[0]! * 5), [...shape, 4], 'int32'), 'returned int32 logits'],
  ])('names a denoiser that returns %s', async (_name, logits, message) => {
    const denoiser = { ...network(), logits } as unknown as Denoiser<'denoiser'>;
    const sampling = finalStates(ancestralSampler({ transition, denoiser, reverse, shape: [2, 5], rng }));
    await expect(sampling).rejects.toMatchObject({ code: 'DTYPE', message: expect.stringContaining(message) as string });
  });
});

describe('with an extra mask', () => {
  it('asks the network for the rows that change, in the steps in which one does', async () => {
    const denoiser = network();
    let [expectedCalls, previous] = [0, undefined as States | undefined];
    for await (const { states, networkCalls } of ancestralSampler({ transition: masked, denoiser, reverse, shape: [4, 2], rng })) {
      const before = previous;
      const rows = before ? [0, 1, 2, 3].filter((b) => [0, 1].some((n) => states.values[2 * b + n] !== before.values[2 * b + n])) : [];
      expectedCalls += rows.length > 0 ? 1 : 0;
      expect(networkCalls).toBe(expectedCalls);
      expect(rows.length > 0 ? denoiser.asked.at(-1)!.shape : [0, 2]).toEqual([rows.length, 2]);
      previous = states;
    }
    // 8 masks lift over 12 steps: some step has none.
    expect(expectedCalls).toBeLessThan(numSteps);
    expect(previous!.values).not.toContain(3);
  });

  it('asks nothing at all when there is no mask, and a step of β = 0 changes nothing', async () => {
    const denoiser = network();
    const initial = { values: Int32Array.of(0, 1, 2, 2), shape: [2, 2] };
    const kept = await all(ancestralSampler({ transition: masked, denoiser, reverse, shape: [2, 2], rng, initial }));
    expect(kept.at(-1)).toEqual({ t: 0, states: initial, networkCalls: 0, networkRows: 0, changed: 0 });
    const idle = absorbing.create(
      { numStates: 4, schedule: { ...schedule, numSteps: 3, noise: Float64Array.of(0.5, 0, 1) } },
      { maskState: 3 },
    );
    const states = await all(ancestralSampler({ transition: idle, denoiser, reverse, shape: [50, 4], rng }));
    expect(states.map(({ t, changed }) => [t, changed === 0])).toEqual([
      [3, true],
      [2, false],
      [1, true],
      [0, false],
    ]);
    expect(states[2]!.networkCalls).toBe(states[1]!.networkCalls);
  });

  it('unmasks a position at a time that has the law of r, down to one in a hundred thousand', async () => {
    // ᾱ_1 = 2e-5: a mask lifts in the step 2→1 with that probability, which one draw over all classes in float32 would miss.
    const rare = absorbing.create(
      { numStates: 2, schedule: { ...schedule, numSteps: 2, noise: Float64Array.of(1 - 2e-5, 1) } },
      { maskState: 1 },
    );
    const denoiser = exactNetwork('denoiser', 2, (xt) => xt.map(() => [0, 0]));
    let lifted = 0;
    for await (const { t, changed } of ancestralSampler({ transition: rare, denoiser, reverse, shape: [1000, 1000], rng }))
      if (t === 1) lifted = changed;
    // Poisson with mean 20: 4 standard deviations.
    expect(Math.abs(lifted - 20)).toBeLessThan(18);
  });
});

it('a denoiser of another prediction does not compile', () => {
  const sampler = (): AsyncGenerator<SamplerState> =>
    // @ts-expect-error the leave-one-out process does not read a denoiser
    ancestralSampler({ transition: mixed, denoiser: network(), reverse: leaveOneOut(), shape: [1, 2], rng });
  expect(sampler).toThrow(expect.objectContaining({ code: 'UNSOUND' }));
});

describe('samplePrior', () => {
  const withPrior = (prior: Transition['prior']): Transition => ({ ...mixed, prior });

  it('reads a learned prior, and one of each position', async () => {
    const logits = tensor([0, -Infinity, -Infinity, -Infinity, -Infinity, 5, -Infinity, -Infinity], [2, 4]);
    expect([...(await samplePrior(withPrior({ kind: 'learned', logits }), { shape: [2, 2], rng })).values]).toEqual([0, 1, 0, 1]);
    const probs = Float64Array.of(0, 0, 1, 0, 0, 0, 0, 1);
    expect([...(await samplePrior(withPrior({ kind: 'fixed', probs }), { shape: [1, 2], rng })).values]).toEqual([2, 3]);
    await expect(samplePrior(withPrior({ kind: 'fixed', probs }), { shape: [1, 3], rng })).rejects.toMatchObject({ code: 'SHAPE' });
    logits.dispose();
  });
});

describe('finalStates and forwardTrajectory', () => {
  it('say when there is nothing, or no order', async () => {
    const sampler = ancestralSampler({ transition: mixed, denoiser: network(), reverse, shape: [1, 2], rng });
    await finalStates(sampler);
    await expect(finalStates(sampler)).rejects.toMatchObject({ code: 'INVALID_DATA' });
    const states = { values: new Int32Array(2), shape: [1, 2] };
    for (const ts of [[3, 3], [5, 2], [13], [-1], [1.5]]) {
      expect(() => forwardTrajectory({ transition: mixed, states, ts, rng })).toThrow(expect.objectContaining({ code: 'STEP_RANGE' }));
    }
  });

  it('never lets a mask lift', () => {
    const states = { values: new Int32Array(200), shape: [20, 10] };
    const path = [...forwardTrajectory({ transition: masked, states, ts: [2, 5, 9, 12], rng })];
    path.slice(1).forEach((later, i) => {
      path[i]!.states.values.forEach((state, position) => expect(state === 3 && later.states.values[position] !== 3).toBe(false));
    });
    expect(new Set(path[3]!.states.values)).toEqual(new Set([3]));
  });
});

function disposed(): Tensor {
  const logits = tensor([1]);
  logits.dispose();
  return logits;
}
