/** The few parts of the WebAssembly interface that are used; types of browsers and of Node do not belong into this package. */
interface WebAssemblyInterface {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** Undefined where there is none. */
export function webAssembly(): WebAssemblyInterface | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;
}
