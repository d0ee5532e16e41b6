// Monte-Carlo variance, given x_0, of estimates of the bound at equal calls of the network:
//   node apps/reproduce/bench/likelihood-variance.mjs RUN_FOLDER [examples] [replicates]
// RUN_FOLDER is one of `d3pm train` or `d3pm table-1` with an absorbing process. Each estimate is the mean over the same examples, one call
// for each (a multiple of 16 examples); the variance is over independent replicates, and its standard error is about √(2 / replicates) of it.
import { boundTermNats, createRng, denoiserLogits, mixture, sampleForward, stratifiedUniforms, toTensor } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { evaluateExactCount } from '@d3pm/eval';
import { latestCheckpoint } from '@d3pm/train/node';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { buildTraining } from '../dist/train/build-training.js';

const [, , folder, examples = '64', count = '64'] = process.argv;
const [numExamples, replicates] = [Number(examples), Number(count)];
await prepareEngine({ engine: 'native' });
const checkpoint = await latestCheckpoint(folder, { onSkipped: ({ name }) => console.warn(`${name} is damaged`) });
const training = await buildTraining({ ...checkpoint.config.config, saving: { keepLast: 1, keepBest: 0 } });
const weights = checkpoint.tensors.ema ?? checkpoint.tensors.model;
training.model.load(Object.fromEntries(Object.entries(weights).map(([name, { data, shape }]) => [name, tensor(data, shape)])));
const { transition, model, test } = training;
const rng = createRng('variance');
const indices = Array.from({ length: numExamples }, (_, i) => Math.floor((i * test.size) / numExamples));
const states = test.examples(indices, rng);
const T = transition.numSteps;
/** What evaluations read: later ones use what the earlier have cost. */
const BATCH = 16;
const L = states.shape[1];
const batches = Array.from({ length: numExamples / BATCH }, (_, i) => ({
  values: states.values.subarray(i * BATCH * L, (i + 1) * BATCH * L),
  shape: [BATCH, L],
}));

/** Mean over the examples of T · L_{t−1} at the given steps, bits per position. */
async function atSteps(steps, stream) {
  const x0 = toTensor(states);
  const xt = toTensor(sampleForward(transition, states, { t: steps, rng: stream }));
  const logits = denoiserLogits('bench', model, xt, steps);
  const nats = boundTermNats(transition, mixture(), { x0, xt, s: steps.map((t) => t - 1), t: steps, logits });
  const values = await nats.data();
  dispose([x0, xt, logits, nats]);
  return (T * values.reduce((sum, value) => sum + value, 0)) / numExamples / L / Math.LN2;
}

const estimators = {
  'uniform t': (stream) =>
    atSteps(
      Int32Array.from({ length: numExamples }, (_, b) => 1 + stream.split('t').integer(T, b)),
      stream.split('x'),
    ),
  'stratified t': (stream) =>
    atSteps(
      Int32Array.from(stratifiedUniforms(numExamples, stream.split('t')), (u) => 1 + Math.floor(u * T)),
      stream.split('x'),
    ),
  'exact count': async (stream) => {
    const options = { transition, denoiser: model, reverse: mixture(), data: batches, replicates: 1, rng: stream };
    return (await evaluateExactCount(options)).total.bitsPerDimension;
  },
};
let reference;
for (const [name, estimate] of Object.entries(estimators)) {
  const values = [];
  for (let r = 0; r < replicates; r++) values.push(await estimate(rng.split(name, r)));
  const mean = values.reduce((sum, value) => sum + value, 0) / replicates;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicates - 1);
  reference ??= variance;
  console.log(
    `${name.padEnd(14)} mean ${mean.toFixed(4)} ± ${Math.sqrt(variance / replicates).toFixed(4)} bits, deviation ${Math.sqrt(variance).toFixed(4)}, variance ${(reference / variance).toFixed(1)} × below uniform t`,
  );
}
