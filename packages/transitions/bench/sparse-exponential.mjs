/**
 * Time, memory and error of rows of exp(α R) at K = 8192, on the graph of 20 nearest neighbours of points that lie around
 * a common centre, of which some become hubs. JavaScript, because a process that strips types runs these loops slower. By hand,
 * after `pnpm build`:
 *
 *     node packages/transitions/bench/sparse-exponential.mjs
 */
import { createRng } from '@d3pm/core';
import { exponentialAction } from '../dist/exponential/exponential-action.js';
import { createBlockRecurrence } from '../dist/exponential/block-recurrence.js';
import { hopsAtMost } from '../dist/exponential/hops.js';
import { slowModes } from '../dist/exponential/slow-modes.js';
import { spectralRadius } from '../dist/exponential/spectral-radius.js';
import { uniformization } from '../dist/exponential/uniformization.js';
import { nearestNeighborGraph } from '../dist/nearest-neighbor/nearest-neighbor-graph.js';

const K = 8192;
const DIMENSIONS = 24;
const ROWS = 512;
const PROBES = 8;

/** @template V @param {string} what @param {() => V} work @returns {V} */
function timed(what, work) {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const value = work();
  const used = process.cpuUsage(cpu).user / 1e6;
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(2)} s (${used.toFixed(2)} s of processor)`);
  return value;
}

const rng = createRng(1);
const values = Float64Array.from({ length: K * DIMENSIONS }, (_, i) => rng.normal(i));
const generator = timed(`graph of ${K} points in ${DIMENSIONS} dimensions`, () =>
  nearestNeighborGraph({ values, numDimensions: DIMENSIONS }, { numNeighbors: 20, normalize: false, whenDisconnected: 'join' }),
);
const fastest = generator.exitRates.reduce((most, rate) => Math.max(most, rate), 0);
const radius = spectralRadius(generator);
console.log(
  `mean degree ${(generator.targets.length / K).toFixed(1)}, exit rates up to ${fastest.toFixed(2)}, spectral radius ≤ ${radius.toFixed(2)}`,
);
const action = timed('exponentialAction', () => exponentialAction(generator));
const recurrence = createBlockRecurrence(generator, 8);
const modes = timed('slow modes, once', () => slowModes(generator, recurrence, radius));
console.log(`${modes.decays.length} modes, λ from ${modes.decays[0]?.toPrecision(4)} to ${modes.nextDecay.toPrecision(4)}`);

const states = Array.from({ length: ROWS }, (_, i) => (i * 127 + 5) % K);
action([{ start: 0, rate: 0.01 }]);
const exactRows = uniformization(generator, { fastest, maxHops: hopsAtMost(generator), relativeTerm: 2 ** -50 });

const table = [0.01, 0.03, 0.1, 0.5, 1, 5, 20, 100, 1e3, 1e4].map((rate) => {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const rows = action(states.map((state) => ({ start: state, rate })));
  const seconds = (performance.now() - start) / 1000;
  const processor = process.cpuUsage(cpu).user / 1e6;
  const probes = states.slice(0, PROBES);
  // A tighter run where it ends, else the same in two halves, of which the second starts from a vector.
  const halves = (/** @type {number} */ state) => /** @type {Float64Array} */ (action([{ start: state, rate: rate / 2 }])[0]?.probs);
  const expected =
    rate <= 100
      ? exactRows(
          recurrence,
          probes.map((state) => ({ start: state, rate })),
        )
      : action(probes.map((state) => ({ start: halves(state), rate: rate / 2 }))).map(({ probs }) => probs);
  let [absolute, relative, smallest] = [0, 0, 1];
  expected.forEach((row, k) =>
    row.forEach((prob, j) => {
      const off = Math.abs((rows[k]?.probs[j] ?? NaN) - prob);
      absolute = Math.max(absolute, off);
      relative = Math.max(relative, off / prob);
      smallest = Math.min(smallest, prob);
    }),
  );
  return {
    α: rate,
    seconds: seconds.toFixed(2),
    processor: processor.toFixed(2),
    'smallest entry': smallest.toExponential(1),
    'error, absolute': absolute.toExponential(1),
    'error, relative': relative.toExponential(1),
  };
});
console.log(`${ROWS} rows:`);
console.table(table);
console.log(`largest memory of the process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
