import { createRng } from '@d3pm/core';
import { parameterCount } from '@d3pm/models';
import { ancestralSampler, finalStates } from '@d3pm/samplers';
import { dispose, keep, tensor } from '@tensorflow/tfjs-core';
import type { PreparedWork, Work } from '../work.ts';
import { normals } from './numbers.ts';
import { authorsReverse, swissRollChain, swissRollNetwork, swissRollSizes, type SwissRollSizes } from './swiss-roll.ts';

export interface SamplingSizes extends SwissRollSizes {
  readonly batchSize: number;
}

export function prepareSampling({ batchSize, ...sizes }: SamplingSizes): PreparedWork {
  const transition = swissRollChain(sizes);
  const denoiser = swissRollNetwork(sizes);
  // An untrained network answers with zeros: this one has opinions.
  const { [OUTPUT]: output, ...rest } = denoiser.parameters;
  const opinions = keep(
    tensor(
      normals(output!.size).map((x) => x / 16),
      output!.shape,
    ),
  );
  denoiser.load({ ...rest, [OUTPUT]: opinions });
  dispose(opinions);
  let seed = 0;
  return {
    facts: { parameters: parameterCount(denoiser) },
    run: () =>
      finalStates(
        ancestralSampler({
          transition,
          denoiser,
          reverse: authorsReverse,
          shape: [batchSize, sizes.positions],
          rng: createRng(seed++),
          lastStep: 'argmax',
        }),
      ),
  };
}

const OUTPUT = 'output.weight';

export const swissRollSampling: Work = {
  name: 'swiss-roll-sampling',
  title: 'Sampling 2,000 swiss-roll points, T 100, the network above',
  engines: ['native', 'wasm'],
  peers: ['torch', 'jax'],
  goals: [{ kind: 'faster', than: 'jax', factor: 4 }],
  slow: true,
  prepare: () => prepareSampling({ ...swissRollSizes, batchSize: 2000 }),
};
