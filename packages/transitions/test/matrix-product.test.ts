import { createRng } from '@d3pm/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { matrixProduct } from '../src/matrix-product.ts';
import { createProductKernel } from '../src/product-kernel.ts';
import { scriptKernel } from '../src/script-kernel.ts';

afterEach(() => vi.unstubAllGlobals());

const size = fc.record({
  rows: fc.integer({ min: 1, max: 18 }),
  inner: fc.integer({ min: 1, max: 18 }),
  columns: fc.integer({ min: 1, max: 18 }),
});
type Size = { readonly rows: number; readonly inner: number; readonly columns: number };

/** Σ_k a_ik b_kj in the order of k. */
const naive = (a: Float64Array, b: Float64Array, { rows, inner, columns }: Size): number[] =>
  Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[i * inner + k]! * b[k * columns + j]!;
    return sum;
  });

const largest = { rows: 18, inner: 18, columns: 18 };
const isMachineCode = ({ product }: { readonly product: Float64Array }): boolean => product.buffer.byteLength > product.byteLength;

describe('the product', () => {
  it('is that of the definition to the last bit, in WebAssembly and in JavaScript, whatever the kernel did before', () => {
    const kernels = [createProductKernel(largest), scriptKernel(largest)];
    expect(kernels.map(isMachineCode)).toEqual([true, false]);
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(18), (shape, seed, width) => {
        const rng = createRng(seed);
        const a = rng.split('a').float64s(shape.rows * shape.inner);
        // A band, of which whole columns may be 0.
        const b = rng.split('b').float64s(shape.inner * shape.columns);
        b.forEach((_, at) => {
          if (Math.abs(Math.floor(at / shape.columns) - (at % shape.columns)) > width) b[at] = 0;
        });
        const expected = naive(a, b, shape);
        expect([...matrixProduct(a, b, shape)]).toEqual(expected);
        for (const kernel of kernels) {
          expect([...matrixProduct(a, b, { ...shape, kernel })]).toEqual(expected);
          const target = new Float64Array(expected.length);
          expect(matrixProduct(a, b, { ...shape, kernel, target })).toBe(target);
          expect([...target]).toEqual(expected);
        }
      }),
    );
  });

  it('may take small entries of a band for 0, alike in both', () => {
    const shape = { rows: 8, inner: 16, columns: 8 };
    const a = createRng(1).float64s(8 * 16);
    const b = Float64Array.from({ length: 16 * 8 }, (_, at) => Math.exp(-((Math.floor(at / 8) - (at % 8)) ** 2)));
    const [fast, slow] = [createProductKernel(shape), scriptKernel(shape)].map((kernel) =>
      matrixProduct(a, b, { ...shape, negligible: 1e-9, kernel }),
    );
    expect([...fast!]).toEqual([...slow!]);
    const worst = Math.max(...naive(a, b, shape).map((entry, at) => Math.abs(entry - fast![at]!)));
    expect(worst).toBeGreaterThan(0);
    // Sixteen entries of `b` that are left out at most, of `a` below 1.
    expect(worst).toBeLessThan(16e-9);
  });

  it.each([
    ['there is none', undefined],
    [
      'a page forbids it',
      {
        ...WebAssembly,
        Memory: WebAssembly.Memory,
        Module: function (): never {
          throw new Error('unsafe-eval');
        },
      },
    ],
  ])('needs no WebAssembly where %s', (_, stub) => {
    vi.stubGlobal('WebAssembly', stub);
    const kernel = createProductKernel(largest);
    expect(isMachineCode(kernel)).toBe(false);
    expect([...matrixProduct(Float64Array.of(2, 3), Float64Array.of(5, 7), { rows: 1, inner: 2, columns: 1, kernel })]).toEqual([31]);
  });
});
