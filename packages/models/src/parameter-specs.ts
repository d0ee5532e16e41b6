import { D3pmError, type Parameters, type Rng } from '@d3pm/core';
import { keep, tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from './initializers.ts';

/** Shape and first values of one parameter. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly initial: Initializer;
}

/** The parameters of a network by name; the names are those of checkpoints. */
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** New float32 tensors with the first values of `specs`, which the caller disposes. A parameter draws from the stream of its own name. */
export function initialParameters(specs: ParameterSpecs, rng: Rng): Parameters {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, initial }]) => {
      const size = shape.reduce((product, axis) => product * axis, 1);
      return [name, keep(tensor(initial(size, rng.split(name)), [...shape], 'float32'))];
    }),
  );
}

/**
 * Throws unless `parameters` has exactly the names, shapes and dtype of `specs`.
 *
 * @throws {D3pmError} `UNKNOWN_NAME` when a name is missing or not known, otherwise `SHAPE`; the message lists every difference.
 */
export function assertParameters(
  caller: string,
  specs: Readonly<Record<string, Pick<ParameterSpec, 'shape'>>>,
  parameters: Parameters,
): void {
  const missing = Object.keys(specs).filter((name) => !Object.hasOwn(parameters, name));
  const unknown = Object.keys(parameters).filter((name) => !Object.hasOwn(specs, name));
  const wrong = Object.entries(specs).flatMap(([name, { shape }]) => {
    const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (given === undefined || (given.dtype === 'float32' && String(given.shape) === String(shape))) return [];
    return `${name} is ${given.dtype} [${given.shape.join(', ')}], expected float32 [${shape.join(', ')}]`;
  });
  const differences = [...missing.map((name) => `${name} is missing`), ...unknown.map((name) => `${name} is not known`), ...wrong];
  if (differences.length === 0) return;
  const code = missing.length + unknown.length > 0 ? 'UNKNOWN_NAME' : 'SHAPE';
  // Of a safetensors file, where float32 is F32.
  const onHost = Object.values(parameters).some(({ dtype }) => String(dtype) === 'F32');
  const way = onHost
    ? 'give what was read from a file to loadWeights of @d3pm/train'
    : 'make the model with the options that they were saved with';
  throw new D3pmError(code, `${caller}: parameters differ from the network: ${differences.join('; ')}; ${way}`);
}
