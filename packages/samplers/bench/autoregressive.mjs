/**
 * Time of sampling one position after another, with and without kept keys and values. By hand, after `pnpm build`:
 *
 *     node packages/samplers/bench/autoregressive.mjs [wasm|cpu] [batch]
 *
 * The network has the default sizes: 4 blocks, 128 channels, 4 heads; K = 28.
 */
import { createRng } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createTransformerDenoiser } from '@d3pm/models';
import { autoregressiveSampler, finalStates } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { autoregressive } from '@d3pm/transitions';

const K = 28;
const { backend } = await prepareEngine({ backend: process.argv[2] === 'cpu' ? 'cpu' : 'wasm' });
const batchSize = Number(process.argv[3] ?? 1);

/** @param {number} positions */
async function measure(positions) {
  const transition = autoregressive.create({ numStates: K, schedule: inverseRemaining({ numSteps: 1 }) }, { positions });
  const setting = { numStates: K, numSteps: positions, exampleShape: [positions], rng: createRng(1) };
  const network = createTransformerDenoiser(setting, { causal: true });
  const { startDecoding: _, ...whole } = { ...network };
  const cost = async (/** @type {import('@d3pm/core').Denoiser<'denoiser'>} */ denoiser) => {
    const [start, processor] = [performance.now(), process.cpuUsage()];
    await finalStates(autoregressiveSampler({ transition, denoiser, shape: [batchSize, positions], rng: createRng(2) }));
    return { seconds: (performance.now() - start) / 1000, processor: process.cpuUsage(processor).user / 1e6 };
  };
  await cost(network);
  const [cached, uncached] = [await cost(network), await cost(whole)];
  network.dispose();
  return {
    positions,
    'cached, s': cached.seconds.toFixed(3),
    'of processor': cached.processor.toFixed(3),
    'uncached, s': uncached.seconds.toFixed(3),
    'of processor ': uncached.processor.toFixed(3),
    'ratio of processor': (uncached.processor / cached.processor).toFixed(1),
  };
}

console.log(`${backend}, batch of ${batchSize}`);
console.table([await measure(64), await measure(256)]);
