import type { Parameters } from '@d3pm/core';
import { concat, reshape, split, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Where each parameter lies in one flat vector. */
export interface ParameterLayout {
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly sizes: readonly number[];
  /** P, the length of the vector. */
  readonly size: number;
}

/** The layout of parameters in the order of their record. */
export function parameterLayout(parameters: Parameters): ParameterLayout {
  const tensors = Object.values(parameters);
  return {
    names: Object.keys(parameters),
    shapes: tensors.map(({ shape }) => shape),
    sizes: tensors.map(({ size }) => size),
    size: tensors.reduce((total, { size }) => total + size, 0),
  };
}

/** All parameters in one vector, float32 `[P]`; the caller disposes it. */
export function packParameters({ names }: ParameterLayout, parameters: Parameters): Tensor {
  return tidy(() => concat(names.map((name) => reshape(parameters[name]!, [-1]))));
}

/**
 * The parameters of a vector, as copies that the caller disposes. Its gradient packs: differentiating a loss by the vector
 * gives all gradients in one.
 */
export function unpackParameters({ names, shapes, sizes }: ParameterLayout, flat: Tensor): Parameters {
  return tidy(() => {
    // The gradient of a split into one is asked of tfjs as that of several, and fails.
    const pieces = names.length === 1 ? [flat] : split(flat, [...sizes]);
    return Object.fromEntries(names.map((name, i) => [name, reshape(pieces[i]!, [...shapes[i]!])]));
  });
}

/** The parameter that entry `index` of the vector belongs to. */
export function parameterAt({ names, sizes }: ParameterLayout, index: number): string {
  let end = 0;
  return names[sizes.findIndex((size) => (end += size) > index)]!;
}
