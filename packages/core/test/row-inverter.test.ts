import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, drawFromProbs } from '../src/index.ts';
import { rowInverter } from '../src/row-inverter.ts';

/** Entries of all sizes, impossible ones among them, and then their sum brought to 1, or left as it is. */
const row = fc
  .tuple(
    fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1, noNaN: true }), fc.constant(1e-300)), {
      minLength: 1,
      maxLength: 40,
    }),
    fc.constantFrom<'float32' | 'float64' | 'as it is'>('float32', 'float64', 'as it is'),
  )
  .map(([entries, kind]): Float32Array | Float64Array => {
    const total = entries.reduce((sum, entry) => sum + entry, 0);
    const probs = Float64Array.from(entries, (entry) => (kind === 'as it is' || total === 0 ? entry : entry / total));
    return kind === 'float32' ? new Float32Array(probs) : probs;
  });

/** Numbers at and beside the boundaries between classes, where one rounding decides. */
function boundaries(probs: ArrayLike<number>): number[] {
  const total = Array.from(probs).reduce((sum, prob) => sum + prob, 0);
  let sum = 0;
  return Array.from(probs).flatMap((prob) => {
    sum += prob;
    return [0, -1, 1, -(2 ** 22), 2 ** 22, 2 ** 24, -(2 ** 24)].map((ulps) => sum / total + ulps * 2 ** -53);
  });
}

describe('rowInverter', () => {
  it('draws what a walk along the row draws, also at the boundaries', () => {
    fc.assert(
      fc.property(row, fc.nat(), (probs, seed) => {
        const inverter = rowInverter(probs.length);
        inverter.load(Float64Array.from({ length: probs.length }, (_, k) => k));
        inverter.load(probs);
        const uniforms = [0, 1 - 2 ** -53, ...boundaries(probs), ...createRng(seed).float64s(40)];
        for (const uniform of uniforms.filter((u) => u >= 0 && u < 1)) {
          expect(inverter.draw(uniform)).toBe(drawFromProbs(probs, 0, probs.length, uniform));
        }
      }),
    );
  });

  it.each([[[NaN, 1]], [[0, 0]], [[Infinity, 1]], [[2, 3]], [[1e9, 1]]])('leaves %j, which is no law, to the walk', (probs) => {
    const inverter = rowInverter(2);
    inverter.load(probs);
    for (const uniform of [0, 0.3, 0.4, 0.7]) expect(inverter.draw(uniform)).toBe(drawFromProbs(probs, 0, 2, uniform));
  });

  it('keeps a class of probability 10⁻⁶ as rare as it is', () => {
    const n = 5_000_000;
    const inverter = rowInverter(2);
    inverter.load([1e-6, 1 - 1e-6]);
    const rng = createRng('rare');
    let hits = 0;
    for (let i = 0; i < n; i++) hits += inverter.draw(rng.float64(i)) === 0 ? 1 : 0;
    // 5 standard errors.
    expect(Math.abs(hits - 5)).toBeLessThan(5 * Math.sqrt(5));
  });
});
