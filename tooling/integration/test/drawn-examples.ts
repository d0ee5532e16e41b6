import { createRng, type Dataset, type Denoiser } from '@d3pm/core';
import { type ExactLogits } from '@d3pm/core/testing';
import { exactNetwork } from './exact-network.ts';
import { randomLogits, type Family } from './oracle-families.ts';

/** Examples drawn from a law over the sequences of a family, with the law that they are. */
export function drawExamples(
  { chain, dataLaw }: Family,
  count: number,
  seed: number,
): { readonly data: Dataset; readonly law: readonly number[] } {
  const rng = createRng(seed);
  const law = new Array<number>(chain.sequences.length).fill(0);
  const drawn = Array.from({ length: count }, (_, b) => {
    let remaining = rng.float64(b);
    const index = dataLaw.findIndex((prob) => (remaining -= prob) < 0);
    law[index]! += 1 / count;
    return chain.sequences[index]!;
  });
  const exampleShape = [chain.numPositions];
  const data: Dataset = {
    name: 'drawn',
    numStates: chain.numStates,
    exampleShape,
    size: count,
    examples: (indices) => ({
      values: Int32Array.from(Array.from(indices, (i) => drawn[i]!).flat()),
      shape: [indices.length, ...exampleShape],
    }),
  };
  return { data, law };
}

export const logitsOf = (family: Family, timeFree: boolean = false): ExactLogits =>
  randomLogits(5, family.chain.numStates, { timeFree, ...(family.chain.extraMask !== undefined && { extraMask: family.chain.extraMask }) });

export const denoiserOf = (family: Family, timeFree: boolean = false): Denoiser<'denoiser'> =>
  exactNetwork('denoiser', family.chain.numStates, logitsOf(family, timeFree), { timeFree });
