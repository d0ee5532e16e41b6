import { createRng, isD3pmError, type D3pmError, type Parameters, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import {
  disposeState,
  exactCountLoss,
  linearDecay,
  train,
  type BatchSource,
  type TrainEvent,
  type TrainerState,
  type TrainingLoss,
  type TrainOptions,
} from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { add, clone, logSoftmax, memory, mul, neg, oneHot, sqrt, square, sum, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const K = 4;
const setting = { numStates: K, numSteps: 10, exampleShape: [3], rng: createRng('model') };
const makeModel = (): TrainableDenoiser<'denoiser'> => createMlpDenoiser(setting, { numChannels: 8, embeddingSize: 3, numTimeFeatures: 4 });

/** Batch i is a function of i alone. */
const batches: BatchSource = {
  batchAt: (index) => ({ values: Int32Array.from({ length: 24 }, (_, i) => createRng(index).integer(2, i)), shape: [8, 3] }),
};

/** Predict x_0 from a copy in which each state is redrawn with probability 1/2. */
const loss: TrainingLoss = {
  name: 'copy',
  transition: uniform.create({ numStates: K, schedule: cosine({ numSteps: 10 }) }, {}),
  accepts: () => true,
  corrupt: (x0, rng) => ({
    t: Int32Array.from({ length: x0.shape[0]! }, (_, b) => 1 + rng.split('t').integer(10, b)),
    states: { shape: x0.shape, values: x0.values.map((state, i) => (rng.float64(2 * i) < 0.5 ? rng.integer(K, 2 * i + 1) : state)) },
  }),
  nats: ({ logits, x0 }) => neg(sum(mul(logSoftmax(logits), oneHot(x0 as never, K)), [1, 2])),
  gradientScale: (positions) => 1 / positions,
};

const options = (more: Partial<TrainOptions<'denoiser'>> = {}): TrainOptions<'denoiser'> => ({
  numSteps: 20,
  batches,
  loss,
  learningRate: 0.01,
  rng: createRng('train'),
  eventEvery: 5,
  ...more,
});

/** What an event says, without its tensors. */
type Line = Omit<TrainEvent, 'state'>;

async function run(
  model: TrainableDenoiser<'denoiser'>,
  given: TrainOptions<'denoiser'>,
  onEvent: (event: TrainEvent) => void = () => {},
): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const event of train(model, given)) {
    onEvent(event);
    const { state: _, ...line } = event;
    lines.push(line);
  }
  return lines;
}
const flat = (parameters: Parameters): number[] => Object.values(parameters).flatMap((value) => [...value.dataSync()]);
const rejection = async (work: Promise<unknown>): Promise<D3pmError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isD3pmError(error)) throw new Error(`expected a D3pmError, got ${String(error)}`);
  return error;
};
const copyOf = ({ step, ...vectors }: TrainerState): TrainerState => ({
  step,
  ...(Object.fromEntries(Object.entries(vectors).map(([name, value]) => [name, clone(value)])) as Omit<TrainerState, 'step'>),
});

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

