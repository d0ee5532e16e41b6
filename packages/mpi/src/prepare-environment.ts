/**
 * What UCX reads when it is loaded, by which many MPI libraries send. Both keep it from what a program of Node does not survive:
 *
 * - It takes signals that Node lives with: an index out of bounds in WebAssembly, which should be an error, then ends the process.
 * - To hear of memory that is given back, it writes over the code of `mmap` and its like while other threads run in it, and tries that by
 *   moving the end of the heap up by a page and down again. Where V8 has put its code right behind the heap, as in one start of a hundred,
 *   it does not get up (UCX 1.13), and a page that is in use is gone.
 */
const UCX = Object.freeze({ UCX_ERROR_SIGNALS: '', UCX_MEM_EVENTS: 'n' });

/** Sets what has to be set before a library of MPI is loaded. What the user has set stays. */
export function prepareEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  for (const [name, value] of Object.entries(UCX)) env[name] ??= value;
}
