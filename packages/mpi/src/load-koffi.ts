import { D3pmError } from '@d3pm/core';

/** koffi calls C on stacks of its own, by default of 128 kB on other threads: less than what libraries of C are used to. */
const STACK_BYTES = 2 ** 21;

export type Koffi = typeof import('koffi');

/** What calls C libraries, loaded when it is needed: it has no build for some machines, where the rest of a program may still work. */
export async function loadKoffi(): Promise<Koffi> {
  let koffi: Koffi;
  try {
    koffi = await import('koffi');
  } catch (error) {
    throw new D3pmError(
      'GROUP',
      `createMpiGroup: koffi, which calls C libraries, cannot be loaded on ${process.platform}-${process.arch}; ` +
        `install it with its optional dependencies: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  try {
    koffi.config({ async_stack_size: STACK_BYTES });
  } catch {
    // Another part of the program uses koffi already; its choice stays.
  }
  return koffi;
}