describe('trouble', () => {
  /** NaN from the third step on; in the gradient of the output alone when it is an infinite weight there. */
  const poisoned = (factor: number): TrainingLoss => {
    let calls = 0;
    return { ...loss, nats: (input) => (++calls >= 3 ? mul(loss.nats(input), factor) : loss.nats(input)) };
  };

  it.each([
    [NaN, 'loss is NaN'],
    [Infinity, 'loss is Infinity'],
  ])('a loss times %d is NON_FINITE, with the step and the parameter, and the model keeps the event before', async (factor, part) => {
    const model = makeModel();
    const before = memory().numTensors;
    const seen: number[][] = [];
    const error = await rejection(
      run(model, options({ loss: poisoned(factor), eventEvery: 2 }), () => void seen.push(flat(model.parameters))),
    );
    expect(error.code).toBe('NON_FINITE');
    expect(error.message).toContain(part);
    expect(error.message).toContain('at step 3');
    expect(error.message).toContain('embedding.weight');
    expect(seen).toHaveLength(1);
    expect(flat(model.parameters)).toEqual(seen[0]);
    expect(memory().numTensors).toBe(before);
  });

  it('a gradient that is NaN under a finite loss is found', async () => {
    // The slope of √x at 0 is infinite, and 0 · ∞ is NaN.
    const kinked: TrainingLoss = { ...loss, nats: (input) => add(loss.nats(input), sqrt(sum(square(mul(input.logits, 0))))) };
    const error = await rejection(run(makeModel(), options({ loss: kinked, eventEvery: 1 })));
    expect([error.code, error.message]).toEqual([
      'NON_FINITE',
      expect.stringContaining('norm of the gradient is NaN at step 1 (first bad gradient: embedding.weight)'),
    ]);
  });

  it.each([
    [{ numSteps: -1 }, 'numSteps'],
    [{ eventEvery: 0 }, 'eventEvery'],
    [{ learningRate: -1 }, 'learningRate'],
    [{ learningRate: NaN }, 'learningRate'],
    [{ clipNorm: 0 }, 'clipNorm'],
    [{ emaDecay: 1 }, 'emaDecay'],
    [{ beta1: 1 }, 'beta1'],
    [{ beta2: 0 }, 'beta2'],
    [{ epsilon: 0 }, 'epsilon'],
  ] satisfies [Partial<TrainOptions<'denoiser'>>, string][])('%o is refused before the first step', async (wrong, field) => {
    const error = await rejection(run(makeModel(), options(wrong)));
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message).toContain(`train: ${field}`);
  });

  it('a loss for another meaning of the output is UNSOUND', async () => {
    const direct = createMlpDenoiser(setting, { numChannels: 4, prediction: 'direct' });
    const onlyDenoiser: TrainingLoss<'denoiser'> = { ...loss, accepts: (prediction) => prediction === 'denoiser' };
    // @ts-expect-error the types refuse the pair as well
    const error = await rejection(train(direct, { ...options(), loss: onlyDenoiser }).next());
    expect(error.code).toBe('UNSOUND');
    expect(error.message).toContain('direct');
  });

  it('a state of another network, or without the average, is refused and leaves nothing behind', async () => {
    const model = makeModel();
    const before = memory().numTensors;
    const state: TrainerState = { step: 3, parameters: tensor([1]), moment1: tensor([1]), moment2: tensor([1]) };
    expect((await rejection(run(model, options({ state })))).code).toBe('SHAPE');
    expect((await rejection(run(model, options({ state, emaDecay: 0.9 })))).code).toBe('INVALID_OPTIONS');
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });
});

describe('train asks before the first update, and leaves no tensor', () => {
  const refusal = async (given: Partial<TrainOptions<'denoiser'>>): Promise<D3pmError> => {
    const model = makeModel();
    const before = memory().numTensors;
    try {
      for await (const _ of train(model, options(given))) expect.unreachable();
      return expect.unreachable();
    } catch (error) {
      expect(memory().numTensors).toBe(before);
      return error as D3pmError;
    } finally {
      model.dispose();
    }
  };

  it('whether the network has the states of the chain, mask included', async () => {
    const transition = absorbing.create({ numStates: K + 1, schedule: inverseRemaining({ numSteps: 10 }) }, {});
    expect(await refusal({ loss: exactCountLoss({ transition }) })).toMatchObject({
      code: 'SHAPE',
      message: `train: denoiser has ${K} states, expected the ${K + 1} of absorbing, its mask included; make it with numStates: ${K + 1}`,
    });
  });

  it('whether it is told the steps of this chain', async () => {
    const transition = uniform.create({ numStates: K, schedule: cosine({ numSteps: 20 }) }, {});
    expect(await refusal({ loss: { ...loss, transition } })).toMatchObject({
      code: 'UNSOUND',
      message: expect.stringContaining('told steps of 1…10, uniform has 20'),
    });
  });

  it('whether the data shows the mask', async () => {
    const transition = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 10 }) }, { maskState: 1 });
    expect(await refusal({ loss: exactCountLoss({ transition }) })).toMatchObject({
      code: 'STATE_RANGE',
      message: expect.stringContaining('train: data shows the mask, state 1'),
    });
  });
});
