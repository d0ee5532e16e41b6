/**
 * Calls and time of three samplers of the absorbing chain. By hand, after `pnpm build`:
 *
 *     node packages/samplers/bench/event-sampler.mjs [native|webgpu|wasm|cpu] [positions] [batch] [steps]
 *
 * The best engine there is, L = 256, a batch of 16 and T = 1000, unless said otherwise. The network is small: 2 blocks, 64 channels; K = 28. Ancestral
 * sampling sends as many rows as eventSampler does, in about as many calls as there are steps.
 */
import { createRng, mixture } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createTransformerDenoiser } from '@d3pm/models';
import { ancestralSampler, eventSampler, firstHittingSampler } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';

const [engine, ...sizes] = process.argv.slice(2);
const known = /** @type {const} */ (['native', 'webgpu', 'wasm', 'cpu']).find((name) => name === engine);
const { backend } = await prepareEngine(known ? { backend: known } : {});
const [positions = 256, batchSize = 16, numSteps = 1000] = sizes.map(Number);

const K = 28;
const transition = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps }) }, {});
const setting = { numStates: K, numSteps, exampleShape: [positions], rng: createRng(1) };
const network = createTransformerDenoiser(setting, { numChannels: 64, numBlocks: 2 });

/** @param {string} name @param {(firstExample: number) => AsyncIterable<import('@d3pm/samplers').SamplerState>} sampler */
async function measure(name, sampler) {
  // Compiles and allocates, in a few calls.
  let warm = 0;
  for await (const { networkCalls } of sampler(batchSize)) if (networkCalls > 3 || ++warm > 50) break;
  const start = performance.now();
  let last;
  for await (const state of sampler(0)) last = state;
  return {
    sampler: name,
    calls: last?.networkCalls,
    rows: last?.networkRows,
    'rows a call': ((last?.networkRows ?? 0) / (last?.networkCalls ?? 1)).toFixed(1),
    seconds: ((performance.now() - start) / 1000).toFixed(2),
  };
}

const options = { transition, denoiser: network, shape: [batchSize, positions], rng: createRng(2) };
console.log(`${backend}: L = ${positions}, T = ${numSteps}, batch of ${batchSize}`);
console.table([
  await measure('ancestral', (firstExample) => ancestralSampler({ ...options, reverse: mixture(), firstExample })),
  await measure('event', (firstExample) => eventSampler({ ...options, firstExample })),
  await measure('first-hitting', (firstExample) => firstHittingSampler({ ...options, firstExample })),
]);
network.dispose();
