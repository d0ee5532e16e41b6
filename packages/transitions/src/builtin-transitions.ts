import { absorbing } from './absorbing.ts';
import { autoregressive } from './autoregressive.ts';
import { banded } from './banded.ts';
import { blockAbsorbing } from './block-absorbing.ts';
import { discretizedGaussian } from './discretized-gaussian.ts';
import { nearestNeighbor } from './nearest-neighbor/nearest-neighbor.ts';
import { uniformAbsorbing } from './uniform-absorbing.ts';
import { uniform } from './uniform.ts';

/** Every family of this package. */
export const builtinTransitions: readonly [
  typeof uniform,
  typeof absorbing,
  typeof discretizedGaussian,
  typeof banded,
  typeof nearestNeighbor,
  typeof uniformAbsorbing,
  typeof blockAbsorbing,
  typeof autoregressive,
] = [uniform, absorbing, discretizedGaussian, banded, nearestNeighbor, uniformAbsorbing, blockAbsorbing, autoregressive];
