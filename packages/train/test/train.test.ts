import { createRng, isD3pmError, type D3pmError, type Parameters, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser, defineDenoiser, zeroValues } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import {
  disposeState,
  exactCountLoss,
  linearDecay,
  train,
  type BatchSource,
  type TrainEvent,
  type NonFinite,
  type TrainerState,
  type TrainerVectors,
  type TrainingLoss,
  type TrainOptions,
} from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { add, clone, gather, logSoftmax, memory, mul, neg, oneHot, sqrt, square, sum, tensor, type Tensor } from '@tensorflow/tfjs-core';
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
const copyOf = ({ step, recentLosses, skipped, ...vectors }: TrainerState): TrainerState => ({
  step,
  ...(recentLosses && { recentLosses }),
  ...(skipped && { skipped }),
  ...(Object.fromEntries(Object.entries(vectors).map(([name, value]) => [name, clone(value)])) as unknown as TrainerVectors),
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
      run(model, options({ loss: poisoned(factor), eventEvery: 1 }), () => void seen.push(flat(model.parameters))),
    );
    expect(error.code).toBe('NON_FINITE');
    expect(error.message).toContain(part);
    expect(error.message).toContain('at step 3');
    expect(error.message).toContain('first bad gradient: embedding.weight');
    expect(seen).toHaveLength(2);
    expect(flat(model.parameters)).toEqual(seen[1]);
    expect(memory().numTensors).toBe(before);
  });

  it('the error says which t and examples the batch had', async () => {
    const source: BatchSource = { ...batches, indicesAt: (index) => Int32Array.from({ length: 8 }, (_, b) => 100 * index + b) };
    const error = await rejection(run(makeModel(), options({ loss: poisoned(NaN), batches: source })));
    expect(error.message).toMatch(/\(t = (\d+, ){7}\d+; examples 200, 201, 202, 203, 204, 205, 206, 207\)/);
    const cause = error.cause as NonFinite;
    expect(cause).toMatchObject({ step: 3, tensor: 'loss', loss: NaN, examples: Int32Array.from({ length: 8 }, (_, b) => 200 + b) });
    expect(cause.t).toEqual(loss.corrupt(source.batchAt(2), createRng('train').split('step', 3)).t);
    expect(cause.lastFiniteLoss).toBeGreaterThan(0);
  });

  describe('left out by whenNonFinite', () => {
    const poisonedAt = (...steps: readonly number[]): TrainingLoss => {
      let calls = 0;
      return { ...loss, nats: (input) => (steps.includes(++calls) ? mul(loss.nats(input), NaN) : loss.nats(input)) };
    };

    it('an update changes nothing, is told, and is not in the mean', async () => {
      const [model, before] = [makeModel(), memory().numTensors];
      const states: number[][] = [];
      const given = options({ loss: poisonedAt(3), whenNonFinite: { skip: 1 }, eventEvery: 1, numSteps: 5, emaDecay: 0.9 });
      const lines = await run(model, given, ({ state }) => {
        states.push([state.parameters, state.moment1, state.moment2, state.average!].flatMap((vector) => [...vector.dataSync()]));
      });
      expect(lines.map(({ skipped }) => skipped)).toEqual([[], [], [3], [], []]);
      expect(lines.map(({ lossBits }) => Number.isFinite(lossBits))).toEqual([true, true, false, true, true]);
      expect(states[2]).toEqual(states[1]);
      expect(states[3]).not.toEqual(states[2]);
      expect(memory().numTensors).toBe(before);
      const [merged] = await run(makeModel(), options({ loss: poisonedAt(3), whenNonFinite: { skip: 1 }, numSteps: 5, emaDecay: 0.9 }));
      const mean = lines.filter((_, i) => i !== 2).reduce((total, { lossBits }) => total + lossBits, 0) / 4;
      expect(merged!.lossBits).toBeCloseTo(mean, 5);
    });

    it('lowers the rate from the next event on, also in a run that was interrupted before it', async () => {
      const given = options({ whenNonFinite: { skip: 2, rateFactor: 0.5 } });
      const lines = await run(makeModel(), { ...given, loss: poisonedAt(3, 12) });
      expect(lines.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.005, 0.005, 0.0025]);
      const signal = { aborted: false };
      const stopping: BatchSource = { batchAt: (index) => ((signal.aborted = index === 3), batches.batchAt(index)) };
      let state: TrainerState | undefined;
      await run(makeModel(), { ...given, loss: poisonedAt(3), batches: stopping, signal }, (event) => void (state = copyOf(event.state)));
      expect(state).toMatchObject({ step: 4, skipped: [3] });
      expect(await run(makeModel(), { ...given, loss: poisonedAt(12 - 4), state: state! })).toEqual([
        { ...lines[0]!, skipped: [] },
        ...lines.slice(1),
      ]);
      disposeState(state!);
    });

    it('is an error when there are more, which names the first of them', async () => {
      const error = await rejection(run(makeModel(), options({ loss: poisonedAt(3, 4, 9), whenNonFinite: { skip: 2 } })));
      expect([error.code, error.message]).toEqual(['NON_FINITE', expect.stringContaining('loss is NaN at step 9 ')]);
    });

    it('an error tells the last loss that was finite', async () => {
      const [, second] = await run(makeModel(), options({ eventEvery: 1, numSteps: 2 }));
      const error = await rejection(run(makeModel(), options({ loss: poisonedAt(3, 4), whenNonFinite: { skip: 1 }, eventEvery: 5 })));
      const { step, lastFiniteLoss } = error.cause as NonFinite;
      expect(step).toBe(4);
      expect(lastFiniteLoss! / Math.LN2).toBeCloseTo(second!.lossBits, 4);
    });
  });

  it('no parameter is blamed once later updates have spread what is not finite to all', async () => {
    const error = await rejection(run(makeModel(), options({ loss: poisoned(NaN), eventEvery: 5 })));
    expect(error.message).toMatch(/the loss is NaN at step 3 \(t = /);
    expect(error.message).not.toContain('bad gradient');
  });

  it('a gradient that is NaN under a finite loss is found', async () => {
    // The slope of √x at 0 is infinite, and 0 · ∞ is NaN.
    const kinked: TrainingLoss = { ...loss, nats: (input) => add(loss.nats(input), sqrt(sum(square(mul(input.logits, 0))))) };
    const error = await rejection(run(makeModel(), options({ loss: kinked, eventEvery: 1 })));
    expect([error.code, error.message]).toEqual([
      'NON_FINITE',
      expect.stringContaining('norm of the gradient is NaN at step 1 (first bad gradient: embedding.weight; t = '),
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
    [{ whenNonFinite: { skip: 0 } }, 'whenNonFinite.skip'],
    [{ whenNonFinite: { skip: 1, rateFactor: 0 } }, 'whenNonFinite.rateFactor'],
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
