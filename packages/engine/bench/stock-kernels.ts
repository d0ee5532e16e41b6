import '@tensorflow/tfjs-backend-wasm';
import { backend, getKernel, setBackend, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { Bench } from 'tinybench';
import { prepareEngine } from '../src/index.ts';
import { wasmKernels } from '../src/wasm/install-wasm-kernels.ts';
import type { WasmBackend } from '../src/wasm/wasm-backend.ts';

export interface KernelCase {
  readonly label: string;
  readonly kernelName: string;
  readonly inputs: Record<string, TensorInfo>;
  readonly attrs: Record<string, unknown>;
}

/** Both kernels of a name: the one of tfjs-backend-wasm as installed, and the one that {@link prepareEngine} puts in its place. */
export async function stockAndOurs(): Promise<{
  readonly stock: ReadonlyMap<string, KernelFunc>;
  readonly ours: ReadonlyMap<string, KernelFunc>;
}> {
  await setBackend('wasm');
  const kernels = (): Map<string, KernelFunc> =>
    new Map(
      wasmKernels.flatMap(({ kernelName }) => {
        const config = getKernel(kernelName, 'wasm');
        return config === undefined ? [] : [[kernelName, config.kernelFunc] as const];
      }),
    );
  const stock = kernels();
  await prepareEngine({ backend: 'wasm' });
  return { stock, ours: kernels() };
}

/** Prints the least milliseconds of both kernels, and their ratio, measured one after the other in this one process. */
export async function compareKernels(cases: readonly KernelCase[], kernels: Awaited<ReturnType<typeof stockAndOurs>>): Promise<void> {
  const wasm = backend() as unknown as WasmBackend & { disposeData(dataId: object): void };
  for (const { label, kernelName, inputs, attrs } of cases) {
    const bench = new Bench({ time: 300, warmupTime: 100 });
    for (const [name, functions] of Object.entries(kernels)) {
      const run = functions.get(kernelName);
      if (run === undefined) continue;
      bench.add(name, () => {
        for (const { dataId } of [run({ inputs, attrs: attrs as never, backend: wasm })].flat()) wasm.disposeData(dataId);
      });
    }
    await bench.run();
    const best = new Map(bench.tasks.map((task) => [task.name, task.result.state === 'completed' ? task.result.latency.min : NaN]));
    const [stock, ours] = [best.get('stock'), best.get('ours')!];
    const against = stock === undefined ? 'not in stock wasm' : `stock ${stock.toFixed(3)} ms, ratio ${(stock / ours).toFixed(1)}`;
    console.log(`${label.padEnd(44)} ${ours.toFixed(3)} ms; ${against}`);
  }
}
