import { FINITE_MIN, type Exponential, type Transition } from '@d3pm/core';
import { greater, logicalNot, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Most entries of a table that is pulled at once. */
const CHUNK = 2 ** 22;

/**
 * Whether every state at step s can come from every x_0, so that f(x_0 | x_s) determines what the other positions say: Q̄_s has no 0 but
 * in the row of the extra mask. Answers are remembered.
 */
export function fullSupport(transition: Transition): (s: number) => Promise<boolean> {
  const known = new Map<number, boolean>();
  return async (s) => {
    const answer = known.get(s) ?? (await hasFullSupport(transition, s));
    known.set(s, answer);
    return answer;
  };
}

async function hasFullSupport(transition: Transition, s: number): Promise<boolean> {
  const { rankOne, exponential, stationary, numStates: K, positions = 1, extraMask } = transition;
  if (rankOne) return rankOne.refresh(0, s) > 0 && rankOne.target.every((prob) => prob > 0);
  // exp(αR) of a generator that reaches every state is positive at once.
  if (exponential && stationary?.every((prob) => prob > 0) && isOnePart(exponential, K)) return exponential.rate(0, s) > 0;
  const atOnce = Math.max(1, Math.floor(CHUNK / (K * positions)));
  for (let first = 0; first < K; first += atOnce) {
    const count = Math.min(atOnce, K - first);
    const impossible = tidy(() => impossibleEntries(transition, first, count));
    const flags = await impossible.data<'bool'>();
    impossible.dispose();
    for (let i = 0; i < flags.length; i++) if (flags[i] && i % K !== extraMask) return false;
  }
  return true;

  function impossibleEntries(chain: Transition, first: number, count: number): Tensor {
    const states = Int32Array.from({ length: count * positions }, (_, i) => first + Math.floor(i / positions));
    return logicalNot(greater(chain.pullStates(tensor(states, [count, positions], 'int32'), 0, s), FINITE_MIN));
  }
}

/** Whether all states are where state 0 ends. No state is left for good when π > 0, so that they then all reach each other. */
function isOnePart({ push }: Exponential, numStates: number): boolean {
  const start = new Float64Array(numStates);
  start[0] = 1;
  return push(start, Infinity).every((prob) => prob > 0);
}
