import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  backend,
  env,
  exp,
  expm1,
  getKernelsForBackend,
  log,
  log1p,
  memory,
  mul,
  tensor,
  tidy,
  transpose,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingKernels, prepareEngine } from '@d3pm/engine';
import { flatProgram } from '../src/webgpu/flat-program.ts';
import { installWebgpuKernels } from '../src/webgpu/install-webgpu-kernels.ts';
import type { WebgpuBackend } from '../src/webgpu/webgpu-backend.ts';

beforeAll(async () => void (await prepareEngine({ backend: 'webgpu' })));

const of = (compute: (x: Tensor) => Tensor, ...values: number[]): number[] => tidy(() => [...compute(tensor(values)).dataSync()]);

/** Largest |actual − expected| / |expected|, of what is finite and not 0; the rest must be the same. */
function relativeError(compute: (x: Tensor) => Tensor, exact: (x: number) => number, values: readonly number[]): number {
  const rounded = values.map(Math.fround);
  const expected = rounded.map((value) => Math.fround(exact(value)));
  return of(compute, ...rounded).reduce((worst, actual, i) => {
    const wanted = expected[i]!;
    const error = Object.is(actual, wanted) || (actual === 0 && wanted === 0) ? 0 : Math.abs(actual / wanted - 1);
    return Number.isFinite(error) ? Math.max(worst, error) : Infinity;
  }, 0);
}

describe('the webgpu engine', () => {
  it('says what its adapter is, and prepares it once', async () => {
    const before = backend();
    expect(await prepareEngine({ backend: 'webgpu' })).toMatchObject({
      name: 'webgpu',
      backend: 'webgpu',
      reason: expect.stringMatching(/^asked for: a (card|software adapter) \(.+\)$/),
    });
    expect(backend()).toBe(before);
  });

  it('puts each of its kernels in once', () => {
    const before = getKernelsForBackend('webgpu');
    installWebgpuKernels();
    expect(getKernelsForBackend('webgpu')).toEqual(before);
  });

  it('lacks nothing that training uses', async () => {
    const missing = await missingKernels('webgpu');
    const needed = ['UnsortedSegmentSum', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'Log1p', 'Expm1', 'Softplus', 'Select', 'Cumsum'];
    expect(missing.filter((name) => needed.includes(name))).toEqual([]);
  });

  it('is left by a process that has nothing more to do', () => {
    const child = spawnSync(process.execPath, [fileURLToPath(new URL('webgpu-child.ts', import.meta.url))], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([child.status, child.stdout.trim()]).toEqual([0, 'webgpu 1']);
  });

  it('has no part in the loop of Node: the timers are those of Node, and data() settles', async () => {
    const before = globalThis.setImmediate;
    const x = tensor([1, 2, 3]);
    const [values, order] = [mul(x, 2).data(), [] as string[]];
    setImmediate(() => order.push('immediate'));
    expect([...(await values)]).toEqual([2, 4, 6]);
    expect(globalThis.setImmediate).toBe(before);
    expect(order).toEqual([]);
  });

  it('throws what the device refuses, and goes on', () => {
    const gpu = backend() as unknown as WebgpuBackend;
    const bad = flatProgram('bad', [1], 'fn main(index: i32) { this is no shader }');
    const input: TensorInfo = tensor([1]);
    const output = gpu.runWebGPUProgram(bad, [input], 'float32');
    expect(() => gpu.readSync(output.dataId)).toThrow(
      expect.objectContaining({ code: 'ENGINE', message: expect.stringContaining('refused') }),
    );
    expect(of((x) => mul(x, 2), 4)).toEqual([8]);
  });

  it('reads a tensor larger than the canvas of a browser, and leaves nothing behind', () => {
    const values = Float32Array.from({ length: 300_000 }, (_, i) => i);
    const before = memory().numTensors;
    const read = tidy(() => mul(tensor(values), 2).dataSync());
    expect(read.every((value, i) => value === 2 * i)).toBe(true);
    expect(memory().numTensors).toBe(before);
  });
});

describe('elementary functions on the device', () => {
  beforeAll(() => env().set('WEBGPU_CPU_FORWARD', false));

  // A few roundings of float32, 6e-8 each: the built-in function, and the two or three operations about it.
  const TOLERANCE = 1e-6;
  const numbers = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number[]> => fc.array(arbitrary, { minLength: 64, maxLength: 64 });
  const between = (min: number, max: number): fc.Arbitrary<number[]> => numbers(fc.double({ min, max, noNaN: true }));

  it('know what is special', () => {
    expect(of(log, 0, -0, -1, NaN, Infinity, 1)).toEqual([-Infinity, -Infinity, NaN, NaN, Infinity, 0]);
    expect(of(log1p, -1, -2, NaN, Infinity, 0)).toEqual([-Infinity, NaN, NaN, Infinity, 0]);
    expect(of(exp, -Infinity, Infinity, NaN, 0, 89, -104)).toEqual([0, Infinity, NaN, 1, Infinity, 0]);
    expect(of(expm1, -Infinity, Infinity, NaN, 0)).toEqual([-1, Infinity, NaN, 0]);
  });

  const expectExact = (compute: (x: Tensor) => Tensor, exact: (x: number) => number, samples: fc.Arbitrary<number[]>): void =>
    fc.assert(
      fc.property(samples, (values) => {
        expect(relativeError(compute, exact, values)).toBeLessThan(TOLERANCE);
      }),
    );
  const powers = (min: number, max: number): fc.Arbitrary<number[]> =>
    between(min, max).map((exponents) => exponents.map((exponent, i) => (i % 2 === 0 ? 1 : -1) * 2 ** exponent));

  it('log of every size, subnormal numbers included', () => {
    expectExact(
      log,
      Math.log,
      powers(-148, 127).map((values) => values.map(Math.abs)),
    );
  });

  it('log near 1, where it goes through 0', () => expectExact(log, Math.log, between(0.5, 2)));

  it('expm1 and log1p of small and large numbers', () => {
    expectExact(expm1, Math.expm1, powers(-100, 6));
    expectExact(
      log1p,
      Math.log1p,
      powers(-100, 6).map((values) => values.map((value) => Math.max(value, -0.9))),
    );
  });

  it('exp from the smallest normal number to the largest', () => expectExact(exp, Math.exp, between(-87, 88.7)));
});

it.each(['int32', 'bool'] as const)('transposes three axes of %s', (dtype) => {
  const x = tensor(
    Array.from({ length: 24 }, (_, i) => (dtype === 'bool' ? i % 2 : 20_000_001 + i)),
    [2, 3, 4],
    dtype,
  );
  const values = [...x.dataSync()];
  const read = [...transpose(x, [2, 0, 1]).dataSync()];
  expect(read).toEqual(Array.from({ length: 24 }, (_, at) => values[(Math.floor(at / 3) % 2) * 12 + (at % 3) * 4 + Math.floor(at / 6)]));
});
