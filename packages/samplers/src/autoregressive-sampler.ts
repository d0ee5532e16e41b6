import {
  assertAutoregressive,
  assertCausal,
  assertDenoiserFits,
  assertDataStates,
  D3pmError,
  drawFromLogProbs,
  positionsOf,
  type Denoiser,
  type Rng,
  type States,
  type Transition,
} from '@d3pm/core';
import { allowedStates, type AllowedStates } from './allowed-states.ts';
import type { Constraint } from './constraint.ts';
import { inTurns } from './in-turns.ts';
import { nextLogits } from './next-logits.ts';
import { assertSampleShape } from './sample-prior.ts';
import type { SamplerState } from './sampler-state.ts';

export interface AutoregressiveSamplerOptions {
  /** The autoregressive chain, N steps for N positions; it says what stands where nothing is drawn yet. */
  readonly transition: Transition;
  /** Causal. With `startDecoding` a position costs one position, without it the whole sequence. */
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
  /** `[B, …N]`: how many examples, and the shape of one. */
  readonly shape: readonly number[];
  readonly rng: Rng;
  /** Example b draws as number firstExample + b, so that batches continue each other. @defaultValue 0 */
  readonly firstExample?: number;
  /** The first M of the N positions, given, `[B, M]`, M ≤ N. @defaultValue none */
  readonly prefix?: States;
  /** States that x_0 may have, by position; a prefix obeys it too. @defaultValue any */
  readonly constraint?: Constraint;
}

/**
 * Samples position after position, x_i ~ f(x_0,i | x_0,<i): exactly the law of the causal network, and the reverse process of the
 * autoregressive chain (Section 4), at one call of the network a position. Each position is drawn on the host in float64 from
 * the number that `ancestralSampler` uses, so both give the same samples of the same logits. A constraint renormalises each f as it comes:
 * the law given what is fixed in front, but what is fixed behind does not change what stands before it.
 *
 * Yields t = N − M first, the positions not yet drawn masked, and t = 0 last. Leaving the loop frees what is kept.
 *
 * @throws {D3pmError} at once: `UNSOUND` for a network that is not causal or a chain that is not autoregressive, `SHAPE`,
 * `STATE_RANGE`, `INVALID_OPTIONS` for a constraint that allows nothing somewhere, or not the prefix. While it runs: `NON_FINITE` when logits have NaN or leave no class.
 */
export function autoregressiveSampler(options: AutoregressiveSamplerOptions): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, denoiser, shape, prefix, constraint } = options;
  assertCausal('autoregressiveSampler', denoiser);
  assertAutoregressive('autoregressiveSampler', transition);
  assertSampleShape('autoregressiveSampler', transition, shape);
  assertDenoiserFits('autoregressiveSampler', { transition, denoiser });
  if (prefix) assertPrefix(prefix, options);
  const allowed = constraint && allowedStates('autoregressiveSampler', constraint, options);
  if (prefix && allowed) assertPrefixAllowed(prefix, allowed);
  return inTurns(run(options, allowed));
}

async function* run(
  { transition, denoiser, shape, rng, firstExample = 0, prefix }: AutoregressiveSamplerOptions,
  allowed: AllowedStates | undefined,
): AsyncGenerator<SamplerState, void, undefined> {
  const [K, N, mask] = [transition.numStates, transition.numSteps, transition.extraMask!];
  const batchSize = shape[0]!;
  let states = masked(shape, mask, prefix);
  let t = N - (prefix ? positionsOf(prefix) : 0);
  yield { t, states, networkCalls: 0, networkRows: 0, changed: 0 };
  const network = nextLogits('autoregressiveSampler', denoiser, { shape, allowed });
  try {
    for (; t > 0; t--) {
      const position = N - t;
      const logits = await network.at(position, states);
      const stepRng = rng.split('step', t);
      const values = states.values.slice();
      for (let b = 0; b < batchSize; b++) {
        logits[b * K + mask] = -Infinity;
        const state = drawFromLogProbs(logits, b * K, K, stepRng.split(firstExample + b).float64(position));
        if (state < 0) throw impossibleRow(firstExample + b, position);
        values[b * N + position] = state;
      }
      states = { values, shape: states.shape };
      yield { t: t - 1, states, networkCalls: network.calls, networkRows: network.calls * batchSize, changed: batchSize };
    }
  } finally {
    network.dispose();
  }
}

/** x_t: the prefix, and the mask behind it. */
function masked(shape: readonly number[], mask: number, prefix: States | undefined): States {
  const positions = positionsOf({ shape });
  const values = new Int32Array(shape[0]! * positions).fill(mask);
  if (prefix) {
    const given = positionsOf(prefix);
    for (let b = 0; b < shape[0]!; b++) values.set(prefix.values.subarray(b * given, (b + 1) * given), b * positions);
  }
  return { values, shape: [...shape] };
}

function assertPrefix(prefix: States, { transition, shape }: AutoregressiveSamplerOptions): void {
  const { numSteps: N } = transition;
  if (prefix.shape.length !== 2 || prefix.shape[0] !== shape[0] || prefix.shape[1]! > N) {
    throw new D3pmError(
      'SHAPE',
      `autoregressiveSampler: prefix has shape [${prefix.shape.join(', ')}], expected [${shape[0]}, M], the first M of ${N} positions of each example`,
    );
  }
  assertDataStates('autoregressiveSampler', prefix, transition);
}

function assertPrefixAllowed(prefix: States, allowed: AllowedStates): void {
  const given = positionsOf(prefix);
  prefix.values.forEach((state, i) => {
    const [example, position] = [Math.floor(i / given), i % given];
    if (allowed.allows(example, position, state)) return;
    throw new D3pmError(
      'INVALID_OPTIONS',
      `autoregressiveSampler: prefix has state ${state} in example ${example} at position ${position}, which the constraint does not allow; change one of them`,
    );
  });
}

function impossibleRow(example: number, position: number): D3pmError {
  return new D3pmError(
    'NON_FINITE',
    `autoregressiveSampler: example ${example}, position ${position} has NaN or no possible class; check the denoiser's logits for NaN and infinities`,
  );
}
