import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { D3pmError } from './errors.ts';

/**
 * Time, on the host: one step for the whole batch, or one per example (`Int32Array` `[B]`).
 * Integers 0…T; 0 is data.
 */
export type Steps = number | Int32Array;

/** The step of one example. */
export function stepOf(steps: Steps, example: number): number {
  return typeof steps === 'number' ? steps : steps[example]!;
}

/**
 * The (s, t) of every example, checked.
 *
 * @throws {D3pmError} `SHAPE` when an array has another length than the batch, `STEP_RANGE` unless
 * 0 ≤ s ≤ t ≤ T (with `strict`: 0 ≤ s < t ≤ T) for every example.
 */
export function stepPairs(
  caller: string,
  s: Steps,
  t: Steps,
  { batchSize, numSteps, strict = false }: { readonly batchSize: number; readonly numSteps: number; readonly strict?: boolean },
): { readonly s: Int32Array; readonly t: Int32Array } {
  const pairs = { s: filled(caller, 's', s, batchSize), t: filled(caller, 't', t, batchSize) };
  for (let b = 0; b < batchSize; b++) {
    const [from, to] = [pairs.s[b]!, pairs.t[b]!];
    if (!(from >= 0 && to <= numSteps && (strict ? from < to : from <= to))) {
      throw new D3pmError(
        'STEP_RANGE',
        `${caller}: needs 0 ≤ s ${strict ? '<' : '≤'} t ≤ ${numSteps}, got s = ${from} and t = ${to} for example ${b}`,
      );
    }
  }
  return pairs;
}

/**
 * Steps of noisy states, one per example.
 *
 * @throws {D3pmError} `SHAPE` for another length than the batch, `STEP_RANGE` unless 1 ≤ t ≤ T for every example.
 */
export function noisySteps(
  caller: string,
  t: Steps,
  { batchSize, numSteps }: { readonly batchSize: number; readonly numSteps: number },
): Int32Array {
  const steps = filled(caller, 't', t, batchSize);
  const example = steps.findIndex((step) => step < 1 || step > numSteps);
  if (example >= 0) {
    throw new D3pmError('STEP_RANGE', `${caller}: needs 1 ≤ t ≤ ${numSteps}, got t = ${steps[example]} for example ${example}`);
  }
  return steps;
}

function filled(caller: string, argument: string, steps: Steps, batchSize: number): Int32Array {
  if (typeof steps === 'number') {
    if (!Number.isInteger(steps)) throw new D3pmError('STEP_RANGE', `${caller}: ${argument} is ${steps}, expected an integer step`);
    return new Int32Array(batchSize).fill(steps);
  }
  if (steps.length !== batchSize) {
    throw new D3pmError('SHAPE', `${caller}: ${argument} has ${steps.length} steps for a batch of ${batchSize}`);
  }
  return steps;
}

/** One number per example as a float32 column `[B, 1, …, 1]` of the given rank, to broadcast over positions and classes. */
export function perExample(values: ArrayLike<number>, rank: number): Tensor {
  return tensor(Float32Array.from(values), [values.length, ...new Array<number>(rank - 1).fill(1)]);
}
