/**
 * Time of forward draws, random numbers included, beside one walk along the row for every position. JavaScript, because a process
 * that strips types runs these loops slower. By hand, after `pnpm build`:
 *
 *     node packages/transitions/bench/draws.mjs
 */
import { createRng, drawFromProbs, sampleForward } from '@d3pm/core';
import { discretizedGaussian } from '@d3pm/transitions';

const [B, N, K, T] = [32, 32 * 32 * 3, 256, 1000];
const ROUNDS = 40;
const noise = Float64Array.from({ length: T }, (_, i) => 1e-4 + ((0.02 - 1e-4) * i) / (T - 1));
const transition = discretizedGaussian.create({ numStates: K, schedule: { unit: 'variance', numSteps: T, noise } }, {});
transition.toDense(0, T);

const seeds = createRng('draws');
const states = { values: Int32Array.from({ length: B * N }, (_, i) => seeds.integer(K, i)), shape: [B, 32, 32, 3] };

/** @param {Int32Array} t @param {import('@d3pm/core').Rng} rng */
function walk(t, rng) {
  const values = new Int32Array(B * N);
  for (let b = 0; b < B; b++) {
    const stream = rng.split(b);
    for (let n = 0; n < N; n++) {
      const row = transition.rowProbs?.(states.values[b * N + n] ?? NaN, 0, t[b] ?? NaN) ?? [];
      values[b * N + n] = drawFromProbs(row, 0, K, stream.float64(n));
    }
  }
  return values;
}

/** @type {Record<string, number[]>} */
const times = { sampleForward: [], walk: [] };
for (let round = 0; round < ROUNDS; round++) {
  const t = Int32Array.from({ length: B }, (_, b) => 1 + seeds.split(round).integer(T, b));
  const rng = createRng(round);
  const start = performance.now();
  const drawn = sampleForward(transition, states, { t, rng }).values;
  const middle = performance.now();
  const walked = walk(t, rng);
  times.sampleForward?.push(middle - start);
  times.walk?.push(performance.now() - middle);
  if (drawn.some((value, i) => value !== walked[i])) throw new Error(`draws differ in round ${round}`);
}
console.log(`Gaussian, K = ${K}, [${states.shape.join(', ')}], t at random, the same draws both ways:`);
for (const [what, list] of Object.entries(times)) {
  const sorted = list.toSorted((a, b) => a - b);
  console.log(`${what}: median ${sorted[ROUNDS >> 1]?.toFixed(1)} ms, best ${sorted[0]?.toFixed(1)} ms`);
}
