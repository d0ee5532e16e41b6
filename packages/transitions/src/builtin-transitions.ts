import { absorbing } from './absorbing.ts';
import { discretizedGaussian } from './discretized-gaussian.ts';
import { uniform } from './uniform.ts';

/** Every family of this package. */
export const builtinTransitions: readonly [typeof uniform, typeof absorbing, typeof discretizedGaussian] = [
  uniform,
  absorbing,
  discretizedGaussian,
];
