/** One engine of the table. */
export interface Engine {
  /** As in `prepareEngine({ backend })` and D3PM_ENGINE. */
  readonly name: 'cpu' | 'native' | 'wasm' | 'webgpu';
  readonly title: string;
  readonly needs: string;
  /** How many times wider than those of the tests the tolerances are, and why. */
  readonly tolerance: { readonly factor: number; readonly reason: string };
  readonly notes: string;
}

/*
 * Every factor is 1: a tolerance in a test is that of float32 with the roundings of its formula, which is the same arithmetic everywhere.
 * An engine that cannot keep it gets a kernel that can, as `sum` on wasm and `log` on webgpu have, and not a wider tolerance.
 */
export const engines: readonly Engine[] = [
  {
    name: 'native',
    title: 'native',
    needs: 'Linux x86-64, glibc ≥ 2.17; pip and a C++ compiler once, or `npx @d3pm/reproduce setup`',
    tolerance: { factor: 1, reason: 'TensorFlow sums in float32, blockwise' },
    notes: 'Bits repeat with a fixed number of threads (`TF_NUM_INTRAOP_THREADS`, `threads`).',
  },
  {
    name: 'webgpu',
    title: 'WebGPU',
    needs: 'a browser with `navigator.gpu`, or in Node `npm i webgpu`; both with `@tensorflow/tfjs-backend-webgpu`',
    tolerance: { factor: 1, reason: 'own `log`, `log1p`, `exp`, `expm1`: those of a driver may be off, and take infinities for absent' },
    notes: 'States are not checked: it would wait for the device. Here on a driver in software, for correctness and not for speed.',
  },
  {
    name: 'wasm',
    title: 'wasm',
    needs: 'nothing: its files are in the package',
    tolerance: { factor: 1, reason: 'long sums in float64, the rest in float32' },
    notes: 'Sums in a fixed order.',
  },
  {
    name: 'cpu',
    title: 'cpu',
    needs: 'nothing: plain JavaScript',
    tolerance: { factor: 1, reason: 'sums in float64, stored in float32' },
    notes: 'Sums in a fixed order; some 30 times slower than wasm.',
  },
];
