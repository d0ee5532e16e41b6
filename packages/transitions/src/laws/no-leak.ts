import { dispose, memory, tensor } from '@tensorflow/tfjs-core';
import { verdict } from './deviation.ts';
import { positionCount, positionsIn, statesTensor } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** Maps return one tensor and leave none behind; tables that are cached do not grow. */
export const noLeak: TransitionLaw = {
  name: 'maps leave no tensor behind',
  appliesTo: always,
  deviation: ({ transition, s, t, logProbs, states }) => {
    const count = positionCount(transition);
    const row = tensor(
      positionsIn(transition).flatMap(() => [...logProbs]),
      [1, count, transition.numStates],
    );
    const xs = statesTensor(states, count);
    const calls = [
      () => transition.push(row, s, t),
      () => transition.pull(row, s, t),
      () => transition.pushStates(xs, s, t),
      () => transition.pullStates(xs, s, t),
    ];
    for (const call of calls) call().dispose(); // tables that are cached stay
    const before = memory().numTensors;
    for (const call of calls) call().dispose();
    const left = memory().numTensors - before;
    dispose([row, xs]);
    return verdict(left === 0, `${left} tensors more after the same calls`);
  },
};
