import fc from 'fast-check';
import { symmetricGenerator, type SymmetricGenerator } from '../../src/exponential/symmetric-generator.ts';

/** A graph by its edges, each once. */
export interface Graph {
  readonly numStates: number;
  readonly edges: readonly (readonly [i: number, j: number, rate: number])[];
}

export const generatorOf = ({ numStates, edges }: Graph): SymmetricGenerator =>
  symmetricGenerator(
    numStates,
    edges.map(([i, j, rate]) => ({ i, j, rate })),
  );

export const pathOf = (numStates: number, rate = 1): Graph => ({
  numStates,
  edges: Array.from({ length: numStates - 1 }, (_, i) => [i, i + 1, rate] as const),
});

export const ringOf = (numStates: number, rate = 1): Graph => ({
  numStates,
  edges: [...pathOf(numStates, rate).edges, ...(numStates > 2 ? [[numStates - 1, 0, rate] as const] : [])],
});

export const completeOf = (numStates: number, rate = 1): Graph => ({
  numStates,
  edges: Array.from({ length: numStates }, (_, i) => Array.from({ length: i }, (__, j) => [j, i, rate] as const)).flat(),
});

/** Two complete graphs of `size`, and one edge between them. */
export const dumbbell = (size: number, bridge: number): Graph => {
  const { edges } = completeOf(size);
  return { numStates: 2 * size, edges: [...edges, ...edges.map(([i, j, rate]) => [i + size, j + size, rate] as const), [0, size, bridge]] };
};

/** A ring with chords, in which every state is a few jumps from every other and some have many. */
export const knitted = (numStates: number): Graph => ({
  numStates,
  edges: Array.from({ length: numStates }, (_, i) =>
    [1, 2].map((k) => [i, (i * i * (k + 2) + 31 * k) % numStates, 0.125 * k] as const).filter(([from, to]) => from !== to),
  )
    .flat()
    .concat(ringOf(numStates, 0.25).edges),
});

// A random tree and a few more edges, of rates a hundred times apart.
const arbRate = fc.double({ min: 0.05, max: 5, noNaN: true });
export const arbConnected: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 8 }).chain((numStates) =>
  fc
    .record({
      parents: fc.array(fc.nat(), { minLength: numStates - 1, maxLength: numStates - 1 }),
      treeRates: fc.array(arbRate, { minLength: numStates - 1, maxLength: numStates - 1 }),
      more: fc.array(fc.tuple(fc.nat(numStates - 1), fc.nat(numStates - 1), arbRate), { maxLength: 6 }),
    })
    .map(({ parents, treeRates, more }) => ({
      numStates,
      edges: [...parents.map((parent, k) => [parent % (k + 1), k + 1, treeRates[k]!] as const), ...more.filter(([i, j]) => i !== j)],
    })),
);
