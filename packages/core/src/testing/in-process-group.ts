import type { ProcessGroup } from '../process-group.ts';

type Values = Float32Array | Float64Array | Uint8Array;
type Combine = (all: readonly Values[]) => void;

/** The members of a group that live in one process, each of which is to be driven by an async function of its own. Sums go in the order of ranks. */
export function inProcessGroup(size: number): readonly ProcessGroup[] {
  /** What has come to the operation that runs, by rank. */
  let arrived: { readonly values: Values; readonly resume: () => void }[] = [];
  let count = 0;
  const meet = (rank: number, values: Values, combine: Combine): Promise<void> =>
    new Promise((resume) => {
      arrived[rank] = { values, resume };
      count += 1;
      if (count < size) return;
      const all = arrived;
      [arrived, count] = [[], 0];
      combine(all.map((member) => member.values));
      for (const member of all) member.resume();
    });
  return Array.from({ length: size }, (_, rank) => {
    let last = Promise.resolve();
    const inTurn = (values: Values, combine: Combine): Promise<void> => (last = last.then(() => meet(rank, values, combine)));
    return {
      rank,
      size,
      localRank: rank,
      localSize: size,
      transport: 'one process',
      sum: (values) =>
        inTurn(values, (all) => {
          const total = new Float64Array(values.length);
          for (const part of all) for (let i = 0; i < total.length; i++) total[i]! += part[i]!;
          for (const part of all) part.set(total);
        }),
      broadcast: (bytes, root = 0) =>
        inTurn(bytes, (all) => {
          for (const part of all) part.set(all[root]!);
        }),
      barrier: () => inTurn(new Uint8Array(0), () => undefined),
      close: async () => undefined,
    };
  });
}
