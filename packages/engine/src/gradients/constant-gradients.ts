import { zeros, type GradConfig, type Tensor } from '@tensorflow/tfjs-core';

/** Kernels whose output does not move with their inputs, and for which tfjs registers no gradient. */
const inputsOf: Readonly<Record<string, readonly string[]>> = Object.freeze({
  Equal: ['a', 'b'],
  Greater: ['a', 'b'],
  IsFinite: ['x'],
  IsInf: ['x'],
  IsNan: ['x'],
  Less: ['a', 'b'],
  LessEqual: ['a', 'b'],
  LogicalAnd: ['a', 'b'],
  LogicalNot: ['x'],
  LogicalOr: ['a', 'b'],
  NotEqual: ['a', 'b'],
});

/** Their gradient is 0 wherever it exists, and 0 is taken where it does not: so `where(greater(x, 0), …)` can be differentiated. */
export const constantGradients: readonly GradConfig[] = Object.freeze(
  Object.entries(inputsOf).map(([kernelName, inputs]) => ({
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (_dy: Tensor | Tensor[], saved: Tensor[]) =>
      Object.fromEntries(inputs.map((input, i) => [input, () => zeros(saved[i]!.shape)])),
  })),
);
