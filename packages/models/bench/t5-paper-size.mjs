/**
 * Whether the paper's transformer can be trained here: builds it, takes one step of Adam on examples that go through one at a time, and says
 * what that cost. By hand, after `pnpm build`; some 6 GB of memory:
 *
 *     node packages/models/bench/t5-paper-size.mjs [text8|lm1b] [native|wasm|cpu] [examples]
 *
 * The states are random; a step on text costs the same.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createRng, mixture, toTensor } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createT5Denoiser, parameterCount } from '@d3pm/models';
import { env, grad, memory, profile, sum, tidy } from '@tensorflow/tfjs-core';

// The packages that train and corrupt depend on this one in their own tests, so it cannot depend on them.
const { resolve } = createRequire(new URL('../../../tooling/integration/package.json', import.meta.url));
const { hybridLoss, train } = await import(pathToFileURL(resolve('@d3pm/train')).href);
const { absorbing } = await import(pathToFileURL(resolve('@d3pm/transitions')).href);
const { inverseRemaining } = await import(pathToFileURL(resolve('@d3pm/schedules')).href);

const CORPORA = { text8: { numStates: 28, length: 256 }, lm1b: { numStates: 8193, length: 128 } };
const T = 1000;
const MIB = 2 ** 20;

const corpus = process.argv[2] === 'lm1b' ? 'lm1b' : 'text8';
const backend = /** @type {import('@d3pm/engine').EngineName} */ (process.argv[3] ?? 'native');
const examples = Number(process.argv[4] ?? 2);
const { numStates, length } = CORPORA[corpus];
const { name, threads, library } = await prepareEngine({ backend });
// Profiling would read every tensor back to look for NaN.
env().set('CHECK_COMPUTATION_FOR_ERRORS', false);

/** @param {() => unknown} work */
async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
const residentMib = () => process.memoryUsage().rss / MIB;

const startMib = residentMib();
const setting = { numStates, numSteps: T, exampleShape: [length], rng: createRng(1) };
const buildStart = performance.now();
const model = createT5Denoiser(setting);
const building = (performance.now() - buildStart) / 1000;
const parameters = parameterCount(model);
const transition = absorbing.create({ numStates, schedule: inverseRemaining({ numSteps: T }) }, { maskState: numStates - 1 });
const loss = hybridLoss({ transition, reverse: mixture(), lambda: 0.01 });
const rng = createRng(2);
const values = Int32Array.from({ length: examples * length }, (_, i) => rng.integer(numStates - 1, i));
const batches = { batchAt: () => ({ values, shape: [examples, length] }) };

let lossBits = Number.NaN;
async function step() {
  for await (const event of train(model, { numSteps: 1, batches, loss, learningRate: 5e-4, microBatch: 1, rng })) lossBits = event.lossBits;
}
/** Most bytes in tensors while `count` examples go forth and back. @param {number} count */
async function gradientBytes(count) {
  const rows = Int32Array.from({ length: count * length }, (_, i) => values[i % length] ?? 0);
  const { peakBytes } = await profile(() =>
    tidy(() => {
      const states = toTensor({ values: rows, shape: [count, length] });
      const scale = /** @type {import('@tensorflow/tfjs-core').Tensor} */ (model.parameters['blocks.0.attention.norm.scale']);
      grad((given) => sum(model.apply({ ...model.parameters, 'blocks.0.attention.norm.scale': given }, states, T)))(scale);
    }),
  );
  return peakBytes;
}
const idleMib = memory().numBytes / MIB;
const stepping = await seconds(step);
const logits = await seconds(async () => {
  const states = toTensor({ values: values.slice(0, length), shape: [1, length] });
  const answer = model.logits(states, T);
  await answer.data();
  states.dispose();
  answer.dispose();
});
const { peakBytes } = await profile(step);
const mostResident = process.resourceUsage().maxRSS / 1024;
const [one, two] = [await gradientBytes(1), await gradientBytes(2)];

console.log(`${corpus}: K = ${numStates}, L = ${length}, T = ${T}; ${library}, ${name}, ${threads} threads`);
console.table({
  parameters: parameters.toLocaleString('en'),
  'first values, s': building.toFixed(1),
  [`one update of ${examples} examples, s`]: stepping.toFixed(1),
  'by example, s': (stepping / examples).toFixed(1),
  'logits of one example, s': logits.toFixed(2),
  'loss, bits per dimension': lossBits.toFixed(3),
  'parameters, MiB': idleMib.toFixed(0),
  'most in tensors during an update, MiB': (peakBytes / MIB).toFixed(0),
  'of an example that goes forth and back, MiB': ((two - one) / MIB).toFixed(0),
  'most resident, MiB': mostResident.toFixed(0),
  'resident before, MiB': startMib.toFixed(0),
  'left in tensors, MiB': (memory().numBytes / MIB).toFixed(0),
});
model.dispose();
