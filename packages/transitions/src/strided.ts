import { assertInteger, stepGrid, stepPairs, type Steps, type Transition } from '@d3pm/core';

/**
 * Fewer steps of a transition, k at a time (Section 3.3): step i of `count` is Q(t_{i−1}→t_i) on the grid t_i = ⌈iT/count⌉. It is a
 * chain of its own, with its own bound; `count` need not divide T.
 *
 * A view: closed forms, prior and stationary law are those of `transition`, tables too, and
 * whoever made that disposes it. `dispose` here does nothing.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless 1 ≤ count ≤ T.
 */
export function strided(transition: Transition, count: number): Transition {
  const { numStates, numSteps, positions, stationary, prior, rankOne, absorbing, extraMask, exponential } = transition;
  assertInteger('strided', 'count', count, 1, numSteps);
  const grid = stepGrid(numSteps, count);
  const name = `${transition.name}/${count}`;
  const at = (step: number): number => grid[step]!;

  /** Steps of this chain, checked, as steps of the transition. */
  const onGrid = (caller: string, batchSize: number, s: Steps, t: Steps): readonly [Int32Array, Int32Array] => {
    const pairs = stepPairs(`${name}.${caller}`, s, t, { batchSize, numSteps: count });
    return [pairs.s.map(at), pairs.t.map(at)];
  };
  const pairOnGrid = (caller: string, s: number, t: number): readonly [number, number] => {
    const [from, to] = onGrid(caller, 1, s, t);
    return [from[0]!, to[0]!];
  };

  return {
    name,
    numStates,
    numSteps: count,
    ...(positions !== undefined && { positions }),
    ...(stationary && { stationary }),
    prior,
    ...(rankOne && {
      rankOne: { target: rankOne.target, keep: (s, t) => rankOne.keep(at(s), at(t)), refresh: (s, t) => rankOne.refresh(at(s), at(t)) },
    }),
    ...(absorbing && { absorbing }),
    ...(extraMask !== undefined && { extraMask }),
    ...(exponential && { exponential: { ...exponential, rate: (s, t) => exponential.rate(at(s), at(t)) } }),
    push: (logProbs, s, t) => transition.push(logProbs, ...onGrid('push', logProbs.shape[0]!, s, t)),
    pull: (logLikelihood, s, t) => transition.pull(logLikelihood, ...onGrid('pull', logLikelihood.shape[0]!, s, t)),
    pushStates: (states, s, t) => transition.pushStates(states, ...onGrid('pushStates', states.shape[0]!, s, t)),
    pullStates: (states, s, t) => transition.pullStates(states, ...onGrid('pullStates', states.shape[0]!, s, t)),
    toDense: (s, t, position) => transition.toDense(...pairOnGrid('toDense', s, t), position),
    ...(transition.rowProbs && {
      rowProbs: (state, s, t, position) => transition.rowProbs!(state, ...pairOnGrid('rowProbs', s, t), position),
    }),
    ...(transition.draw && {
      draw: (state, s, t, stream, position) => transition.draw!(state, ...pairOnGrid('draw', s, t), stream, position),
    }),
    dispose: () => {},
  };
}
