import type { Prior, Transition } from '@d3pm/core';

/** A chain with another p(x_T). All else is that of `transition`, tables too, and whoever made that disposes it: `dispose` here does nothing. */
export function priorView(transition: Transition, prior: Prior): Transition {
  const { name, numStates, numSteps, positions, stationary, rankOne, absorbing, extraMask, exponential } = transition;
  return {
    name,
    numStates,
    numSteps,
    ...(positions !== undefined && { positions }),
    ...(stationary && { stationary }),
    prior,
    ...(rankOne && { rankOne }),
    ...(absorbing && { absorbing }),
    ...(extraMask !== undefined && { extraMask }),
    ...(exponential && { exponential }),
    push: (logProbs, s, t) => transition.push(logProbs, s, t),
    pull: (logLikelihood, s, t) => transition.pull(logLikelihood, s, t),
    pushStates: (states, s, t) => transition.pushStates(states, s, t),
    pullStates: (states, s, t) => transition.pullStates(states, s, t),
    toDense: (s, t, position) => transition.toDense(s, t, position),
    ...(transition.rowProbs && { rowProbs: (state, s, t, position) => transition.rowProbs!(state, s, t, position) }),
    ...(transition.draw && { draw: (state, s, t, stream, position) => transition.draw!(state, s, t, stream, position) }),
    dispose: () => {},
  };
}
