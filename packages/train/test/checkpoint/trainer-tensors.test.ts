import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, mixture, type TrainableDenoiser } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser } from '@d3pm/models';
import { linear } from '@d3pm/schedules';
import {
  constantRate,
  disposeState,
  hybridLoss,
  parameterLayout,
  train,
  type BatchSource,
  type HostTensor,
  type ParameterLayout,
  type TrainerState,
} from '@d3pm/train';
import { latestCheckpoint, saveCheckpoint, trainerStateFrom, trainerTensors, type CheckpointTensors } from '@d3pm/train/node';
import { uniform } from '@d3pm/transitions';
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const layout: ParameterLayout = { names: ['w', 'scale', 'empty', 'b'], shapes: [[2, 2], [], [0, 3], [3]], sizes: [4, 1, 0, 3], size: 8 };
const arbVector = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Float32Array(Uint8Array.from(bytes).buffer));
const bitsOf = (values: Float32Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

const stateOf = (step: number, vectors: readonly Float32Array[]): TrainerState => {
  const [parameters, moment1, moment2, average] = vectors.map((vector) => tensor1d(vector));
  return { step, parameters: parameters!, moment1: moment1!, moment2: moment2!, ...(average && { average }) };
};
const vectorsOf = ({ parameters, moment1, moment2, average }: TrainerState): readonly string[] =>
  [parameters, moment1, moment2, ...(average ? [average] : [])].map((vector) => bitsOf(vector.dataSync<'float32'>()));

const F32 = (shape: readonly number[], values: readonly number[]): HostTensor => ({ dtype: 'F32', shape, data: Float32Array.from(values) });
const tensorsOf = (prefix = ''): Record<string, HostTensor> => ({
  [`${prefix}w`]: F32([2, 2], [1, 2, 3, 4]),
  [`${prefix}scale`]: F32([], [5]),
  [`${prefix}empty`]: F32([0, 3], []),
  [`${prefix}b`]: F32([3], [6, 7, 8]),
});
const good = (): CheckpointTensors => ({ model: tensorsOf(), optimizer: { ...tensorsOf('moment1/'), ...tensorsOf('moment2/') } });
const differences = (tensors: CheckpointTensors): string => {
  const before = memory().numTensors;
  let message = 'nothing was thrown';
  try {
    trainerStateFrom(layout, { step: 1, tensors });
  } catch (error) {
    message = (error as Error).message;
    expect(error).toMatchObject({ code: expect.stringMatching(/^(CHECKPOINT|NON_FINITE)$/) });
  }
  expect(memory().numTensors).toBe(before);
  return message;
};

describe('trainerTensors and trainerStateFrom', () => {
  it('return the same bits, with and without an average: −0, denormals, NaN when asked; no tensor is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(arbVector, { minLength: 3, maxLength: 4 }), async (step, vectors) => {
        const before = memory().numTensors;
        const state = stateOf(step, vectors);
        const tensors = await trainerTensors(layout, state);
        const again = trainerStateFrom(layout, { step, tensors }, { allowNonFinite: true });
        expect(vectorsOf(again)).toEqual(vectors.map(bitsOf));
        expect(again.step).toBe(step);
        expect('average' in again).toBe(vectors.length === 4);
        expect(memory().numTensors).toBe(before + 2 * vectors.length);
        disposeState(state);
        disposeState(again);
        expect(memory().numTensors).toBe(before);
      }),
    );
  });

  it('name the parameters as the network does, with their shapes', async () => {
    const state = trainerStateFrom(layout, { step: 3, tensors: { ...good(), ema: tensorsOf() } });
    expect(vectorsOf(state)).toEqual(Array.from({ length: 4 }, () => bitsOf(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8))));
    expect(await trainerTensors(layout, state)).toEqual({ ...good(), ema: tensorsOf() });
    disposeState(state);
  });

  it('[12] list every tensor that is missing, too many, of another shape or dtype, in one message', () => {
    const { b: _, ...model } = tensorsOf();
    const tensors: CheckpointTensors = {
      model: { ...model, w: F32([4], [1, 2, 3, 4]), 'more\n': F32([], [1]) },
      ema: { ...tensorsOf(), scale: { dtype: 'F64', shape: [], data: Float64Array.of(1) } },
      optimizer: good().optimizer,
    };
    expect(differences(tensors)).toBe(
      'trainerStateFrom: the checkpoint is not of this network and optimiser (Adam): "w" of model is F32 [4], expected F32 [2, 2]; ' +
        'model lacks "b" [3]; model has "more\\n", which is not wanted; "scale" of ema is F64 [], expected F32 []; make the network as config.json says',
    );
  });

  it('[12] do not take what every object has for a tensor', () => {
    const named: ParameterLayout = { names: ['toString'], shapes: [[]], sizes: [1], size: 1 };
    expect(() => trainerStateFrom(named, { step: 1, tensors: { model: {}, optimizer: {} } })).toThrow('model lacks "toString" []');
  });

  it('[15] refuse the state of another optimiser', () => {
    const momentum = Object.fromEntries(Object.entries(tensorsOf()).map(([name, tensor]) => [`momentum/${name}`, tensor]));
    expect(differences({ ...good(), optimizer: momentum })).toMatch(
      /optimizer lacks "moment1\/w" \[2, 2\].*optimizer has "momentum\/b", which is not wanted/,
    );
    expect(differences({ ...good(), optimizer: tensorsOf('moment1/') })).toMatch(
      /optimizer lacks "moment2\/w".*optimizer lacks "moment2\/b"/,
    );
  });

  it('[15] cut a list of very many differences short', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x${i}`, F32([], [i])]));
    expect(differences({ ...good(), model: { ...tensorsOf(), ...many } })).toMatch(
      /"x19", which is not wanted; and 80 more; make the network/,
    );
  });

  it('[13] refuse NaN unless asked', () => {
    expect(differences({ ...good(), ema: { ...tensorsOf(), b: F32([3], [1, 2, NaN]) } })).toBe(
      'trainerStateFrom: "b" of ema: value 2 is NaN, which is not finite; allowNonFinite takes it all the same',
    );
  });

  it('refuse a state of another layout', async () => {
    const state = stateOf(1, [new Float32Array(7), new Float32Array(7), new Float32Array(7)]);
    await expect(trainerTensors(layout, state)).rejects.toMatchObject({ code: 'SHAPE' });
    disposeState(state);
  });
});

describe('a run that is saved and loaded', () => {
  const setting = { numStates: 4, numSteps: 10, exampleShape: [3], rng: createRng('model') };
  const makeModel = (): TrainableDenoiser<'denoiser'> =>
    createMlpDenoiser(setting, { numChannels: 8, embeddingSize: 3, numTimeFeatures: 4 });
  const batches: BatchSource = {
    batchAt: (index) => ({ values: Int32Array.from({ length: 24 }, (_, i) => createRng(index).integer(4, i)), shape: [8, 3] }),
  };
  const options = {
    numSteps: 8,
    batches,
    loss: hybridLoss({
      transition: uniform.create({ numStates: 4, schedule: linear({ numSteps: 10, start: 0.01, stop: 0.3 }) }, {}),
      reverse: mixture(),
      lambda: 0.01,
    }),
    learningRate: constantRate(0.01),
    rng: createRng('train'),
    emaDecay: 0.9,
    eventEvery: 4,
  };

  it('goes on bit for bit as if it had never stopped', async () => {
    const run = mkdtempSync(join(tmpdir(), 'd3pm-resume-'));
    const model = makeModel();
    const ends: (readonly string[])[] = [];
    for await (const { step, state } of train(model, options)) {
      if (step === 8) ends.push(vectorsOf(state));
      else
        await saveCheckpoint(run, {
          step,
          tensors: await trainerTensors(parameterLayout(model.parameters), state),
          state: null,
          config: null,
        });
    }
    const other = makeModel();
    const loaded = (await latestCheckpoint(run, { onSkipped: ({ name }) => expect.unreachable(name) }))!;
    const state = trainerStateFrom(parameterLayout(other.parameters), loaded);
    for await (const event of train(other, { ...options, state })) ends.push(vectorsOf(event.state));
    disposeState(state);
    expect(loaded.step).toBe(4);
    expect(ends).toHaveLength(2);
    expect(ends[1]).toEqual(ends[0]);
    rmSync(run, { recursive: true });
  });
});
