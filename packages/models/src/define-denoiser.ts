import {
  assertShape,
  assertStates,
  D3pmError,
  noisySteps,
  type ApplyOptions,
  type Decoder,
  type Parameters,
  type Prediction,
  type Rng,
  type Steps,
  type TrainableDenoiser,
} from '@d3pm/core';
import { clone, dispose, keep, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { assertSetting } from './assert-setting.ts';
import { assertParameters, initialParameters, type ParameterSpecs } from './parameter-specs.ts';

export interface DenoiserDefinition<P extends Prediction> {
  /** Begins the messages of errors. */
  readonly name: string;
  readonly prediction: P;
  /** K */
  readonly numStates: number;
  /** T */
  readonly numSteps: number;
  /** Shape of one example; −1 for an axis of any length. */
  readonly exampleShape: readonly number[];
  readonly timeFree: boolean;
  /** That logits at a position depend on the states before it alone; then `timeFree` too. */
  readonly causal?: true;
  readonly specs: ParameterSpecs;
  readonly rng: Rng;
  /** Logits, float32 `[B, …N, K]`: a pure function. What it allocates besides is freed around it. */
  network(parameters: Parameters, states: Tensor, t: Steps, options: ApplyOptions): Tensor;
  /** Decodes a causal network state by state. The parameters stay the caller's. */
  decoder?(parameters: Parameters, batchSize: number): Decoder;
}

/**
 * A denoiser of a network and the specification of its parameters: allocates them, checks states, time and
 * parameters of every call, and frees intermediate tensors.
 *
 * Its `apply` and `logits` throw `DTYPE`, `SHAPE` or `STATE_RANGE` for states that do not fit, and `STEP_RANGE` unless 1 ≤ t ≤ T
 * (a network that is not told the time takes any t). Once it is disposed its own parameters cannot be used, and it throws `INVALID_OPTIONS`.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` or `SHAPE` for sizes that no network has, or without a source of randomness.
 */
export function defineDenoiser<P extends Prediction>(definition: DenoiserDefinition<P>): TrainableDenoiser<P> {
  const { name, prediction, numStates, numSteps, exampleShape, timeFree, causal, specs, rng, decoder } = definition;
  assertSetting(name, { numStates, numSteps, exampleShape: exampleShape.filter((size) => size !== -1), rng });
  let current = initialParameters(specs, rng.split(name));
  let disposed = false;
  const assertAlive = (caller: string): void => {
    if (disposed) throw new D3pmError('INVALID_OPTIONS', `${caller}: the model is disposed; make another, and load what it is to have`);
  };

  const apply = (parameters: Parameters, states: Tensor, t: Steps, options: ApplyOptions = {}): Tensor => {
    if (parameters === current) assertAlive(name);
    assertStates(name, 'states', states, numStates);
    assertShape(name, 'states', states, [
      states.shape[0]!,
      ...exampleShape.map((size, axis) => (size < 0 ? (states.shape[axis + 1] ?? size) : size)),
    ]);
    assertParameters(name, specs, parameters);
    if (!timeFree) noisySteps(name, t, { batchSize: states.shape[0]!, numSteps });
    return tidy(() => definition.network(parameters, states, t, options));
  };

  return {
    prediction,
    numStates,
    timeFree,
    ...(!timeFree && { numSteps }),
    ...(causal && { causal }),
    ...(decoder && {
      startDecoding: (batchSize: number) => {
        assertAlive(`${name}.startDecoding`);
        return decoder(current, batchSize);
      },
    }),
    get parameters() {
      return current;
    },
    apply,
    logits: (states, t) => apply(current, states, t),
    load: (parameters) => {
      assertAlive(`${name}.load`);
      assertParameters(`${name}.load`, specs, parameters);
      const loaded = Object.fromEntries(Object.keys(specs).map((key) => [key, keep(clone(parameters[key]!))]));
      dispose(current);
      current = loaded;
    },
    dispose: () => {
      disposed = true;
      dispose(current);
    },
  };
}
