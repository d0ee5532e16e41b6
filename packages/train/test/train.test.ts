import { createRng, type Parameters, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { defineDenoiser, zeroValues } from '@d3pm/models';
import { disposeState, linearDecay, train, type BatchSource, type TrainerState } from '@d3pm/train';
import { gather, memory, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { K, setting, makeModel, batches, loss, options, run, flat, copyOf } from './tiny-training.ts';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

describe('events', () => {
  it('come every eventEvery steps and at the end, and the loss falls', async () => {
    const lines = await run(makeModel(), options({ numSteps: 203, eventEvery: 50 }));
    expect(lines.map(({ step }) => step)).toEqual([50, 100, 150, 200, 203]);
    // Data has two of the four states: 1 bit without any input, 2 bits at the start.
    expect(lines[0]!.lossBits).toBeGreaterThan(lines[3]!.lossBits);
    expect(lines[3]!.lossBits).toBeLessThan(1);
  });

  it('report the mean loss of the steps between in bits per dimension, at the parameters before each update', async () => {
    const [model, one] = [makeModel(), makeModel()];
    const [merged] = await run(model, options({ numSteps: 5 }));
    const single = await run(one, options({ numSteps: 5, eventEvery: 1 }));
    expect(single.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    // The untrained network is uniform over K = 4.
    expect(single[0]!.lossBits).toBeCloseTo(2, 5);
    expect(merged!.lossBits).toBeCloseTo(single.reduce((total, { lossBits }) => total + lossBits, 0) / 5, 5);
    expect(merged!.gradientNorm).toBe(single[4]!.gradientNorm);
    expect(flat(model.parameters)).toEqual(flat(one.parameters));
  });

  it('tell the learning rate of the last step', async () => {
    const lines = await run(makeModel(), options({ learningRate: linearDecay({ rate: 0.1, numSteps: 20 }) }));
    expectAllClose(
      lines.map(({ learningRate }) => learningRate),
      [16, 11, 6, 1].map((left) => (0.1 * left) / 20),
    );
  });

  it('a scale of the gradient is not in the report', async () => {
    const scaled = { ...loss, gradientScale: () => 1e-3 };
    const [a, b] = [await run(makeModel(), options({ numSteps: 1 })), await run(makeModel(), options({ numSteps: 1, loss: scaled }))];
    expect(b[0]!.lossBits).toBeCloseTo(a[0]!.lossBits, 5);
    expect(b[0]!.gradientNorm / a[0]!.gradientNorm).toBeCloseTo(3e-3, 7);
  });
});

describe('determinism', () => {
  it.each(['cpu', 'wasm'] as const)('the same seed gives the same bits after 20 steps on %s, another seed others', async (backend) => {
    await prepareEngine({ backend });
    const [a, b, c] = [makeModel(), makeModel(), makeModel()];
    const lines = await run(a, options({ clipNorm: 1 }));
    expect(await run(b, options({ clipNorm: 1 }))).toEqual(lines);
    await run(c, options({ clipNorm: 1, rng: createRng('another') }));
    expect(flat(b.parameters)).toEqual(flat(a.parameters));
    expect(flat(c.parameters)).not.toEqual(flat(a.parameters));
    await prepareEngine({ backend: 'cpu' });
  });

  it('a run that goes on from a state ends where it would have ended', async () => {
    const whole = makeModel();
    const schedule = linearDecay({ rate: 0.05, numSteps: 20 });
    await run(whole, options({ learningRate: schedule, emaDecay: 0.9 }));
    let state: TrainerState | undefined;
    await run(makeModel(), options({ learningRate: schedule, emaDecay: 0.9, numSteps: 10 }), (event) => {
      if (event.step === 10) state = copyOf(event.state);
    });
    const resumed = makeModel();
    const lines = await run(resumed, options({ learningRate: schedule, emaDecay: 0.9, state: state! }));
    expect(lines.map(({ step }) => step)).toEqual([15, 20]);
    expect(flat(resumed.parameters)).toEqual(flat(whole.parameters));
    const loaded = makeModel();
    expect(await run(loaded, options({ emaDecay: 0.9, numSteps: 10, state: state! }))).toEqual([]);
    expect(flat(loaded.parameters)).toEqual([...state!.average!.dataSync()]);
    disposeState(state!);
  });
});

describe('what the model gets', () => {
  it('is the last parameters, or their average', async () => {
    const [plain, averaged] = [makeModel(), makeModel()];
    const path: number[][] = [flat(plain.parameters)];
    await run(plain, options({ eventEvery: 1, numSteps: 3 }), ({ state }) => {
      expect([...state.parameters.dataSync()]).toEqual(flat(plain.parameters));
      path.push(flat(plain.parameters));
    });
    await run(averaged, options({ emaDecay: 0.75, numSteps: 3 }));
    const expected = path[0]!.map((_, i) => path.slice(1).reduce((average, step) => 0.75 * average + 0.25 * step[i]!, path[0]![i]!));
    expectAllClose(flat(averaged.parameters), expected, { rtol: 1e-5, atol: 1e-6 });
  });

  it('changes at most by the learning rate in a first step that is clipped', async () => {
    const [clipped, free] = [makeModel(), makeModel()];
    const [line] = await run(clipped, options({ numSteps: 1, clipNorm: 1e-9, epsilon: 1 }));
    await run(free, options({ numSteps: 1, epsilon: 1 }));
    const moved = (model: TrainableDenoiser): number =>
      Math.hypot(...flat(model.parameters).map((value, i) => value - flat(makeModel().parameters)[i]!));
    // With ε = 1 the first step is about rate · gradient: ‖step‖ ≤ 0.01 · 1e-9.
    expect(moved(clipped)).toBeLessThan(1.1e-11);
    expect(moved(free)).toBeGreaterThan(1e-4);
    expect(line!.gradientNorm).toBeGreaterThan(0.1);
  });
});

describe('stopping', () => {
  it('by signal ends after the step that runs, and reports it', async () => {
    const signal = { aborted: false };
    const stopping: BatchSource = { batchAt: (index) => ((signal.aborted = index === 6), batches.batchAt(index)) };
    const lines = await run(makeModel(), options({ batches: stopping, signal }));
    expect(lines.map(({ step }) => step)).toEqual([5, 7]);
    expect(await run(makeModel(), options({ signal: { aborted: true } }))).toEqual([]);
  });

  it('by a signal that something else aborts between two events', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const lines = await run(makeModel(), options({ numSteps: 10_000, eventEvery: 10_000, signal: controller.signal }));
    expect(lines).toHaveLength(1);
    expect(lines[0]!.step).toBeLessThan(1000);
  });

  it('in the middle of an interval keeps its losses: a run that goes on tells what it would have told', async () => {
    const whole = await run(makeModel(), options({ emaDecay: 0.9 }));
    const signal = { aborted: false };
    const stopping: BatchSource = { batchAt: (index) => ((signal.aborted = index === 6), batches.batchAt(index)) };
    let state: TrainerState | undefined;
    await run(makeModel(), options({ emaDecay: 0.9, batches: stopping, signal }), (event) => {
      if (event.step === 7) state = copyOf(event.state);
    });
    expect(state!.recentLosses).toHaveLength(2);
    expect(await run(makeModel(), options({ emaDecay: 0.9, state: state! }))).toEqual(whole.slice(1));
    disposeState(state!);
  });

  it('by leaving the loop frees everything', async () => {
    const model = makeModel();
    const before = memory().numTensors;
    for await (const event of train(model, options())) if (event.step >= 10) break;
    expect(memory().numTensors).toBe(before);
  });

  it('200 steps leave no tensors behind, at any event or at the end', async () => {
    const model = makeModel();
    const before = memory().numTensors;
    const counts = new Set<number>();
    await run(model, options({ numSteps: 200, eventEvery: 10, clipNorm: 1, emaDecay: 0.9 }), () =>
      counts.add(memory().numTensors - before),
    );
    // parameters, two moments, average
    expect([...counts]).toEqual([4]);
    expect(memory().numTensors).toBe(before);
  });
});

it('trains a network that has one parameter', async () => {
  const zeros = { table: { shape: [K, K], initial: zeroValues } };
  const network = ({ table }: Parameters, states: Tensor): Tensor => gather(table!, states);
  const model = defineDenoiser({ name: 'table', prediction: 'denoiser', ...setting, timeFree: true, specs: zeros, network });
  const lines = await run(model, options({ numSteps: 100, eventEvery: 50, learningRate: 0.1 }));
  // Half of the states are copied, the data has two of the four: from two bits down to what a copy leaves.
  expect(lines[0]!.lossBits).toBeLessThan(2);
  expect(lines[1]!.lossBits).toBeLessThan(lines[0]!.lossBits);
  expect(flat(model.parameters).some((value) => Math.abs(value) > 1)).toBe(true);
});
