import {
  stepOf,
  type ModelPlugin,
  type ModelSetting,
  type Parameters,
  type Prediction,
  type Steps,
  type TrainableDenoiser,
} from '@d3pm/core';
import { add, expandDims, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { assertSetting } from '../assert-setting.ts';
import { attention } from '../attention.ts';
import { causalMask } from '../causal-mask.ts';
import { defineDenoiser } from '../define-denoiser.ts';
import { dropWith, type Drop } from '../drop-with.ts';
import { embedStates } from '../embed-states.ts';
import { gelu } from '../gelu.ts';
import { linear } from '../linear.ts';
import { relativeBias, type RelativeBiasOptions } from '../relative-bias.ts';
import { shiftStates } from '../shift-states.ts';
import { transformerPass } from '../transformer-blocks.ts';
import { transformerDecoder, type PositionBias } from '../transformer-decoder.ts';
import { t5Bucket } from './t5-buckets.ts';
import { parseT5Options, t5Shape, type T5DenoiserOptions } from './t5-options.ts';
import { blockNames, t5Specs } from './t5-specs.ts';

/** The scores are q kᵀ as they are. */
const SCALE = 1;

/**
 * The transformer of the paper's experiments on text (appendix B.2), an encoder in the manner of T5 (Raffel et al., 2020), over sequences of
 * any length:
 *
 *     h = embedding(x_t) + table[t];   h ← h + attention(rmsNorm(h));   h ← h + W₂ gelu(W₁ rmsNorm(h));   logits = W rmsNorm(h)
 *
 * Nothing has a bias; place is told by one bias for each head and bucket of distances, which all blocks share; scores are not divided by
 * √d, and first values of the queries are instead. Sizes and first values are those of the authors' code. What differs unless asked for: distances are told
 * apart to both sides (`bucketing`). Its table of steps is read at index t and has no row for the last; here step t has row t − 1.
 * With a source of randomness in the options of `apply`, numbers are dropped. The caller disposes the model.
 *
 * @param setting `exampleShape` is `[L]`; L is not fixed by it.
 * @throws {D3pmError} `INVALID_OPTIONS`, or `SHAPE` when an example is not a sequence.
 */
export function createT5Denoiser<P extends Prediction = 'denoiser'>(
  setting: ModelSetting,
  options: T5DenoiserOptions<P> = {},
): TrainableDenoiser<P> {
  assertSetting('createT5Denoiser', setting);
  const { numStates, numSteps, rng } = setting;
  const shape = t5Shape(setting, options);
  const { time, causal, dropout } = shape;
  const entryOf = (distance: number): number => t5Bucket(distance, shape);
  const sharedBias = (parameters: Parameters, rows: RelativeBiasOptions): Tensor =>
    relativeBias(parameters['attention.relativeBias']!, { ...rows, entryOf });
  const biasOf: PositionBias = (parameters, rows) => {
    const bias = sharedBias(parameters, rows);
    return () => bias;
  };
  const passWith = (drop: Drop) => transformerPass({ blocks: blockNames(shape.numBlocks), widen, drop });
  return defineDenoiser({
    name: 't5Denoiser',
    prediction: shape.prediction as P,
    numStates,
    numSteps,
    exampleShape: [-1],
    timeFree: time === 'none',
    specs: t5Specs({ numStates, numSteps }, shape),
    rng,
    network: (parameters, states, t, options) => {
      const drop = dropWith(dropout, options);
      const length = states.shape[1]!;
      const embedded = drop(embedStates(parameters['embedding.weight']!, causal ? shiftStates(states, numStates) : states), 'embedding');
      const told = time === 'none' ? embedded : add(embedded, stepRows(parameters['time.weight']!, t, states.shape[0]!));
      const shared = sharedBias(parameters, { length });
      const bias = causal ? add(shared, causalMask(length)) : shared;
      return passWith(drop)(parameters, told, (x, weights) => attention(x, { ...weights, bias, scale: SCALE }));
    },
    ...(causal && {
      causal,
      decoder: (parameters: Parameters, batchSize: number) =>
        transformerDecoder({ name: 't5Denoiser', parameters, pass: passWith((x) => x), biasOf, scale: SCALE, numStates, batchSize }),
    }),
  });
}

/** {@link createT5Denoiser}, for configs. */
export const t5Model: ModelPlugin<'t5', T5DenoiserOptions> = /* @__PURE__ */ Object.freeze({
  specVersion: 1,
  kind: 'model',
  name: 't5',
  parse: parseT5Options,
  create: createT5Denoiser,
});

function widen(parameters: Parameters, name: string, x: Tensor): Tensor {
  return gelu(linear(x, parameters[`${name}.weight`]!));
}

/** Row t − 1 of the table for each example, float32 `[B, 1, C]`. */
function stepRows(table: Tensor, t: Steps, batchSize: number): Tensor {
  const rows = Int32Array.from({ length: batchSize }, (_, b) => stepOf(t, b) - 1);
  return expandDims(embedStates(table, tensor1d(rows, 'int32')), 1);
}
