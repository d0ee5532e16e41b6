import { assertInteger, assertSchedule, drawFromProbs, stepPairs, type NoiseSchedule, type Prior, type Transition } from '@d3pm/core';
import { assertPrior } from '../assert-prior.ts';
import { createByteCache } from '../byte-cache.ts';
import { assertTableSize } from '../table-size.ts';
import { assertOnePart } from './connected-parts.ts';
import { exponentialAction, type ActionRow } from './exponential-action.ts';
import { jumpPath } from './jump-path.ts';
import { sparseMaps, type StateRate } from './sparse-maps.ts';
import { generatorExponential } from './generator-exponential.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

export interface SparseExponentialOptions {
  readonly name: string;
  /** β_t, what step t adds to α; ∞ for a step to the stationary law. */
  readonly schedule: NoiseSchedule<'rate'>;
  /** R, by its rows; every state reaches every other. */
  readonly generator: SymmetricGenerator;
  /** p(x_T). @defaultValue The uniform law. */
  readonly prior?: Prior;
}

/** Of rows that are kept: 1024 at K = 8192. */
const ROW_BYTES = 2 ** 26;
/** Above so many jumps a draw takes a row, most likely one of a few modes. */
const MANY_JUMPS = 4096;

/**
 * The transition of a symmetric generator on many states, as in Appendices A.2.4 and A.4.2 of Austin et al. (2021):
 *
 *     Q(s→t) = exp(α(s→t) R),   α(s→t) = Σ_{s<u≤t} β_u
 *
 * Doubly stochastic, π uniform; all steps commute. No K×K matrix is ever made: a row costs as many passes over the jumps of the
 * graph as uniformisation has terms (small α, or small entries), as a Chebyshev series has (O(√α)), or, for large α, a product with the few slow
 * modes; the rows of a batch share them. Errors are below 1e-6 of an entry by the first way, and about 2e-15 of the row by the others for rates of one
 * size. That of a stiff generator grows as its largest rate: on a line of 12 states with one rate of 10⁶ among ones it is 5e-11 at α = 5, with 10⁸
 * 6e-9, beside the eigenvectors of the whole. Rows of
 * states are kept within 64 MiB. `sampleForward` follows the jumps of the chain and makes no row.
 *
 * Maps run on the host in float64 and read their tensors synchronously, which WebGPU cannot. A state that is d
 * jumps away has about α^d/d!, and is right relatively. Every state is possible for every α > 0; at α = 0 only staying is.
 *
 * @throws {D3pmError} `NO_STATIONARY` naming two states that never meet, and what `assertSchedule` throws; `toDense` throws
 * `TABLE_TOO_LARGE` for a matrix beyond 1 GiB.
 */
export function sparseExponential({ name, schedule, generator, prior: given }: SparseExponentialOptions): Transition {
  assertSchedule(name, 'rate', schedule);
  const { numSteps, noise } = schedule;
  const { numStates } = generator;
  assertInteger(name, 'numStates', numStates, 2);
  assertOnePart(name, generator, 'let the generator join them');
  const stationary = new Float64Array(numStates).fill(1 / numStates);
  const prior = given ?? { kind: 'fixed', probs: stationary };
  assertPrior(name, prior, { numStates, positions: undefined });

  const action = exponentialAction(generator);
  const fastest = generator.exitRates.reduce((most, exitRate) => Math.max(most, exitRate), 0);
  const kept = createByteCache<{ row: ActionRow | undefined }>({ limit: ROW_BYTES, bytesOf: () => 8 * numStates });
  const stateRows = (pairs: readonly StateRate[]): ActionRow[] => {
    const places = pairs.map(({ state, rate }) => kept.getOrCreate(`${rate} ${state}`, () => ({ row: undefined })));
    const missing = pairs.filter((_, k) => places[k]!.row === undefined);
    const rows = action(missing.map(({ state, rate }) => ({ start: state, rate })));
    for (const place of places) place.row ??= rows.shift()!;
    return places.map(({ row }) => row!);
  };
  const exponential = generatorExponential({
    name,
    numStates,
    noise,
    push: (probs, rate) => action([{ start: probs, rate }])[0]!.probs,
  });
  const { rate } = exponential;

  return {
    name,
    numStates,
    numSteps,
    stationary,
    prior,
    exponential,
    ...sparseMaps({ name, numStates, numSteps, rate, action, stateRows }),
    toDense: (s, t) => {
      stepPairs(`${name}.toDense`, s, t, { batchSize: 1, numSteps });
      assertTableSize(`${name}.toDense`, `a ${numStates}×${numStates} float64 table`, 8 * numStates ** 2);
      const matrix = new Float64Array(numStates ** 2);
      const alpha = rate(s, t);
      const rows = action(Array.from({ length: numStates }, (_, state) => ({ start: state, rate: alpha })));
      rows.forEach(({ probs }, state) => matrix.set(probs, state * numStates));
      return matrix;
    },
    rowProbs: (state, s, t) => {
      stepPairs(`${name}.rowProbs`, s, t, { batchSize: 1, numSteps });
      assertInteger(`${name}.rowProbs`, 'state', state, 0, numStates - 1);
      return stateRows([{ state, rate: rate(s, t) }])[0]!.probs;
    },
    draw: (state, s, t, stream) => {
      stepPairs(`${name}.draw`, s, t, { batchSize: 1, numSteps });
      const alpha = rate(s, t);
      if (alpha === Infinity) return stream.integer(numStates, 0);
      if (alpha * fastest <= MANY_JUMPS) return jumpPath(generator, state, alpha, stream);
      return drawFromProbs(stateRows([{ state, rate: alpha }])[0]!.probs, 0, numStates, stream.float64(0));
    },
    dispose: kept.clear,
  };
}
