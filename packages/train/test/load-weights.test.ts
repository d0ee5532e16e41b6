import { prepareEngine } from '@d3pm/engine';
import { decodeSafetensors, encodeSafetensors, loadWeights, type HostTensor } from '@d3pm/train';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { makeModel } from './tiny-training.ts';

await prepareEngine({ backend: 'cpu' });

type Model = ReturnType<typeof makeModel>;

const valuesOf = (model: Model): Record<string, number[]> =>
  Object.fromEntries(Object.entries(model.parameters).map(([name, values]) => [name, [...values.dataSync()]]));

/** Weights for `model`, all of them other numbers than it has. */
const weightsFor = (model: Model): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape, size }], n) => [
      name,
      { dtype: 'F32', shape, data: Float32Array.from({ length: size }, (_, i) => n + i / 8) },
    ]),
  );
const numbersOf = (weights: Record<string, HostTensor>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));

describe('loadWeights', () => {
  it('gives a network the tensors of a checkpoint, and the same of a file', () => {
    const [model, other] = [makeModel(), makeModel()];
    const weights = weightsFor(model);
    loadWeights(model, weights);
    expect(valuesOf(model)).toEqual(numbersOf(weights));
    loadWeights(other, decodeSafetensors(encodeSafetensors(weights), { fileName: 'model.safetensors' }).tensors);
    expect(valuesOf(other)).toEqual(numbersOf(weights));
  });

  it('keeps no tensor besides, whether they fit or not', () => {
    const model = makeModel();
    const weights = weightsFor(model);
    const { numTensors } = memory();
    loadWeights(model, weights);
    expect(memory().numTensors).toBe(numTensors);
    const more = { dtype: 'F32', shape: [1], data: Float32Array.of(0) } as const;
    expect(() => loadWeights(model, { ...weights, more })).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME' }));
    expect(memory().numTensors).toBe(numTensors);
  });

  it('leaves a network as it was that refuses them', () => {
    const model = makeModel();
    const before = valuesOf(model);
    const [first] = Object.keys(before);
    const wide = { dtype: 'F64', shape: [2], data: Float64Array.of(1, 2) } as const;
    expect(() => loadWeights(model, { ...weightsFor(model), [first!]: wide })).toThrow(
      expect.objectContaining({
        code: 'DTYPE',
        message: `loadWeights: ${first} is F64, expected F32; parameters are float32, so convert it first`,
      }),
    );
    const short = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } as const;
    expect(() => loadWeights(model, { ...weightsFor(model), [first!]: short })).toThrow(expect.objectContaining({ code: 'SHAPE' }));
    expect(valuesOf(model)).toEqual(before);
  });
});
