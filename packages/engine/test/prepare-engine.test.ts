import { getBackend, getKernelsForBackend, tensor, version_core } from '@tensorflow/tfjs-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { disposeEngine, missingKernels, prepareEngine } from '@d3pm/engine';

// No native engine for these, whatever this machine has: an empty cache folder.
const cache = mkdtempSync(join(tmpdir(), 'd3pm-engine-'));
beforeAll(() => {
  vi.stubEnv('D3PM_CACHE', cache);
  vi.stubEnv('D3PM_ENGINE', '');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const NO_NATIVE =
  /^first that started, after native: not prepared \(to prepare it: npx @d3pm\/reproduce setup, or provisionNative\(\) of @d3pm\/engine\/native\); webgpu: .+$/;
const WASM = { name: 'wasm', backend: 'wasm', simd: true, threads: 1, library: `TensorFlow.js ${version_core}`, device: 'processor' };

describe('prepareEngine', () => {
  it('has no effect on import', () => {
    expect(getKernelsForBackend('wasm')).toEqual([]);
    expect(getKernelsForBackend('cpu')).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('picks wasm where the native engine is not prepared', async () => {
    expect(await prepareEngine()).toEqual({ ...WASM, reason: expect.stringMatching(NO_NATIVE) });
    expect(getBackend()).toBe('wasm');
  });

  it('adds no listener for uncaught errors to the process', async () => {
    disposeEngine();
    const before = process.listeners('uncaughtException');
    await prepareEngine();
    expect(process.listeners('uncaughtException')).toEqual(before);
  });

  it('is idempotent and silent', async () => {
    const warn = vi.spyOn(console, 'warn');
    const kernels = getKernelsForBackend('wasm');
    expect(await prepareEngine({ backend: 'wasm', threads: 2 })).toEqual({ ...WASM, reason: 'asked for' });
    expect(getKernelsForBackend('wasm')).toEqual(kernels);
    expect(warn).not.toHaveBeenCalled();
  });

  it('uses cpu when asked, without the advertisement that tfjs prints', async () => {
    const warn = vi.spyOn(console, 'warn');
    expect(await prepareEngine({ backend: 'cpu' })).toEqual({ ...WASM, name: 'cpu', backend: 'cpu', reason: 'asked for', simd: false });
    expect(tensor([1, 2]).dataSync()).toEqual(new Float32Array([1, 2]));
    expect(warn).not.toHaveBeenCalled();
  });

  it('takes the next candidate when one does not start, and says why', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(await prepareEngine()).toMatchObject({
      backend: 'cpu',
      reason: expect.stringMatching(/^first that started, after native: .*; wasm: no WebAssembly here$/),
    });
    await expect(prepareEngine({ backend: 'wasm' })).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/"wasm" cannot be used \(wasm: no WebAssembly here\); backend "cpu" runs everywhere/),
    });
    vi.unstubAllGlobals();
  });

  it('refuses a native engine that is not there, with the way out', async () => {
    await expect(prepareEngine({ backend: 'native' })).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/"native" cannot be used \(native: /),
    });
  });

  it('does what D3PM_ENGINE says, unless the program says more', async () => {
    vi.stubEnv('D3PM_ENGINE', 'cpu');
    expect(await prepareEngine()).toMatchObject({ name: 'cpu', reason: 'asked for by D3PM_ENGINE' });
    expect(await prepareEngine({ backend: 'wasm' })).toMatchObject({ backend: 'wasm', reason: 'asked for' });
    vi.stubEnv('D3PM_ENGINE', 'wsam');
    await expect(prepareEngine()).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      message: expect.stringMatching(/D3PM_ENGINE "wsam" is not known, did you mean "wasm"/),
    });
    vi.stubEnv('D3PM_ENGINE', '');
  });

  it('refuses an unknown name with the nearest one and the way out', async () => {
    await expect(prepareEngine({ backend: 'wsam' as 'wasm' })).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      message: expect.stringMatching(/backend "wsam" is not known, did you mean "wasm"\?.*leave it out/),
    });
  });

  it.each([0, -1, 1.5, NaN])('refuses %s threads', async (threads) => {
    await expect(prepareEngine({ threads })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('can be disposed and prepared again', async () => {
    await prepareEngine();
    disposeEngine();
    disposeEngine();
    expect(await prepareEngine()).toMatchObject({ backend: 'wasm' });
    expect(tensor([1, 2]).dataSync()).toEqual(new Float32Array([1, 2]));
  });
});

it('lists what wasm still lacks', async () => {
  await prepareEngine();
  expect(await missingKernels('cpu')).toEqual([]);
  const missing = await missingKernels('wasm');
  expect(missing).toContain('Einsum');
  expect(
    missing.filter((name) =>
      ['UnsortedSegmentSum', 'Conv2DBackpropFilter', 'Log1p', 'Expm1', 'Softplus', 'IsFinite', 'IsNan', 'Select'].includes(name),
    ),
  ).toEqual([]);
});

// Last: after a failed start tfjs takes no other path in this process.
it('refuses a wasm folder without the binaries', async () => {
  vi.spyOn(console, 'warn').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
  disposeEngine();
  await expect(prepareEngine({ backend: 'wasm', wasmPath: '/no/such/folder' })).rejects.toMatchObject({ code: 'ENGINE' });
});
