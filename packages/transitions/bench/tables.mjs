/**
 * Time and memory of tables. JavaScript, because a process that strips types runs these loops a quarter slower.
 * By hand, after `pnpm build`:
 *
 *     node --expose-gc packages/transitions/bench/tables.mjs
 */
import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { setTimeout } from 'node:timers/promises';
import { Bench } from 'tinybench';
import { absorbing, discretizedGaussian, uniform } from '@d3pm/transitions';

const T = 1000;
const variances = {
  unit: /** @type {const} */ ('variance'),
  numSteps: T,
  noise: Float64Array.from({ length: T }, (_, i) => 1e-4 + ((0.02 - 1e-4) * i) / (T - 1)),
};
const jumps = {
  unit: /** @type {const} */ ('jump-probability'),
  numSteps: T,
  noise: Float64Array.from({ length: T }, (_, i) => 1 / (T - i)),
};
const gaussian = () => discretizedGaussian.create({ numStates: 256, schedule: variances }, {});
const state = tensor([128], [1], 'int32');

/** Bytes of typed arrays, once what is unreachable has been freed. */
async function arrayBytes() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await setTimeout(50);
  }
  return process.memoryUsage().arrayBuffers;
}

/** @param {string} what @param {() => unknown} make */
async function measureBytes(what, make) {
  const before = await arrayBytes();
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const made = make();
  const [seconds, used] = [(performance.now() - start) / 1000, process.cpuUsage(cpu).user / 1e6];
  const bytes = (await arrayBytes()) - before;
  console.log(`${what}: ${(bytes / 1e6).toFixed(3)} MB, ${seconds.toFixed(2)} s (${used.toFixed(2)} s of processor)`);
  return made;
}

await measureBytes('uniform, K = 8192, T = 1000', () => uniform.create({ numStates: 8192, schedule: jumps }, {}));
await measureBytes('absorbing, K = 8192, T = 1000', () => absorbing.create({ numStates: 8192, schedule: jumps }, {}));
const walked = /** @type {ReturnType<typeof gaussian>} */ (
  await measureBytes('Gaussian, K = 256, T = 1000, all cumulative products', () => {
    const transition = gaussian();
    transition.toDense(0, T);
    return transition;
  })
);
await measureBytes('  then the log tables that float64 cannot hold, made in the log domain', () =>
  walked.pushStates(state, 0, 19).dispose(),
);
console.log(`  on the device: ${memory().numBytes} bytes`);

const bench = new Bench({ time: 500 });
let t = 0;
bench
  .add('Gaussian, K = 256: toDense(0, t), float64, t at random', () => walked.toDense(0, 1 + ((t += 617) % T)))
  .add('Gaussian, K = 256: pushStates(x, 0, t), table made anew', () => walked.pushStates(state, 0, 20 + ((t += 617) % (T - 20))).dispose())
  .add('Gaussian, K = 256: pushStates(x, 0, 500), table cached', () => walked.pushStates(state, 0, 500).dispose());
await bench.run();
console.table(bench.table());
