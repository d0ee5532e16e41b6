/** The few parts of the WebAssembly interface that are used; types of browsers and of Node do not belong into this package. */
interface WebAssemblyInterface {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

interface MachineFunction {
  /** Of the function and of its caller. */
  readonly buffer: ArrayBuffer;
  call(...parameters: readonly number[]): void;
}

const PAGE_BYTES = 2 ** 16;

/**
 * The function `name` of a module that `assembleModule` has made, with a memory of its own.
 *
 * @returns Undefined where there is no WebAssembly with vectors, or its use is forbidden.
 */
export function instantiate(name: string, module: () => Uint8Array, bytes: number): MachineFunction | undefined {
  const wasm = (globalThis as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;
  if (!wasm) return undefined;
  try {
    const memory = new wasm.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    const { exports } = new wasm.Instance(new wasm.Module(module()), { d3pm: { memory } });
    return { buffer: memory.buffer, call: exports[name] as MachineFunction['call'] };
  } catch {
    return undefined;
  }
}
