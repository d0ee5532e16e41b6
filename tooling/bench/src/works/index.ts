import type { Work } from '../work.ts';
import { accuracy } from './accuracy/accuracy.ts';
import { absorbingLoss } from './absorbing-loss.ts';
import { boundTerm } from './bound-term.ts';
import { cumulativeProducts } from './cumulative-products.ts';
import { forwardDraw } from './forward-draw.ts';
import { swissRollSampling } from './swiss-roll-sampling.ts';
import { swissRollStep } from './swiss-roll-step.ts';
import { transformerStep } from './transformer-step.ts';
import { uNetStep } from './u-net-step.ts';

/** Every row of the table, in its order. */
export const works: readonly Work[] = [
  transformerStep,
  uNetStep,
  swissRollStep,
  swissRollSampling,
  forwardDraw,
  boundTerm,
  absorbingLoss,
  cumulativeProducts,
  accuracy,
];
