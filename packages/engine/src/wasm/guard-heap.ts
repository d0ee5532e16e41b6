import { D3pmError } from '@d3pm/core';
import type { WasmModule } from './wasm-backend.ts';

/** What is kept free for the small things that C code allocates and does not check: operators, shapes, names of tensors. */
const RESERVE_BYTES = 2 ** 20;

const guarded = new WeakSet<WasmModule>();

/**
 * Makes the `malloc` of a module throw where it has no room. Its own answer is address 0, or, where the end of a block would have an address
 * of more than 32 bits, one whose block ends outside of the heap. Nobody checks: tensors there overwrite each other and the module's data.
 * The second call changes nothing.
 */
export function guardHeap(wasm: WasmModule): void {
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // Emscripten puts the real function in place of a stub at the first call.
  wasm._free(wasm._malloc(1));
  const { _malloc: malloc } = wasm;
  const blockOf = (bytes: number): number => {
    // What does not fit into 32 bits would lose its upper ones.
    const address = bytes < 2 ** 32 ? malloc(bytes) >>> 0 : 0;
    // A block that ends outside is left alone: its few real bytes are lost, and freeing them would free what it overlaps.
    return address + bytes <= wasm.HEAPU8.length ? address : 0;
  };
  wasm._malloc = (bytes) => {
    const address = blockOf(bytes);
    if (address === 0) throw fullHeap(bytes);
    const rest = blockOf(RESERVE_BYTES);
    wasm._free(rest === 0 ? address : rest);
    if (rest === 0) throw fullHeap(bytes);
    return address;
  };
}

/**
 * Sees to it that C code, which does not check, can allocate so many bytes in one piece.
 *
 * @throws {D3pmError} `ENGINE` when the heap has no room for them.
 */
export function assertRoom(wasm: WasmModule, bytes: number): void {
  wasm._free(wasm._malloc(bytes));
}

function fullHeap(bytes: number): D3pmError {
  return new D3pmError(
    'ENGINE',
    `wasm: no room for ${(bytes / 2 ** 20).toFixed(1)} MiB more: WebAssembly has 4 GiB at most, and less where the system gives less; compute fewer examples at a time (microBatch, training.microBatch of a config, or a smaller batch), or take the native engine`,
  );
}
