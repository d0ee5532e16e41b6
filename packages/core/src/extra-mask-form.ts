import { add, cast, equal, mul, where } from '@tensorflow/tfjs-core';
import { absorbingStepWeight } from './absorbing-step-weight.ts';
import { absorbsIntoExtraMask, type ExtraMaskAbsorption } from './absorbs-into-extra-mask.ts';
import { denoiserNllNats } from './denoiser-nll.ts';
import type { ClosedForm } from './reverse-process.ts';
import { perExample } from './steps.ts';

/**
 * Of absorption into an extra mask, under every reverse process that unmasks independently:
 * (r(s,t) [x_t = mask] + λ) (−log f(x_0)). A masked position is r(s,t) likely to be clean at s, and any other one is known. NaN for one that
 * is neither masked nor x_0, as no x_t is.
 */
export const extraMaskForm: ClosedForm = {
  holds: ({ unmasksIndependently }, transition) => unmasksIndependently && absorbsIntoExtraMask(transition),
  nats: (_, transition, { logits, x0, xt, s, t, lambda }) => {
    const { absorbing, extraMask } = transition as ExtraMaskAbsorption;
    const weights = Float64Array.from(s, (from, b) => absorbingStepWeight(transition, from, t[b]!));
    const masked = equal(xt, absorbing.maskState);
    const known = where(equal(xt, x0), 0, NaN);
    const weight = add(where(masked, mul(cast(masked, 'float32'), perExample(weights, xt.rank)), known), lambda);
    return denoiserNllNats(logits, x0, { impossible: extraMask, weight });
  },
};
