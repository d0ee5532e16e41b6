import type { Steps, Transition } from '@d3pm/core';
import { Add, getGradient, grad, tensor } from '@tensorflow/tfjs-core';
import { LOG_TOLERANCE, verdict, worstOf, type Deviation } from './deviation.ts';
import { entriesAt, mapped, mappedStates, positionsIn, read } from './law-case.ts';
import type { TransitionLaw } from './transition-law.ts';

/** Shares below this may have underflowed in float32 on the way. */
const SMALLEST_SHARE = 1e-30;

/**
 * `push` and `pull` have the gradient of their formula. For y_j = log Σ_i exp(x_i) Q_ij and dL/dy = w,
 *
 *     dL/dx_i = Σ_j w_j exp(x_i + log Q_ij − y_j)
 *
 * and so for `pull`, with Qᵀ; w_j is 0 where y_j is −∞. A map that reads its tensor and makes another has none, and a loss over
 * it follows what is left. Without gradients in tfjs it is not tried.
 */
export const gradients: TransitionLaw = {
  name: 'push and pull have the gradient of their formula',
  appliesTo: () => getGradient(Add) !== undefined,
  deviation: ({ transition, r, s, t, logProbs, logLikelihood, states }) =>
    worstOf(
      (['push', 'pull'] as const).flatMap((map) => {
        // Rows of Q or of its transpose, at the states of the case, for each of two examples.
        const logs = [mappedStates(transition, `${map}States`, states, s, t), mappedStates(transition, `${map}States`, states, r, s)];
        const batches: readonly Batch[] = [
          { map, rows: [logLikelihood], s, t },
          { map, rows: [logLikelihood, logProbs], s: Int32Array.of(s, r), t: Int32Array.of(t, s) },
        ];
        return batches.map((batch) => gradientDeviation(transition, batch, states, logs));
      }),
    ),
};

interface Batch {
  readonly map: 'pull' | 'push';
  readonly rows: readonly (readonly number[])[];
  readonly s: Steps;
  readonly t: Steps;
}

function gradientDeviation(
  transition: Transition,
  { map, rows, s, t }: Batch,
  states: readonly number[],
  logs: readonly Float32Array[],
): Deviation {
  const positions = positionsIn(transition);
  const values = mapped(transition, map, rows, s, t);
  const weights = values.map((y, at) => (y === -Infinity ? 0 : Math.cos(at)));
  const shape = [rows.length, positions.length, transition.numStates];
  const inputs = rows.flatMap((row) => positions.flatMap(() => row));
  let slopes: Float32Array;
  try {
    slopes = read(() => grad((x) => transition[map](x, s, t))(tensor(inputs, shape), tensor(weights, shape)));
  } catch (error) {
    return verdict(false, `${map} has no gradient: ${String(error)}`);
  }
  return worstOf(
    rows.flatMap((row, b) =>
      positions.flatMap((n) => {
        const at = (entries: Float32Array): Float32Array => entriesAt(entries, transition, b, n);
        const [y, w] = [at(values), at(weights)];
        return states.map((state, k) =>
          slopeDeviation(`gradient of ${map}: the slope at state ${state}`, at(slopes)[state]!, {
            x: row[state]!,
            logs: entriesAt(logs[b]!, transition, k, n),
            y,
            w,
          }),
        );
      }),
    ),
  );
}

/** What a slope is made of: x_i, log Q_i·, y and dL/dy. */
interface SlopeTerms {
  readonly x: number;
  readonly logs: Float32Array;
  readonly y: Float32Array;
  readonly w: Float32Array;
}

/** How far it is off, in what logarithms make of its terms that are off by their own tolerance. */
function slopeDeviation(what: string, slope: number, { x, logs, y, w }: SlopeTerms): Deviation {
  const { rtol, atol } = LOG_TOLERANCE;
  let [expected, tolerance] = [0, SMALLEST_SHARE];
  for (let j = 0; j < logs.length; j++) {
    if (w[j] === 0 || logs[j] === -Infinity) continue;
    const term = w[j]! * Math.exp(x + logs[j]! - y[j]!);
    expected += term;
    tolerance += Math.abs(term) * (2 * atol + rtol * (Math.abs(logs[j]!) + Math.abs(y[j]!)));
  }
  const worst = slope === expected ? 0 : Math.abs(slope - expected) / tolerance;
  return { worst: Number.isNaN(worst) ? Infinity : worst, detail: `${what} is ${slope}, expected ${expected}` };
}
