import './engine.ts';
import { tensor3d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createRng, drawFromLogProbs, drawFromProbs, sampleCategorical } from '../src/index.ts';

describe('categorical draws', () => {
  it('invert the cumulative distribution exactly, and never return an impossible class', () => {
    const probs = [0, 0.25, 0, 0.5, 0.25, 0];
    const logs = probs.map(Math.log);
    const expected: [number, number][] = [
      [0, 1],
      [0.2499999, 1],
      [0.25, 3],
      [0.7499999, 3],
      [0.75, 4],
      [1 - 2 ** -53, 4],
    ];
    for (const [uniform, state] of expected) {
      expect(drawFromProbs(probs, 0, 6, uniform)).toBe(state);
      expect(drawFromLogProbs(logs, 0, 6, uniform)).toBe(state);
    }
  });

  it('return −1 for NaN and for a row in which nothing is possible', () => {
    expect(drawFromLogProbs([-Infinity, -Infinity], 0, 2, 0.5)).toBe(-1);
    expect(drawFromLogProbs([0, NaN], 0, 2, 0.5)).toBe(-1);
    expect(drawFromProbs([0, 0], 0, 2, 0.5)).toBe(-1);
    expect(drawFromProbs([0, NaN], 0, 2, 0.5)).toBe(-1);
  });

  it('hit a class of probability 10⁻⁵ as often as they should', () => {
    const n = 2_000_000;
    const rng = createRng('rare');
    const logs = Float32Array.from([Math.log(1e-5), Math.log(1 - 1e-5)]);
    let hits = 0;
    for (let i = 0; i < n; i++) hits += drawFromLogProbs(logs, 0, 2, rng.float64(i)) === 0 ? 1 : 0;
    expect(Math.abs(hits - 20)).toBeLessThan(5 * Math.sqrt(20));
  });

  it('do not depend on the batch size', async () => {
    const logits = Float32Array.from({ length: 4 * 3 * 5 }, (_, i) => Math.sin(i));
    const rng = createRng(3);
    const together = await sampleCategorical(tensor3d(logits, [4, 3, 5]), rng);
    for (let b = 0; b < 4; b++) {
      const alone = await sampleCategorical(tensor3d(logits.slice(b * 15, b * 15 + 15), [1, 3, 5]), rng, { firstExample: b });
      expect(alone.values).toEqual(together.values.slice(b * 3, b * 3 + 3));
    }
    expect(together.shape).toEqual([4, 3]);
  });

  it('refuse a row that is no distribution, naming it', async () => {
    const rows = tensor3d([0, 0, 0, NaN], [1, 2, 2]);
    await expect(sampleCategorical(rows, createRng(1), { firstExample: 8 })).rejects.toThrow(/example 8, position 1/);
  });
});
