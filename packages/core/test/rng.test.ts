import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, rngFromKey } from '../src/index.ts';
import golden from './golden/rng.json' with { type: 'json' };

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('Rng', () => {
  it('keeps the numbers of seed 42 for ever, and they are those of another language', () => {
    const rng = createRng(golden.seed);
    expect(rng.key).toEqual(golden.key);
    expect(golden.float64Indices.map((index) => rng.float64(index))).toEqual(golden.float64);
    for (const { labels, key } of golden.splits) expect(rng.split(...labels).key).toEqual(key);
    expect([...rng.permutation(6)]).toEqual(golden.permutation6);
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuses %s as a seed or label', (label) => {
    expect(() => createRng(label)).toThrow(`Rng: a seed or label is ${label}, expected an integer in 0…2⁵³−1, or a text`);
  });

  it('addresses numbers by index, in any order', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(1e6), fc.nat(1e6), (seed, i, j) => {
        const [a, b] = [createRng(Math.abs(seed)), createRng(Math.abs(seed))];
        const forward = [a.float64(i), a.float64(j)];
        const backward = [b.float64(j), b.float64(i)].reverse();
        expect(forward).toEqual(backward);
        expect(a.float64s(2, i)[1]).toBe(b.float64(i + 1));
      }),
    );
  });

  it('splits by labels: the same labels give the same stream, and no order or type is confused', () => {
    const rng = createRng(1);
    const keys = [
      rng.split('a', 1),
      rng.split(1, 'a'),
      rng.split('a1'),
      rng.split('a'),
      rng.split('1'),
      rng.split(1),
      rng.split(''),
      rng.split('a\0'),
      rng,
      rng.split(2 ** 32 + 1),
    ];
    expect(new Set(keys.map((child) => child.key.join())).size).toBe(keys.length);
    expect(rng.split('a', 1).key).toEqual(rng.split('a').split(1).key);
    expect(rngFromKey(rng.key).float64(3)).toBe(rng.float64(3));
  });

  // 5 standard errors: a false alarm once in 2·10⁶ seeds, and the seed is fixed.
  it('is uniform, and its normals are normal, within 5 standard errors', () => {
    const n = 100_000;
    const rng = createRng('moments');
    const uniforms = rng.float64s(n);
    const normals = Float64Array.from({ length: n }, (_, i) => rng.normal(i));
    expect(Math.abs(mean(uniforms) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(mean(uniforms.map((x) => x * x)) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
    expect(Math.abs(mean(normals))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(normals.map((x) => x * x)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.max(...uniforms)).toBeLessThan(1);
    expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(0);
  });

  it('draws integers over the whole range, and permutations that hold every element', () => {
    const rng = createRng(5);
    const counts = new Int32Array(7);
    for (let i = 0; i < 7000; i++) counts[rng.integer(7, i)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
    expect([...rng.permutation(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('places each element of a permutation everywhere equally often', () => {
    const places = Array.from({ length: 4 }, () => new Int32Array(4));
    for (let i = 0; i < 4000; i++)
      createRng(9)
        .split(i)
        .permutation(4)
        .forEach((element, place) => places[element]![place]!++);
    for (const row of places) for (const count of row) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(750));
  });
});
