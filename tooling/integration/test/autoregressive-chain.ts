import { createRng, toTensor, type States, type TrainableDenoiser, type Transition } from '@d3pm/core';
import { sequences } from '@d3pm/core/testing';
import { createTransformerDenoiser } from '@d3pm/models';
import { dense } from '@d3pm/transitions';
import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';

/** The chain of Section 4 by its definition: step t = N − i turns whatever stands at position i into the mask K − 1. */
export function autoregressiveChain(numStates: number, positions: number): Transition {
  const mask = numStates - 1;
  const table = (hits: boolean): Float64Array =>
    Float64Array.from({ length: numStates ** 2 }, (_, entry) => {
      const [row, column] = [Math.floor(entry / numStates), entry % numStates];
      return Number(column === (hits ? mask : row));
    });
  const prior = { kind: 'fixed', probs: Float64Array.from({ length: numStates }, (_, k) => Number(k === mask)) } as const;
  const step = (t: number, position: number): Float64Array => table(t === positions - position);
  return { ...dense({ name: 'one-by-one', numStates, numSteps: positions, positions, step, prior }), extraMask: mask };
}

/** An untrained causal network whose answers are neither uniform nor right. */
export function causalNetwork(numStates: number, positions: number, seed = 4): TrainableDenoiser<'denoiser'> {
  const setting = { numStates, numSteps: positions, exampleShape: [positions], rng: createRng('model') };
  const model = createTransformerDenoiser(setting, { numChannels: 8, numBlocks: 2, numHeads: 2, maxDistance: 3, causal: true });
  const shaken = Object.entries(model.parameters).map(([name, value]) => {
    const noise = createRng(seed).split(name);
    return [
      name,
      tensor(
        value.dataSync().map((x, i) => x + noise.normal(i) / 2),
        value.shape,
      ),
    ] as const;
  });
  model.load(Object.fromEntries(shaken));
  dispose(shaken.map(([, value]) => value));
  return model;
}

/** −log p(x) of every sequence without the mask, the last position fastest, each from its own prefixes alone, in float64. */
export function causalNegativeLogLikelihoods(model: TrainableDenoiser, numStates: number, positions: number): number[] {
  const known = new Map<string, readonly number[]>();
  const nextNll = (prefix: readonly number[]): readonly number[] => {
    const key = prefix.join();
    const found = known.get(key);
    if (found) return found;
    // Only the prefix is given: the network sees one position more, whose state it must not read.
    const states: States = { values: Int32Array.from([...prefix, 0]), shape: [1, prefix.length + 1] };
    const logits = tidy(() => Array.from(model.logits(toTensor(states), 1).dataSync())).slice(-numStates, -1);
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    const nll = logits.map((logit) => total - logit);
    known.set(key, nll);
    return nll;
  };
  return sequences(numStates - 1, positions).map((sequence) =>
    sequence.reduce((nats, state, i) => nats + nextNll(sequence.slice(0, i))[state]!, 0),
  );
}
