import { add, backend, conv2d, fill, matMul, ones, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { disposeEngine, prepareEngine } from '@d3pm/engine';
import type { WasmBackend } from '../src/wasm/wasm-backend.ts';

const MiB = 2 ** 20;
const wasmOf = (): WasmBackend['wasm'] => (backend() as unknown as WasmBackend).wasm;

/** Blocks of the heap until none is left, of ever smaller ones. Nothing is written to them, so that they take no memory. */
function fillHeap(): void {
  const { _malloc: malloc } = wasmOf();
  for (let bytes = 2 ** 30; bytes >= 256; bytes /= 2) {
    try {
      for (let address = -1; address !== 0;) address = malloc(bytes);
    } catch {
      // The next are smaller.
    }
  }
}

/** The only room of a heap that is full but for it. */
function leaveHole(bytes: number): void {
  const wasm = wasmOf();
  const hole = wasm._malloc(bytes);
  fillHeap();
  wasm._free(hole);
}

/** What a computation gives or the code of its error, in a heap with so much room. */
function within(bytes: number, compute: () => Float32Array): Float32Array | string {
  leaveHole(bytes);
  try {
    return compute();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

describe('a wasm heap that is full', () => {
  beforeEach(async () => void (await prepareEngine({ backend: 'wasm' })));
  afterEach(() => disposeEngine());

  it('has no room for a tensor, and says what to do', () => {
    const x = fill([4], 2);
    fillHeap();
    const make = (): unknown => ones([1024, 1024]);
    expect(make).toThrowError(expect.objectContaining({ code: 'ENGINE', message: expect.stringContaining('training.microBatch') }));
    expect([...x.dataSync()]).toEqual([2, 2, 2, 2]);
  });

  it('refuses a tensor of more than 4 GiB, whose size has more than 32 bits', () => {
    expect(() => fill([2 ** 30 + 4], 1)).toThrowError(expect.objectContaining({ code: 'ENGINE' }));
  });

  it('keeps what tensors hold when others do not fit any more', () => {
    // Most of the heap is taken by what nobody writes to, so that the test takes no 4 GiB of memory.
    for (let i = 0; i < 6; i++) wasmOf()._malloc(2 ** 29);
    const base = fill([2 ** 24], 1);
    const made = [base];
    const makeAll = (): void => {
      for (;;) made.push(add(base, made.length));
    };
    expect(makeAll).toThrowError(expect.objectContaining({ code: 'ENGINE' }));
    expect(made.length).toBeGreaterThan(8);
    const wasm = backend() as unknown as WasmBackend;
    const [firsts, lasts] = [0, -1].map((at) => made.map((tensor) => wasm.typedArrayFromHeap(tensor).at(at)));
    expect(firsts).toEqual(made.map((_, i) => i + 1));
    expect(lasts).toEqual(firsts);
  });

  it.each([1, 4, 6, 7, 8, 9, 10, 12].map((size) => ({ size })))(
    'multiplies in a hole of $size MiB, or refuses to: the copy of b that XNNPACK makes has room or is not begun',
    ({ size }) => {
      const [a, b] = [ones([1024, 1024]), ones([1024, 1024])];
      const result = within(size * MiB, () => tidy(() => matMul(a, b).dataSync<'float32'>()));
      const distinct = typeof result === 'string' ? result : [...new Set(result)];
      expect(distinct).toEqual(size < 10 ? 'ENGINE' : [1024]);
    },
  );

  it.each([2, 3, 4, 6, 8, 12].map((size) => ({ size })))('convolves in a hole of $size MiB, or refuses to', ({ size }) => {
    const x: Tensor4D = ones([1, 8, 8, 256]);
    const filter: Tensor4D = ones([3, 3, 256, 256]);
    const result = within(size * MiB, () => tidy(() => conv2d(x, filter, 1, 'valid').dataSync<'float32'>()));
    const distinct = typeof result === 'string' ? result : [...new Set(result)];
    expect(distinct).toEqual(size < 6 ? 'ENGINE' : [9 * 256]);
  });
});
