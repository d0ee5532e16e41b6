import { D3pmError, quoted } from '@d3pm/core';
import { inceptionShapes } from './inception-shapes.ts';

/** Numbers with their shape, the last axis fastest; a tensor of `decodeSafetensors` is one. */
export interface InceptionWeight {
  /** A Float32Array, of those that are used. */
  readonly data: ArrayBufferView;
  readonly shape: readonly number[];
}

/** By the names of the state of the PyTorch network. */
export type InceptionWeights = Readonly<Record<string, InceptionWeight>>;

/** {@link InceptionWeights} that have been checked. */
export type CheckedWeights = Readonly<Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>;

const MAX_SHOWN = 8;

/** Counters of training, and a second classifier that only training uses. */
const isIgnored = (name: string): boolean => name.endsWith('.num_batches_tracked') || name.startsWith('AuxLogits.');

/** Throws `INVALID_DATA`, which lists what is missing, too many, misshapen or no finite number, unless `weights` are those of the network. */
export function assertInceptionWeights(caller: string, weights: InceptionWeights): asserts weights is CheckedWeights {
  if (typeof weights !== 'object' || weights === null) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: weights are ${JSON.stringify(weights) ?? 'missing'}, expected tensors by name`);
  }
  const shapes = inceptionShapes();
  const problems = Object.entries(shapes).flatMap(([name, shape]) => {
    const problem = problemOf(name, Object.hasOwn(weights, name) ? weights[name] : undefined, shape);
    return problem === undefined ? [] : [`${quoted(name)} ${problem}`];
  });
  for (const name of Object.keys(weights)) {
    if (!Object.hasOwn(shapes, name) && !isIgnored(name)) problems.push(`${quoted(name)} is not known`);
  }
  if (problems.length === 0) return;
  const more = problems.length > MAX_SHOWN ? `; and ${problems.length - MAX_SHOWN} more` : '';
  throw new D3pmError(
    'INVALID_DATA',
    `${caller}: ${problems.length} of the weights are not as the network of pt_inception-2015-12-05 has them, ${Object.keys(shapes).length} tensors: ${problems.slice(0, MAX_SHOWN).join('; ')}${more}; give all tensors of that file, converted from it without change`,
  );
}

function problemOf(name: string, weight: InceptionWeight | undefined, shape: readonly number[]): string | undefined {
  if (weight === undefined) return 'is missing';
  const { data, shape: came } = weight;
  if (!(data instanceof Float32Array)) return 'has no Float32Array';
  if (!Array.isArray(came) || String(came) !== String(shape)) {
    return `has the shape [${[...came].slice(0, 8).join(', ')}], expected [${shape.join(', ')}]`;
  }
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (data.length !== size) return `has ${data.length} numbers, expected ${size}`;
  const [least, expected] = name.endsWith('.running_var') ? [0, 'a variance'] : [-Number.MAX_VALUE, 'a finite number'];
  for (let i = 0; i < size; i++) {
    if (!(data[i]! >= least && data[i]! < Infinity)) return `has ${data[i]} at offset ${i}, expected ${expected}`;
  }
  return undefined;
}
