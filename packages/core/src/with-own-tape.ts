import { engine } from '@tensorflow/tfjs-core';

/**
 * Runs `compute`, which may ask for gradients, where tfjs records nothing: inside the forward pass of a function with a gradient of its own. tfjs has one
 * tape; it is put aside meanwhile.
 */
export function withOwnTape<T>(compute: () => T): T {
  const { state } = engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
  try {
    return compute();
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/** Whether what is computed now may be asked for its gradient later. */
export function isRecorded(): boolean {
  return engine().state.gradientDepth > 0;
}
