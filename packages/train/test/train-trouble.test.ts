import { createRng, type D3pmError } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import {
  disposeState,
  exactCountLoss,
  train,
  type BatchSource,
  type NonFinite,
  type TrainerState,
  type TrainingLoss,
  type TrainOptions,
} from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { add, memory, mul, sqrt, square, sum, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { K, setting, makeModel, batches, loss, options, run, flat, rejection, copyOf } from './tiny-training.ts';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

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

  it.each<[string, Partial<TrainOptions<'denoiser'>>, string]>([
    ['learning rate below 0', { learningRate: (step) => (step < 3 ? 0.01 : -0.1) }, 'learningRate(3) is -0.1, expected a number ≥ 0'],
    ['learning rate of NaN', { learningRate: (step) => (step < 3 ? 0.01 : NaN), whenNonFinite: { skip: 9 } }, 'learningRate(3) is NaN'],
    ['decay below 0', { emaDecay: (step) => (step < 3 ? 0.9 : -3) }, 'emaDecay(3) is -3, expected a number in [0, 1)'],
    ['decay of 1', { emaDecay: (step) => (step < 3 ? 0.9 : 1) }, 'emaDecay(3) is 1'],
  ])('a schedule with a %s is refused at its step, with the parameters of the one before', async (_, wrong, message) => {
    const model = makeModel();
    const before = memory().numTensors;
    const error = await rejection(run(model, options({ ...wrong, eventEvery: 1 })));
    expect([error.code, error.message]).toEqual(['INVALID_OPTIONS', expect.stringContaining(`train: ${message}`)]);
    expect(flat(model.parameters).every(Number.isFinite)).toBe(true);
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    ['clipnorm', 'clipNorm'],
    ['microbatch', 'microBatch'],
  ])('an option named %s is refused, with the name that is meant', async (name, meant) => {
    const error = await rejection(run(makeModel(), { ...options(), [name]: 1 }));
    expect([error.code, error.message]).toEqual([
      'INVALID_OPTIONS',
      expect.stringContaining(`train: no option is named "${name}"; did you mean "${meant}"?`),
    ]);
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
