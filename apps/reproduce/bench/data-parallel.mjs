/**
 * What an update costs when processes share its batch, and what of it is the sum of gradients. By hand, after `pnpm build`, on an idle machine:
 *
 *     node apps/reproduce/bench/data-parallel.mjs [small|paper] [batch] [updates] [events]
 *     mpirun -n 2 --bind-to none node apps/reproduce/bench/data-parallel.mjs [small|paper] [batch] [updates] [events]
 *
 * One thread a process, native engine. Every `events` updates, 10, the members compare their states, and rank 0 tells the loss.
 */
import { availableParallelism } from 'node:os';
import { createRng, singleProcess } from '@d3pm/core';
import { batches } from '@d3pm/data';
import { prepareEngine } from '@d3pm/engine';
import { createT5Denoiser, createTransformerDenoiser, parameterCount } from '@d3pm/models';
import { createMpiGroup, isLaunchedByMpi } from '@d3pm/mpi';
import { inverseRemaining } from '@d3pm/schedules';
import { exactCountLoss, train } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';

const size = process.argv[2] ?? 'small';
const batchSize = Number(process.argv[3] ?? 32);
const numSteps = Number(process.argv[4] ?? 60);
const eventEvery = Number(process.argv[5] ?? 10);
const [K, T, L] = [28, 1000, size === 'small' ? 128 : 256];

const group = isLaunchedByMpi() ? await createMpiGroup() : singleProcess();
await prepareEngine({ backend: 'native', threads: 1 });
const rng = createRng(1);
const transition = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, { maskState: K - 1 });
const setting = { numStates: K, numSteps: T, exampleShape: [L], rng: rng.split('model') };
const model =
  size === 'small' ? createTransformerDenoiser(setting, { numChannels: 128, numBlocks: 2, numHeads: 4 }) : createT5Denoiser(setting);
/** Random states: a step on text costs the same. */
const data = {
  name: 'random',
  numStates: K - 1,
  exampleShape: [L],
  size: 4096,
  /** @param {ArrayLike<number>} indices */
  examples: (indices) => ({
    values: Int32Array.from({ length: indices.length * L }, (_, i) => rng.integer(K - 1, (indices[Math.floor(i / L)] ?? 0) * L + (i % L))),
    shape: [indices.length, L],
  }),
};

/** @type {number[]} */
const sums = [];
/** @type {number[]} */
const waits = [];
const timed = {
  ...group,
  /** @param {Float32Array | Float64Array} values */
  sum: async (values) => {
    // Those of the gradients: what members wait for each other is no cost of the message.
    const arrived = performance.now();
    await group.barrier();
    const start = performance.now();
    await group.sum(values);
    if (values instanceof Float32Array) {
      waits.push(start - arrived);
      sums.push(performance.now() - start);
    }
  },
};
/** @type {number[]} */
const steps = [];
/** @type {number[]} */
const losses = [];
let start = performance.now();
for await (const { lossBits } of train(model, {
  numSteps,
  batches: batches(data, { batchSize, rng: rng.split('order') }),
  loss: exactCountLoss({ transition }),
  learningRate: 1e-3,
  clipNorm: 1,
  rng: rng.split('train'),
  eventEvery,
  group: timed,
})) {
  steps.push((performance.now() - start) / eventEvery);
  losses.push(lossBits);
  start = performance.now();
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const wait = Float64Array.of(median(waits.slice(eventEvery)) / group.size);
await group.sum(wait);
if (group.rank === 0) {
  const [step, sum] = [median(steps.slice(1)), median(sums.slice(eventEvery))];
  console.error(
    `${size}, ${parameterCount(model).toLocaleString('en')} parameters, batch ${batchSize}, ${group.size} on ${availableParallelism()} cores, ${group.transport}: ` +
      `${step.toFixed(1)} ms an update, ${sum.toFixed(2)} ms of it the sum (${((100 * sum) / step).toFixed(1)} %), ${wait[0].toFixed(1)} ms waiting for each other, median of ${steps.length - 1}`,
  );
  console.log(JSON.stringify(losses));
}
await group.close();
