import type { Part } from './part.ts';

/** The parts of the slow tier, each loaded when it is run. The cost comes first, while the machine is quiet. */
export const parts: readonly { readonly name: string; readonly load: () => Promise<Part> }[] = [
  { name: 'cost', load: async () => (await import('./cost/cost-part.ts')).costPart },
  { name: 'kill', load: async () => (await import('./kill/kill-part.ts')).killPart },
  { name: 'strace', load: async () => (await import('./strace/strace-part.ts')).stracePart },
  { name: 'full-disk', load: async () => (await import('./disk/disk-part.ts')).diskPart },
  { name: 'flips', load: async () => (await import('./flips/flips-part.ts')).flipsPart },
  { name: 'fuzz', load: async () => (await import('./fuzz/fuzz-part.ts')).fuzzPart },
];
